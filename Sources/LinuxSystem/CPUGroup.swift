// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import WireFormat

/// A control group of its own for a set of processes, which limits how much processor time they get.
///
/// It is a directory of the host's cgroup tree; the process that makes it must remove it.
package struct CPUGroup: Hashable, Sendable {
    package let path: String
    private let version: Version

    private enum Version: Hashable {
        /// The hierarchy of the cpu controller (cgroups(7), version 1).
        case one
        /// The unified hierarchy, whose root delegates the cpu controller.
        case two
    }

    /// Where groups can be made on this machine: the first root that is writable and limits CPU time; nil if there is
    /// none.
    ///
    /// The unified root is used as it is: a controller that is not delegated stays so.
    private static func root() -> (path: String, version: Version)? {
        let unified = "/sys/fs/cgroup"
        // Without the file, it is not a unified hierarchy.
        if let controllers = try? readTextFile("\(unified)/cgroup.subtree_control"),
            controllers.split(whereSeparator: { $0 == " " || $0 == "\n" }).contains("cpu"), access(unified, W_OK) == 0
        {
            return (unified, .two)
        }
        for path in ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"]
        where access("\(path)/cgroup.procs", W_OK) == 0 && access("\(path)/cpu.shares", F_OK) == 0 {
            return (path, .one)
        }
        return nil
    }

    /// Names a group without making it; nil if no group can be made here.
    package init?(named name: String) {
        guard let root = Self.root() else { return nil }
        path = "\(root.path)/\(name)"
        version = root.version
    }

    /// What enforces the limit, for display: "cgroup version 1".
    package var kind: String {
        switch version {
        case .one: "cgroup version 1"
        case .two: "cgroup version 2"
        }
    }

    /// Makes the group, with a limit of `share` of one CPU, 0...1, in each `period`.
    ///
    /// False if this kernel cannot limit CPU time (CONFIG_CFS_BANDWIDTH); no group is left then.
    package func make(share: Double, period: Duration) throws(SystemError) -> Bool {
        try makeDirectory(path, mode: 0o755)
        let microseconds = period.nanoseconds / 1_000
        let quota = max(Int64((Double(microseconds) * share).rounded()), 1_000)
        do throws(SystemError) {
            switch version {
            case .one:
                try write("\(microseconds)", to: "cpu.cfs_period_us")
                try write("\(quota)", to: "cpu.cfs_quota_us")
            case .two:
                try write("\(quota) \(microseconds)", to: "cpu.max")
            }
            return true
        } catch {
            try remove()
            guard error.code == ENOENT || error.code == EACCES || error.code == EPERM else { throw error }
            return false
        }
    }

    /// Moves a process, with all its threads, into the group; one that has ended is no failure.
    package func add(_ processID: Int32) throws(SystemError) {
        try Self.move(processID, to: path)
    }

    /// A descriptor through which a process can `join` the group, wherever it is; nil while the group does not exist.
    package func openForJoining() throws(SystemError) -> OwnedDescriptor? {
        do throws(SystemError) {
            return try OwnedDescriptor(opening: "\(path)/cgroup.procs", flags: O_WRONLY)
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    /// Moves this process into the group of a descriptor from `openForJoining`, which it closes.
    package static func join(through descriptor: Int32) throws(SystemError) {
        let group = OwnedDescriptor(adopting: descriptor)
        do throws(SystemError) {
            // 0 stands for the writer (cgroups(7)).
            try writeAll(Array("0".utf8), to: group.rawValue, subject: "the control group")
        } catch {
            // It was removed meanwhile.
            guard error.code == ENODEV else { throw error }
        }
    }

    /// Gives every process back to the group's parent, and removes it.
    package func dissolve() throws(SystemError) {
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        while true {
            // Without the file, there is no group.
            let members =
                (try? readTextFile("\(path)/cgroup.procs"))?.split(separator: "\n").compactMap { Int32($0) } ?? []
            guard !members.isEmpty else { break }
            for member in members { try Self.move(member, to: parent) }
        }
        try remove()
    }

    /// Removes a group without processes; one that is gone already is no failure.
    private func remove() throws(SystemError) {
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw SystemError(operation: "remove", subject: path, code: errno)
        }
    }

    /// Removes the groups whose names begin with `prefix`, and whose processes have ended.
    package static func removeAll(withPrefix prefix: String) throws(SystemError) {
        guard let root = root() else { return }
        for name in namesInDirectory(root.path) where name.hasPrefix(prefix) {
            guard let group = CPUGroup(named: name) else { continue }
            try group.dissolve()
        }
    }

    private func write(_ text: String, to file: String) throws(SystemError) {
        let descriptor = try OwnedDescriptor(opening: "\(path)/\(file)", flags: O_WRONLY)
        try writeAll(Array(text.utf8), to: descriptor.rawValue, subject: "\(path)/\(file)")
    }

    private static func move(_ processID: Int32, to path: String) throws(SystemError) {
        do throws(SystemError) {
            let descriptor = try OwnedDescriptor(opening: "\(path)/cgroup.procs", flags: O_WRONLY)
            try writeAll(Array("\(processID)".utf8), to: descriptor.rawValue, subject: "\(path)/cgroup.procs")
        } catch {
            guard error.code == ESRCH else { throw error }
        }
    }
}
