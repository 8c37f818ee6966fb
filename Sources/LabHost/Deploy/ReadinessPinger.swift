// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// Pings a floating IP, one request at a time.
final class ReadinessPinger {
    private let socket: RawICMPSocket
    private let family: AddressFamily
    private let cookie = UInt64.random(in: .min ... .max)
    private var sequence: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 2048)
    private var message = [UInt8](repeating: 0, count: EchoMessage.minimumByteCount)

    init(destination: IPAddress, in namespace: HeldNamespace) throws(SystemError) {
        family = destination.family
        socket = RawICMPSocket(
            adopting: try namespace.namespace.perform { () throws(SystemError) -> Int32 in
                try RawICMPSocket(destination: destination).release()
            }, destination: destination)
    }

    /// Sends a request; returns the IP time to live of a reply to it or to an earlier one, nil without a reply.
    func answer() -> UInt8? {
        if let timeToLive = readReply() { return timeToLive }
        let echo = EchoMessage(
            identifier: UInt16(truncatingIfNeeded: cookie), cookie: cookie, sequence: sequence, sentAt: .now)
        sequence += 1
        let family = family
        do throws(ProbeCodecError) {
            var span = message.mutableSpan
            try echo.encodeRequest(into: &span, family: family)
        } catch {
            preconditionFailure("the buffer is as long as an echo message: \(error)")
        }
        // A request that cannot be sent counts as unanswered.
        _ = socket.send(message)
        return readReply()
    }

    private func readReply() -> UInt8? {
        while let arrival = socket.receive(into: &buffer, fromErrorQueue: false) {
            if let echo = receivedEcho(arrival), case .reply(let reply) = echo.content,
                reply.cookie == cookie
            {
                return echo.timeToLive
            }
        }
        return nil
    }

    /// Decodes the buffer; nil if it is not an echo, and so not a reply to this host.
    private func receivedEcho(_ arrival: RawICMPSocket.Arrival) -> ReceivedEcho? {
        let packet = buffer
        let range = 0..<min(arrival.byteCount, packet.count)
        guard let origin = arrival.origin else {
            return try? ReceivedEcho(decodingIPv4: packet.span.bytes.extracting(range))
        }
        return try? ReceivedEcho(
            decodingICMPv6: packet.span.bytes.extracting(range), from: .v6(origin.source), hopLimit: origin.hopLimit)
    }
}
