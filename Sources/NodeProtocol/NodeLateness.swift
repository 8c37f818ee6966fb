// SPDX-License-Identifier: MIT-0
package import WireFormat

/// How late a node's threads were woken for their timers.
package struct NodeLateness: Codable, Hashable, Sendable {
    /// The thread that runs BGP, or watches the tables.
    package var loop: TimerLateness
    /// The BFD thread, as of up to a second ago; nil without BFD.
    package var bfd: TimerLateness?

    package init(loop: TimerLateness, bfd: TimerLateness? = nil) {
        self.loop = loop
        self.bfd = bfd
    }
}
