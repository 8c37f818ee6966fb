// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// Asks a floating IP whether it answers, once at a time.
final class ReadinessPinger {
    private let socket: RawICMPSocket
    private let cookie = UInt64.random(in: .min ... .max)
    private var sequence: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 2048)
    private var message = [UInt8](repeating: 0, count: EchoMessage.minimumByteCount)

    init(destination: IPAddress, in namespace: HeldNamespace) throws(SystemError) {
        socket = RawICMPSocket(
            adopting: try namespace.namespace.perform { () throws(SystemError) -> Int32 in
                try RawICMPSocket(destination: destination).release()
            }, destination: destination)
    }

    /// Sends a request, and says whether one of before or this one was answered.
    func wasAnswered() -> Bool {
        if readReply() { return true }
        let echo = EchoMessage(
            identifier: UInt16(truncatingIfNeeded: cookie), cookie: cookie, sequence: sequence, sentAt: .now)
        sequence += 1
        do throws(ProbeCodecError) {
            var span = message.mutableSpan
            try echo.encodeRequest(into: &span)
        } catch {
            preconditionFailure("the buffer is as long as an echo message: \(error)")
        }
        // A request that cannot be sent is one that is not answered.
        _ = socket.send(message)
        return readReply()
    }

    private func readReply() -> Bool {
        while let arrival = socket.receive(into: &buffer, fromErrorQueue: false) {
            if case .reply(let reply)? = receivedEcho(byteCount: arrival.byteCount)?.content, reply.cookie == cookie {
                return true
            }
        }
        return false
    }

    /// What the buffer holds; nil for anything that is no echo, and so no answer to us.
    private func receivedEcho(byteCount: Int) -> ReceivedEcho? {
        let packet = buffer
        return try? ReceivedEcho(decodingIPv4: packet.span.bytes.extracting(0..<min(byteCount, packet.count)))
    }
}
