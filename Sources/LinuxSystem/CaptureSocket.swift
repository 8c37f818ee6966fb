// SPDX-License-Identifier: MIT-0
internal import CLinux
package import WireFormat

/// What one link of a namespace, or each of its links, receives and sends, with the kernel's stamps.
package struct CaptureSocket: ~Copyable {
    package struct Frame: Hashable, Sendable {
        /// Where its octets are in `bytes`, beginning with the Ethernet header and cut to `frameByteCount`.
        package var range: Range<Int>
        /// How many octets it has on the link.
        package var originalByteCount: Int
        /// The kernel's stamp in nanoseconds since 1970, and on the monotonic clock; nil if it gave none.
        package var realTime: Int64?
        package var stamp: Instant?
        package var interfaceIndex: Int32
        package var etherType: UInt16
        /// The link's kind (ARPHRD_...).
        package var linkType: UInt16
        /// PACKET_HOST and so on.
        package var packetType: UInt8
        /// The sender's address on the link: its octets in the order of memory, and how many they are.
        fileprivate var rawAddress: UInt64
        fileprivate var addressByteCount: Int

        package var address: [UInt8] { withUnsafeBytes(of: rawAddress) { Array($0.prefix(addressByteCount)) } }

        /// Whether the namespace sent it.
        package var isOutgoing: Bool { packetType == 4 }
    }

    /// Headers, and the whole of a BGP or BFD message of usual length.
    package static let frameByteCount = 256
    private static let frameCount = Int(RSLAB_PACKETS_AT_ONCE)

    private let descriptor: OwnedDescriptor
    package private(set) var bytes = [UInt8](repeating: 0, count: frameByteCount * frameCount)
    package private(set) var frames: [Frame] = []
    /// Frames that the kernel dropped because they were not read in time.
    package private(set) var droppedCount: UInt64 = 0
    /// By how much the conversion of any stamp to the monotonic clock may have been wrong, so far.
    package private(set) var widestClockPair = Duration.zero
    private var raw = [rslab_frame](repeating: rslab_frame(), count: frameCount)

    /// Opens it in the calling thread's namespace; nil for all links.
    package init(link: Int32?) throws(SystemError) {
        descriptor = OwnedDescriptor(
            adopting: try checked("open", "capture socket", rslab_open_capture_socket(link ?? 0)))
    }

    /// Reads what has come into `frames`, as many as fit; false if that was all.
    package mutating func receive() throws(SystemError) -> Bool {
        frames.removeAll(keepingCapacity: true)
        let count = rslab_receive_frames(
            descriptor.rawValue, &bytes, Self.frameByteCount, &raw, Int32(Self.frameCount))
        // ENETDOWN is a link that went away; the others are still heard.
        guard count >= 0 else { return false }
        let clock = ClockDistance()
        widestClockPair = max(widestClockPair, clock.halfWidth)
        for index in 0..<Int(count) { frames.append(frame(raw[index], at: index, clock)) }
        return Int(count) == Self.frameCount
    }

    /// Adds what the kernel has dropped since the last call.
    package mutating func countDropped() {
        droppedCount += UInt64(rslab_dropped_frames(descriptor.rawValue))
    }

    private func frame(_ raw: rslab_frame, at index: Int, _ clock: ClockDistance) -> Frame {
        let start = index * Self.frameByteCount
        let stamp = raw.kernel_realtime_nanoseconds
        let address = withUnsafeBytes(of: raw.address) { $0.loadUnaligned(as: UInt64.self) }
        return Frame(
            range: start..<start + raw.count, originalByteCount: raw.original_count, realTime: stamp == 0 ? nil : stamp,
            stamp: stamp == 0 ? nil : clock.monotonic(stamp), interfaceIndex: raw.interface_index,
            etherType: raw.`protocol`, linkType: raw.link_type, packetType: raw.packet_type, rawAddress: address,
            addressByteCount: min(Int(raw.address_octet_count), 8))
    }
}
