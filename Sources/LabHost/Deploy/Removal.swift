// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabModel
internal import LinuxSystem
internal import WireFormat

extension Lab {
    /// The lab of a run directory, if it runs.
    ///
    /// The remains of one that no longer runs are removed first, and `cleared` is called.
    package static func running(_ directory: RunDirectory, cleared: () -> Void) throws -> Lab? {
        guard directory.exists else { return nil }
        if try initProcess(of: directory) != nil {
            return try Lab(opening: directory)
        }
        // Another rslab may be building it right now: removing it then fails as busy, which is the right answer.
        if try remove(directory) { cleared() }
        return nil
    }

    /// Removes a lab: ends its init, and with it everything else in the kernel, then removes its names.
    ///
    /// Works for a lab in any condition, including half-built ones and those of a killed rslab.
    /// - Returns: false if there was none.
    package static func remove(_ directory: RunDirectory) throws -> Bool {
        guard directory.exists, let lock = try LabLock.take(directory) else { return false }
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
        // A process that ended since the listing has no command line.
        guard let text = try? readTextFile("/proc/\(processID)/cmdline") else { return false }
        return text.split(separator: "\0").dropFirst().elementsEqual(words) { $0 == $1 }
    }
}
