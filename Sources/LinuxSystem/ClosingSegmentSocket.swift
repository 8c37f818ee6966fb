// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc

/// A raw socket that hears only the FINs and RSTs of one TCP port: what a stream socket tells of them has no IP header, and
/// so no time to live.
///
/// It never blocks, and the kernel gives it a segment before it gives the connection its end.
package struct ClosingSegmentSocket: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    /// Opens the socket in the calling process' namespace.
    package init(port: UInt16) throws(SystemError) {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let raw = try systemCall("open", "raw TCP socket") { socket(AF_INET, type, Int32(IPPROTO_TCP)) }
        let descriptor = OwnedDescriptor(adopting: raw)
        try checked("filter", "raw TCP socket", rslab_keep_closing_segments(raw, port))
        self.descriptor = descriptor
        // What came before the filter was there is none of ours.
        var buffer = [UInt8](repeating: 0, count: 128)
        while receive(into: &buffer) != nil {}
    }

    /// The next segment with its IP header, as many octets as fit; nil when there is none.
    package borrowing func receive(into buffer: inout [UInt8]) -> Int? {
        guard case .octets(let count) = readOnce(descriptor.rawValue, into: &buffer) else { return nil }
        return count
    }
}
