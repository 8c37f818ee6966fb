// SPDX-License-Identifier: MIT-0

/// The settings of the program that stamps a prober's packets on their way through the router, and keeps what passes.
package struct PacketsProgramSettings: Hashable, Sendable, Codable {
    /// Its name under the lab's init.
    package static let programName = "packets"

    /// The link where the packets are stamped: requests as they come in, replies as they leave; nil if none are.
    package var link: Int32?
    /// The prober's.
    package var cookie: UInt64
    /// The file that all frames of all links are written to; nil for none.
    package var captureFile: String?
    /// How long it listens after it was asked to end.
    package var linger: Duration

    package init(link: Int32?, cookie: UInt64, captureFile: String?, linger: Duration) {
        self.link = link
        self.cookie = cookie
        self.captureFile = captureFile
        self.linger = linger
    }
}
