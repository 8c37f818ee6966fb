// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabModel
package import LinuxSystem
internal import WireFormat

/// The directory of a lab's names: `/run/rslab/LAB/`, mode 0700.
///
/// Without it there is no lab.
package struct RunDirectory: Hashable, Sendable {
    package static let root = "/run/rslab"

    package let labName: String
    package var path: String { "\(Self.root)/\(labName)" }

    package init(labName: String) {
        self.labName = labName
    }

    package var stateFile: String { "\(path)/state.json" }
    package var initSocket: String { "\(path)/init.sock" }
    /// /etc/hosts of the commands that users run in the lab.
    var hostsFile: String { "\(path)/hosts" }
    /// Held namespaces, as files visible only in the lab's own mount namespace.
    package var namespaceDirectory: String { "\(path)/namespaces" }
    /// Commands that a shell inside an instance finds first: `gobgp`.
    package var commandDirectory: String { "\(path)/bin" }
    package func instanceInitSocket(_ instance: String) -> String { "\(path)/\(instance).init.sock" }
    package func nodeSocket(_ node: String) -> String { "\(path)/\(node).sock" }
    /// What passed the router during the present trial.
    package var captureFile: String { "\(path)/\(LabPlan.vpcNode).pcap" }
    package func logFile(_ name: String) -> String { "\(path)/\(name).log" }
    /// The events of a route server's peers, in AWS's format.
    package func peerLogFile(_ node: String) -> String { "\(path)/\(node).peer-log.json" }
    package func configurationFile(_ node: String) -> String { "\(path)/\(node).json" }
    package func gobgpdConfiguration(_ instance: String) -> String { "\(path)/\(instance).gobgpd.conf" }
    /// Configurations and sockets of an instance's bird or frr.
    package func daemonDirectory(_ instance: String) -> String { "\(path)/\(instance).daemon" }

    /// What was changed about an instance that gets a fraction of a processor.
    package func stallFile(_ instance: String) -> String { "\(path)/\(instance).stall.json" }
    /// What a lab's control groups begin with; no lab's name has a colon.
    package var cpuGroupPrefix: String { "rslab:\(labName):" }
    package func cpuGroupName(_ instance: String) -> String { "\(cpuGroupPrefix)\(instance)" }

    package var exists: Bool { access(path, F_OK) == 0 }

    /// Requires that nobody else could have made, or can change, what is in it, and in the root.
    ///
    /// - Throws: `LabError`.
    package func requireTrust() throws {
        try Self.requireTrustedRoot()
        try Self.requireTrust(path)
    }

    package static func requireTrustedRoot() throws { try requireTrust(root) }

    private static func requireTrust(_ path: String) throws {
        do throws(SystemError) {
            try requireOwnDirectory(path)
        } catch {
            throw LabError(
                "\(path) was not made by rslab", because: error, advice: "look what it is, and remove it")
        }
    }

    private var removalFile: String { "\(path)/removal" }
    /// Whether an rslab has begun to remove the lab.
    var isBeingRemoved: Bool { access(removalFile, F_OK) == 0 }
    /// Says to others that whoever has the lock is removing the lab.
    func markRemoval() throws(SystemError) { try replaceFile(removalFile, with: []) }

    /// Whether the lab has not been ready yet, or is being removed.
    var isUnsettled: Bool {
        guard !isBeingRemoved, access(stateFile, F_OK) == 0 else { return exists }
        // A state that cannot be read is told where it is used.
        return (try? LabState.load(self).isReady) == false
    }

    /// All labs that have a run directory.
    package static func all() -> [RunDirectory] {
        namesInDirectory(root).map(RunDirectory.init(labName:))
    }

    /// Creates it, with its fixed subdirectories.
    ///
    /// - Throws: EEXIST if there is one.
    package func create() throws(SystemError) {
        let path = path
        while true {
            try makeDirectory(Self.root, mode: 0o755)
            do throws(SystemError) {
                _ = try systemCall("make directory", path) { mkdir(path, 0o700) }
                break
            } catch {
                // The removal of the last other lab at this moment may have removed the root, too.
                guard error.code == ENOENT else { throw error }
            }
        }
        try makeDirectory(namespaceDirectory, mode: 0o700)
        try makeDirectory(commandDirectory, mode: 0o755)
    }

    /// Removes it with everything in it, and the root if no other lab is left.
    package func remove() throws(SystemError) {
        try removeTree(path)
        try Self.removeRoot()
    }

    /// Removes the root if no lab is left: an rslab killed in between may have left it empty.
    package static func removeRoot() throws(SystemError) {
        guard rmdir(Self.root) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST else {
            throw SystemError(operation: "remove", subject: Self.root, code: errno)
        }
    }
}

/// The right to change a lab, held by one rslab at a time.
///
/// The kernel releases it when the holder dies.
package final class LabLock: Sendable {
    private let descriptor: OwnedDescriptor

    /// An rslab that has just taken the lock in order to remove the lab says so within this time.
    private static let removalNoticeTime = Duration.milliseconds(100)

    /// Takes the lock of an existing run directory.
    ///
    /// If another rslab has it in order to remove the lab, waits for that one if `removalTime` is given, at most that long.
    /// - Returns: nil if the directory is gone.
    /// - Throws: `LabError` if another rslab has the lock.
    package static func take(_ directory: RunDirectory, afterRemovalWithin removalTime: Duration? = nil) throws
        -> LabLock?
    {
        try directory.requireTrust()
        let descriptor: OwnedDescriptor
        do throws(SystemError) {
            descriptor = try OwnedDescriptor(opening: directory.path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            if error.code == ENOENT { return nil }
            throw LabError("cannot open the lab's directory", because: error, advice: advice(for: error))
        }
        let start = Instant.now
        while flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK else {
                throw LabError(
                    "cannot lock the lab",
                    because: SystemError(operation: "lock", subject: directory.path, code: errno))
            }
            if let removalTime {
                let limit = directory.isBeingRemoved ? removalTime : removalNoticeTime
                if .now - start < limit {
                    usleep(5_000)
                    continue
                }
            }
            let holder = holder(of: directory).map { " (process \($0))" } ?? ""
            throw LabError(
                "the lab '\(directory.labName)' is busy: another rslab\(holder) is working on it",
                advice: "wait until it is done")
        }
        // The directory may have been removed, and even recreated, between open and lock.
        var locked = stat()
        var named = stat()
        guard fstat(descriptor.rawValue, &locked) == 0, stat(directory.path, &named) == 0,
            locked.st_ino == named.st_ino, locked.st_dev == named.st_dev
        else { return nil }
        return LabLock(descriptor: descriptor)
    }

    private init(descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    private static func advice(for error: SystemError) -> String? {
        error.code == EACCES ? "run rslab as root" : nil
    }

    /// The process that holds the lock, from /proc/locks; nil if that does not show it.
    static func holder(of directory: RunDirectory) -> Int32? {
        var status = stat()
        // Without a status or /proc/locks the message has no process number.
        guard stat(directory.path, &status) == 0, let locks = try? readTextFile("/proc/locks") else { return nil }
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count >= 6, fields[1] == "FLOCK", fields[5].hasSuffix(":\(status.st_ino)") else { continue }
            return Int32(fields[4])
        }
        return nil
    }
}
