// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost

/// A daemon's own shell inside an instance: `birdc`, `birdcl` or `vtysh` as an operator types it, without options.
///
/// An instance has no /run of its own, so the daemon's control socket is not where its shell looks for it.
enum DaemonShell: String {
    case birdc, birdcl, vtysh

    private static let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]

    /// Becomes the real shell.
    ///
    /// Returns only if that is not possible, with an exit status.
    func run(_ words: [String]) -> Int32 {
        let paths: [String] = Self.folders.map { "\($0)/\(rawValue)" }
        guard let path = paths.first(where: { access($0, X_OK) == 0 }) else {
            Terminal.write("\(rawValue) is not installed; run 'apt-get install \(self == .vtysh ? "frr" : "bird2")'\n")
            return 127
        }
        guard let (directory, node) = InstanceContext.current() else {
            Terminal.write("\(rawValue): this is no instance of a lab\n")
            return 1
        }
        var pointers = ([rawValue] + arguments(in: directory, on: node) + words).map { strdup($0) }
        pointers.append(nil)
        execv(path, pointers)
        Terminal.write("\(path) cannot be run: \(String(cString: strerror(errno)))\n")
        return 126
    }

    /// A user's own options come later, and so win.
    private func arguments(in directory: RunDirectory, on node: String) -> [String] {
        switch self {
        case .birdc, .birdcl: ["-s", "\(directory.daemonDirectory(node))/bird.ctl"]
        case .vtysh: ["--vty_socket", InstanceSpeakerStart.frrDirectory]
        }
    }
}
