// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import LinuxSystem

/// Becomes a user's command inside a node, after giving it a view of its own of the file system.
///
/// It is already in the node's namespaces. Its mounts are its own: they end with the command.
package struct EnterProgram {
    package struct Settings: Hashable, Sendable, Codable {
        /// Put before the PATH.
        package var commandDirectory: String
        /// The PATH to search after that.
        package var searchPath: String
        /// What the sample's instances have in /home/ec2-user, and where it really is.
        package var homeFiles: [String: String]
        /// The command and its arguments.
        package var words: [String]
        /// The lab's name, for `gobgp`.
        package var lab: String

        package init(
            commandDirectory: String, searchPath: String, homeFiles: [String: String], words: [String], lab: String
        ) {
            self.commandDirectory = commandDirectory
            self.searchPath = searchPath
            self.homeFiles = homeFiles
            self.words = words
            self.lab = lab
        }
    }

    private static let home = "/home/ec2-user"

    private let settings: Settings

    package init(settings: Settings) {
        self.settings = settings
    }

    /// Does not return but by throwing.
    package func run() throws(SystemError) -> Never {
        try checked("make", "mount namespace", rslab_unshare_mounts())
        try Mounts.makePrivate()
        // /sys shows the network namespace of whoever mounted it; an instance's init has mounted the right one (EBUSY).
        do throws(SystemError) {
            try Mounts.mountKernel("sysfs", at: "/sys")
        } catch {
            guard error.code == EBUSY else { throw error }
        }
        if !settings.homeFiles.isEmpty { try showHome() }
        let path = "\(settings.commandDirectory):\(settings.searchPath)"
        setenv("PATH", path, 1)
        setenv("RSLAB_LAB", settings.lab, 1)
        for folder in path.split(separator: ":") where !settings.words[0].contains("/") {
            execute("\(folder)/\(settings.words[0])")
        }
        execute(settings.words[0])
        let code = errno
        throw SystemError(operation: "execute", subject: settings.words[0], code: code)
    }

    /// Returns only when there is nothing to execute at that path.
    private func execute(_ path: String) {
        var pointers = settings.words.map { strdup($0) }
        pointers.append(nil)
        execv(path, pointers)
        pointers.forEach { free($0) }
    }

    /// Shows the sample's home directory beside whatever else /home has.
    private func showHome() throws(SystemError) {
        let others = namesInDirectory("/home")
        let real = try OwnedDescriptor(opening: "/home", flags: O_RDONLY | O_DIRECTORY)
        try Mounts.mountTemporary(at: "/home")
        for name in others where "/home/\(name)" != Self.home {
            let source = "/proc/self/fd/\(real.rawValue)/\(name)"
            try makeDirectory("/home/\(name)", mode: 0o755)
            try Mounts.bind(source, at: "/home/\(name)")
        }
        try makeDirectory(Self.home, mode: 0o755)
        for (name, target) in settings.homeFiles {
            let link = "\(Self.home)/\(name)"
            _ = try systemCall("link", link) { symlink(target, link) }
        }
    }
}
