// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabModel
internal import LinuxSystem
internal import WireFormat

extension Lab {
    /// The lab of a run directory, if it runs.
    ///
    /// While another rslab builds it or takes it down, this waits, and calls `waiting` with that process. The remains of
    /// one that no longer runs are removed, and `cleared` is called.
    /// - Throws: `LabError` if that takes longer than `limit`, `Interrupted`.
    package static func running(
        _ directory: RunDirectory, within limit: Duration, interruption: Interruption, waiting: (Int32) -> Void,
        cleared: () -> Void
    ) throws -> Lab? {
        try directory.requireTrust()
        let deadline = Instant.now + limit
        var isTold = false
        while directory.isUnsettled, let holder = LabLock.holder(of: directory) {
            if !isTold { waiting(holder) }
            isTold = true
            guard !interruption.wasSignalled() else { throw Interrupted() }
            guard .now < deadline else { throw unsettled(directory, holder) }
            usleep(10_000)
        }
        guard directory.exists else { return nil }
        if !directory.isUnsettled, try initProcess(of: directory) != nil {
            return try Lab(opening: directory)
        }
        if try remove(directory) { cleared() }
        return nil
    }

    /// Whether a lab runs, is being built or is being taken down: if not, only its names are left.
    package static func isAlive(_ directory: RunDirectory) throws -> Bool {
        // In this order: the kernel takes 10 ms to list its locks.
        if try initProcess(of: directory) != nil { return true }
        return LabLock.holder(of: directory) != nil
    }

    /// The error for a lab that another rslab builds or takes down.
    static func unsettled(_ directory: RunDirectory, _ holder: Int32) -> LabError {
        directory.isBeingRemoved
            ? LabError(
                "the lab '\(directory.labName)' is being taken down by process \(holder)",
                advice: "wait until it is gone")
            : LabError(
                "the lab '\(directory.labName)' is being built by process \(holder)", advice: "wait until it is ready")
    }

    /// Removes a lab: ends its init, and with it everything else in the kernel, then removes its names.
    ///
    /// Works for a lab in any condition, including half-built ones and those of a killed rslab. If another rslab is
    /// removing it, this waits for that one.
    /// - Returns: false if there was none.
    package static func remove(_ directory: RunDirectory) throws -> Bool {
        guard directory.exists, let lock = try LabLock.take(directory, afterRemovalWithin: .seconds(20)) else {
            return false
        }
        try directory.markRemoval()
        if let process = try initProcess(of: directory) {
            let processID = process.processID()
            try process.send(signal: SIGKILL)
            guard try process.waitForEnd(until: .now + .seconds(10)) else {
                throw LabError("the lab's init does not end", advice: "see 'ps ax | grep rslab-node'")
            }
            if let processID { try reapIfChild(processID) }
        }
        // Control groups are the one thing of a lab that is the host's: they are empty now.
        try CPUGroup.removeAll(withPrefix: directory.cpuGroupPrefix)
        try directory.remove()
        withExtendedLifetime(lock) {}
        return true
    }

    /// Ends a lab that this process built for itself.
    package static func end(_ lab: Lab) throws {
        lab.lock = nil
        _ = try remove(lab.directory)
    }

    /// If this process built the lab, it must reap the init; otherwise it must not.
    private static func reapIfChild(_ processID: Int32) throws(SystemError) {
        do throws(SystemError) {
            _ = try waitForChild(processID)
        } catch {
            guard error.code == ECHILD else { throw error }
        }
    }

    /// Finds the lab's init by its command line, so no file needs to exist or be readable.
    static func initProcess(of directory: RunDirectory) throws(SystemError) -> ProcessHandle? {
        let words = ["init", "lab", directory.namespaceDirectory]
        for name in namesInDirectory("/proc") {
            guard let processID = Int32(name), isInit(processID, words) else { continue }
            do throws(SystemError) {
                let handle = try ProcessHandle(processID: processID)
                // Hold first, then compare: the number cannot change owners in between. A zombie has no command line.
                if isInit(processID, words), try !handle.waitForEnd(until: .now) { return handle }
            } catch {
                guard error.code == ESRCH else { throw error }
            }
        }
        return nil
    }

    private static func isInit(_ processID: Int32, _ words: [String]) -> Bool {
        // Anybody may call a process so; only root's are labs.
        var status = stat()
        guard stat("/proc/\(processID)", &status) == 0, status.st_uid == 0 || status.st_uid == geteuid() else {
            return false
        }
        // A process that ended since the listing has no command line.
        guard let text = try? readTextFile("/proc/\(processID)/cmdline") else { return false }
        return text.split(separator: "\0").dropFirst().elementsEqual(words) { $0 == $1 }
    }
}
