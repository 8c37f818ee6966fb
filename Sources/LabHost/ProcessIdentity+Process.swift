// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabModel
package import LinuxSystem
internal import WireFormat

extension ProcessIdentity {
    /// The identity of a running process.
    ///
    /// - Throws: ESRCH if there is none.
    package init(of processID: Int32) throws(SystemError) {
        guard let ticks = Self.startTicks(of: processID) else {
            throw SystemError(operation: "read", subject: "/proc/\(processID)/stat", code: ESRCH)
        }
        self.init(processID: processID, startTicks: ticks)
    }

    private static func startTicks(of processID: Int32) -> UInt64? {
        // No such file: no such process.
        guard let text = try? readTextFile("/proc/\(processID)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        // After the name, which may contain anything, comes field 3.
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    /// Holds the process if it still runs and is the same one; a zombie does not count as running.
    package func hold() throws(SystemError) -> ProcessHandle? {
        let handle: ProcessHandle
        do throws(SystemError) {
            handle = try ProcessHandle(processID: processID)
        } catch {
            if error.code == ESRCH { return nil }
            throw error
        }
        // Hold first, then compare: the number cannot change owners in between.
        guard Self.startTicks(of: processID) == startTicks, try !handle.waitForEnd(until: .zero) else { return nil }
        return handle
    }
}
