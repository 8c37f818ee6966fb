// SPDX-License-Identifier: MIT-0

/// Settings of the program that stops an instance for a part of each period.
package struct TurnsProgramSettings: Codable, Hashable, Sendable {
    /// The number of the instance's process 1 in the lab's PID namespace.
    package var processID: Int32
    /// The part of each period in which it runs, 0...1.
    package var share: Double
    package var periodMicroseconds: UInt64

    package init(processID: Int32, share: Double, periodMicroseconds: UInt64) {
        self.processID = processID
        self.share = share
        self.periodMicroseconds = periodMicroseconds
    }
}
