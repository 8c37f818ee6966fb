// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// The UDP flow of an application's client: a datagram every interval, and the replies.
final class UDPClientFlow {
    /// Beyond this many consecutive datagrams or errors, the rest waits for the next wake-up.
    private static let consecutiveReadCountMax = 64

    private let cookie: UInt64
    private let socket: OwnedDescriptor
    private let recorder: ApplicationRecorder
    private var request = ByteWriter(capacity: ApplicationMessage.byteCount)
    private var buffer = [UInt8](repeating: 0, count: 2048)
    private(set) var requestCount: UInt64 = 0

    init(
        settings: ApplicationProgramSettings, loop: EventLoop, recorder: ApplicationRecorder
    ) throws(SystemError) {
        cookie = settings.cookie
        self.recorder = recorder
        socket = try connectedDatagramSocket(to: settings.destination, port: settings.application.port)
        _ = try loop.watch(socket.rawValue, for: .readable) { [unowned self] _ in read() }
    }

    func ask() {
        request.removeAll()
        ApplicationMessage(cookie: cookie, sequence: requestCount).encode(into: &request)
        recorder.record(.asked(.udp, sequence: requestCount, connection: 0, at: .now))
        requestCount += 1
        let result = writeOnce(socket.rawValue, request.bytes, from: 0)
        guard result < 0 else { return }
        recorder.record(.refused(code: UInt16(clamping: -result), at: .now))
        // An error here concerns an earlier datagram, as the network has just reported; this one has not been sent yet.
        // If it cannot be sent either, it is lost and unanswered.
        _ = writeOnce(socket.rawValue, request.bytes, from: 0)
    }

    private func read() {
        for _ in 0..<Self.consecutiveReadCountMax {
            switch readOnce(socket.rawValue, into: &buffer) {
            case .octets(let count):
                var reader = ByteReader(buffer.span.bytes.extracting(0..<count))
                // Anything that is not one of our messages is not a reply.
                guard let reply = try? ApplicationMessage(decoding: &reader), reply.cookie == cookie else { continue }
                recorder.record(.replied(.udp, sequence: reply.sequence, responder: reply.responder, at: .now))
            case .failed(let code):
                recorder.record(.refused(code: UInt16(clamping: code), at: .now))
            case .end:
                // An empty datagram.
                continue
            case .nothingNow:
                return
            }
        }
    }
}
