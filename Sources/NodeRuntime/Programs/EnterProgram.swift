// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import LinuxSystem
package import NodeProtocol

/// Becomes a user's command inside a node, after giving it its own view of the file system.
///
/// It is already in the node's namespaces. Its mounts are private: they end with the command.
package struct EnterProgram {
    private static let home = "/home/ec2-user"

    private let settings: EnterProgramSettings

    package init(settings: EnterProgramSettings) {
        self.settings = settings
    }

    /// Returns only by throwing.
    package func run() throws(SystemError) -> Never {
        if let descriptor = settings.cpuGroupDescriptor { try CPUGroup.join(through: descriptor) }
        try checked("make", "mount namespace", rslab_unshare_mounts())
        try Mounts.makeSlaves()
        // /sys shows the network namespace of the process that mounted it; an instance's init has mounted the right one
        // (EBUSY).
        do throws(SystemError) {
            try Mounts.mountKernel("sysfs", at: "/sys")
        } catch {
            guard error.code == EBUSY else { throw error }
        }
        if !settings.homeFiles.isEmpty { try showHome() }
        showHosts()
        enterWorkingDirectory()
        // Without empty entries, which mean the working directory: a command must not be found there by accident.
        let path = "\(settings.commandDirectory):\(settings.searchPath)".split(separator: ":").joined(separator: ":")
        setenv("PATH", path, 1)
        setenv("RSLAB_LAB", settings.lab, 1)
        execute()
    }

    /// Changes to the user's directory: entering a mount namespace also changes to its root.
    private func enterWorkingDirectory() {
        let wanted = settings.workingDirectory
        if let wanted, chdir(wanted) == 0 { return }
        let reason = wanted == nil ? ENOENT : errno
        say("\(wanted ?? "the working directory"): \(SystemError.message(for: reason)); the command begins in /")
        // The root always exists, and a process that may enter namespaces may go there.
        _ = chdir("/")
        setenv("PWD", "/", 1)
    }

    /// Becomes the command; on failure ends with the exit status that shells use.
    private func execute() -> Never {
        let name = settings.words.first ?? ""
        var pointers = settings.words.map { strdup($0) }
        pointers.append(nil)
        // A path if it contains a slash, otherwise a name that is looked up only in PATH.
        execvp(name, pointers)
        let code = errno
        let isMissing = code == ENOENT || code == ENOTDIR
        say("\(name): \(isMissing && !name.contains("/") ? "command not found" : SystemError.message(for: code))")
        exit(isMissing ? 127 : 126)
    }

    /// Prints one line for the user.
    private func say(_ text: String) {
        let line = "rslab: \(text)\n"
        line.utf8CString.withUnsafeBufferPointer { _ = write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
    }

    /// Lets the node find its own name, and those of the lab's instances: without DNS, looking one up takes long.
    private func showHosts() {
        do throws(SystemError) {
            try Mounts.bind(settings.hostsFile, at: "/etc/hosts")
        } catch {
            // A machine without the file gets along without names.
            if error.code != ENOENT { say("the names of the nodes are not known: \(error)") }
        }
    }

    /// Adds the sample's home directory to whatever else is in /home.
    private func showHome() throws(SystemError) {
        let others = namesInDirectory("/home")
        let real = try OwnedDescriptor(opening: "/home", flags: O_RDONLY | O_DIRECTORY)
        try Mounts.mountTemporary(at: "/home")
        for name in others where "/home/\(name)" != Self.home {
            try show(name, of: real.rawValue)
        }
        try makeDirectory(Self.home, mode: 0o755)
        for (name, target) in settings.homeFiles {
            let link = "\(Self.home)/\(name)"
            _ = try systemCall("link", link) { symlink(target, link) }
        }
    }
    /// Shows an entry of a directory in /home: a link is copied, anything else is bind-mounted.
    private func show(_ name: String, of directory: Int32) throws(SystemError) {
        var status = stat()
        // Removed since the directory was listed.
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        let place = "/home/\(name)"
        switch status.st_mode & S_IFMT {
        case S_IFLNK:
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            guard readlinkat(directory, name, &target, target.count - 1) >= 0 else { return }
            _ = try systemCall("link", place) { symlink(target, place) }
            return
        case S_IFDIR:
            try makeDirectory(place, mode: 0o755)
        default:
            _ = try OwnedDescriptor(opening: place, flags: O_WRONLY | O_CREAT, mode: 0o600)
        }
        do throws(SystemError) {
            try Mounts.bind("/proc/self/fd/\(directory)/\(name)", at: place)
        } catch {
            // One unavailable entry must not prevent the command; an empty one would only mislead.
            remove(place)
        }
    }
}
