// SPDX-License-Identifier: MIT-0
internal import Glibc
package import Testing

/// A real BGP speaker of Debian's, with its command line.
package enum Daemon: String, Sendable {
    case gobgpd, bird

    /// The daemon's own path.
    package var path: String {
        switch self {
        case .gobgpd: "/usr/bin/gobgpd"
        case .bird: "/usr/sbin/bird"
        }
    }

    /// The path of its command-line client.
    package var commandPath: String {
        switch self {
        case .gobgpd: "/usr/bin/gobgp"
        case .bird: "/usr/sbin/birdc"
        }
    }

    private var debianPackage: String {
        switch self {
        case .gobgpd: "gobgpd"
        case .bird: "bird2"
        }
    }

    var isInstalled: Bool { access(path, X_OK) == 0 && access(commandPath, X_OK) == 0 }

    var remedy: String { "needs \(path): apt-get install \(debianPackage)" }
}

/// Raised instead of skipping where a skip would hide that nothing was tested.
private struct DaemonMissing: Error, CustomStringConvertible {
    var remedy: String
    var description: String { "this environment sets CI, so this test must run, and it \(remedy)" }
}

extension Trait where Self == ConditionTrait {
    /// The test uses a real daemon: skipped if that is not installed, but failed if CI is set.
    package static func requires(daemon: Daemon) -> Self {
        requires(daemon.isInstalled, daemon.remedy)
    }

    /// The test's lab starts a Debian program: skipped if that is not installed, but failed if CI is set.
    package static func requires(program path: String, from debianPackage: String) -> Self {
        requires(access(path, X_OK) == 0, "needs \(path): apt-get install \(debianPackage)")
    }

    static func requires(_ isInstalled: Bool, _ remedy: String) -> Self {
        .enabled("\(remedy)") {
            if isInstalled { return true }
            if isContinuousIntegration { throw DaemonMissing(remedy: remedy) }
            return false
        }
    }
}
