// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
package import Testing

/// Raised instead of skipping where a skip would hide that nothing was tested.
private struct NetworkAdminMissing: Error, CustomStringConvertible {
    var description: String {
        "this environment sets CI, so kernel tests must run: give them root (or CAP_SYS_ADMIN and CAP_NET_ADMIN)"
    }
}

extension Trait where Self == ConditionTrait {
    /// The test makes its own network namespaces: skipped if that is not permitted, but failed if CI is set.
    package static var requiresNetworkAdmin: Self {
        .enabled("makes network namespaces, which needs root") {
            if canMakeNamespaces { return true }
            if isContinuousIntegration { throw NetworkAdminMissing() }
            return false
        }
    }
}

/// Where nobody reads which tests were skipped.
var isContinuousIntegration: Bool {
    getenv("CI").map { !["", "0", "false"].contains(String(cString: $0)) } ?? false
}

/// Found out by making one: a user id says nothing about capabilities.
private let canMakeNamespaces: Bool = {
    do throws(SystemError) {
        _ = try NetworkNamespace.create(name: "probe")
        return true
    } catch {
        return false
    }
}()
