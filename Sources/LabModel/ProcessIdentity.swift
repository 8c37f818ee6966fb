// SPDX-License-Identifier: MIT-0

/// Identifies a process even after its starter is gone: its number alone may belong to another one by then.
package struct ProcessIdentity: Codable, Hashable, Sendable {
    package var processID: Int32
    /// When it started, in clock ticks after boot (`/proc/PID/stat`, field 22).
    package var startTicks: UInt64

    package init(processID: Int32, startTicks: UInt64) {
        self.processID = processID
        self.startTicks = startTicks
    }
}
