// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import LinuxSystem
internal import Measurement
package import NodeProtocol
internal import WireFormat

/// Stamps a prober's requests and replies where they pass the router, and keeps all frames if asked to.
///
/// It reports `ProbeRecord`s as a prober does: a request that came in is sent, a reply that left is received. It shares
/// nothing with the prober: other socket, other process, other namespace. The kernel stamps, so it may read late.
/// Records go to descriptor 3, a pipe; when descriptor 4 ends, it listens for its linger time and ends.
package struct PacketsProgram: ~Copyable {
    private static let recordDescriptor: Int32 = 3
    private static let stopDescriptor: Int32 = 4
    private static let readInterval = Duration.milliseconds(20)
    private static let ethernetByteCount = 14

    private let settings: PacketsProgramSettings
    private var socket: CaptureSocket
    private let file: FileBox?
    private var captured = ByteWriter(capacity: 1 << 18)
    private var records = ByteWriter(capacity: 1024 * ProbeRecord.byteCount)
    private var requestCount: UInt64 = 0

    /// An optional copyable place for the file.
    private final class FileBox {
        let file: CreatedFile

        init(_ path: String) throws(SystemError) { file = try CreatedFile(path, owner: nil) }
    }

    package init(settings: PacketsProgramSettings) throws(SystemError) {
        let file = try settings.captureFile.map { path throws(SystemError) in try FileBox(path) }
        socket = try CaptureSocket(link: settings.captureFile == nil ? settings.link : nil)
        self.file = file
        self.settings = settings
        CaptureFile.encodeHeader(
            longest: CaptureFile.cookedByteCount + CaptureSocket.frameByteCount, into: &captured)
        makePipeRoomy(Self.recordDescriptor, byteCount: 1 << 20)
    }

    package mutating func run() throws(SystemError) {
        while try !isStopped(until: .now + Self.readInterval) { try read() }
        let end = Instant.now + settings.linger
        while Instant.now < end {
            try DedicatedThread.pause(Self.readInterval)
            try read()
        }
        socket.countDropped()
        ProbeRecord.account(
            skippedCount: socket.droppedCount,
            clockPairWidth: Milliseconds(nanoseconds: socket.widestClockPair.nanoseconds)
        ).encode(into: &records)
        ProbeRecord.end(
            ProberSummary(
                sentCount: requestCount, maximumLateness: .zero, percentile99Lateness: .zero,
                hadRealTimePriority: false, hadLockedMemory: false)
        ).encode(into: &records)
        try flush()
    }

    private func isStopped(until deadline: Instant) throws(SystemError) -> Bool {
        try checked("wait for", "the end", rslab_wait_readable_until(Self.stopDescriptor, deadline.nanoseconds)) > 0
    }

    private mutating func read() throws(SystemError) {
        var isMore = true
        while isMore {
            isMore = try socket.receive()
            for frame in socket.frames { take(frame) }
        }
        try flush()
    }

    private mutating func take(_ frame: CaptureSocket.Frame) {
        if file != nil { keep(frame) }
        let octets = socket.bytes
        guard frame.interfaceIndex == settings.link, let stamp = frame.stamp,
            let echo = CapturedEcho(decodingEthernet: octets.span.bytes.extracting(frame.range)),
            echo.message.isOfRun(settings.cookie), echo.isRequest != frame.isOutgoing
        else { return }
        let (stream, sequence) = (echo.message.stream, echo.message.sequence)
        if echo.isRequest {
            requestCount += 1
            // The kernel's stamp of a packet, as a transmit stamp is.
            ProbeRecord.transmitted(stream: stream, sequence: sequence, at: stamp).encode(into: &records)
        } else {
            ProbeRecord.received(stream: stream, sequence: sequence, at: stamp, timeToLive: echo.timeToLive)
                .encode(into: &records)
        }
    }

    private mutating func keep(_ frame: CaptureSocket.Frame) {
        guard frame.range.count >= Self.ethernetByteCount else { return }
        let octets = socket.bytes
        CaptureFile.encode(
            octets.span.extracting(frame.range.dropFirst(Self.ethernetByteCount)),
            on: CaptureFile.Link(
                etherType: frame.etherType, interfaceIndex: frame.interfaceIndex, linkType: frame.linkType,
                packetType: frame.packetType, address: frame.address),
            realTime: frame.realTime ?? realTimeNanoseconds(),
            cutByteCount: frame.originalByteCount - frame.range.count, into: &captured)
    }

    private mutating func flush() throws(SystemError) {
        try writeAll(records.bytes, to: Self.recordDescriptor, subject: "records")
        records.removeAll()
        if let file { try file.file.write(captured.bytes) }
        captured.removeAll()
    }
}
