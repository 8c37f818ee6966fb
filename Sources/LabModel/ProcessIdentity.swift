// SPDX-License-Identifier: MIT-0

/// A process that can be recognised after the one that started it is gone: a number alone may be somebody else's by now.
package struct ProcessIdentity: Codable, Hashable, Sendable {
    package var processID: Int32
    /// When it started, in clock ticks after boot (`/proc/PID/stat`, field 22).
    package var startTicks: UInt64

    package init(processID: Int32, startTicks: UInt64) {
        self.processID = processID
        self.startTicks = startTicks
    }
}
