// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct EchoMessageTests {
    static let message = EchoMessage(
        identifier: 0x1234, cookie: 0x0102_0304_0506_0708, sequence: 0x1_0002, sentAt: Instant(nanoseconds: 0xABCDEF))

    /// The request of `message`, with a checksum computed by hand.
    static let requestOctets: [UInt8] =
        [8, 0, 0x07, 0x18, 0x12, 0x34, 0x00, 0x02] + [1, 2, 3, 4, 5, 6, 7, 8] + [0, 0, 0, 0, 0, 1, 0, 2]
        + [0, 0, 0, 0, 0, 0xAB, 0xCD, 0xEF]

    static func reply(byteCount: Int = 32) throws -> [UInt8] {
        var octets = [UInt8](repeating: 0xEE, count: byteCount)
        var span = octets.mutableSpan
        try message.encodeReply(into: &span)
        return octets
    }

    static func header(
        payloadByteCount: Int, timeToLive: UInt8 = 62, ipProtocol: UInt8 = 1, options: [UInt8] = [],
        fragment: UInt16 = 0x4000, source: [UInt8] = [172, 16, 1, 1], destination: [UInt8] = [10, 0, 3, 9]
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt8(0x45 + options.count / 4))
        writer.write(UInt8(0))
        writer.write(UInt16(20 + options.count + payloadByteCount))
        writer.write(UInt16(7))
        writer.write(fragment)
        writer.write(timeToLive)
        writer.write(ipProtocol)
        writer.write(UInt16(0))
        writer.write(contentsOf: source)
        writer.write(contentsOf: destination)
        writer.write(contentsOf: options)
        return writer.bytes
    }

    /// An ICMP error about an IPv4 datagram.
    static func error(type: UInt8, code: UInt8, quoting datagram: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(type)
        writer.write(code)
        writer.write(repeating: 0, count: 6)
        writer.write(contentsOf: datagram)
        writer.overwrite(InternetChecksum.of(writer.bytes.span.bytes), at: 2)
        return writer.bytes
    }

    private func decode(_ octets: [UInt8]) throws(ProbeCodecError) -> ReceivedEcho {
        try ReceivedEcho(decodingIPv4: octets.span.bytes)
    }

    @Test func `a request has its octets`() throws {
        var octets = [UInt8](repeating: 0xEE, count: 32)
        var span = octets.mutableSpan
        try Self.message.encodeRequest(into: &span)
        #expect(octets == Self.requestOctets)
    }

    @Test(arguments: [33, 64, 1_472])
    func `a longer request is padded with zeros and keeps a right checksum`(count: Int) throws {
        var octets = [UInt8](repeating: 0xEE, count: count)
        var span = octets.mutableSpan
        try Self.message.encodeRequest(into: &span)
        #expect(octets.dropFirst(32).allSatisfy { $0 == 0 })
        #expect(InternetChecksum.of(octets.span.bytes) == 0)
        #expect(octets.prefix(2) == Self.requestOctets.prefix(2))
        #expect(octets[4..<32] == Self.requestOctets[4..<32])
    }

    @Test(arguments: 0..<32)
    func `a buffer too small is refused`(count: Int) {
        var octets = [UInt8](repeating: 0, count: count)
        #expect(throws: ProbeCodecError.bufferTooSmall(neededByteCount: 32)) {
            var span = octets.mutableSpan
            try Self.message.encodeRequest(into: &span)
        }
    }

    @Test(arguments: [[], [1, 1, 1, 0], [UInt8](repeating: 1, count: 40)])
    func `a reply gives source, TTL and the whole sequence number`(options: [UInt8]) throws {
        let reply = try Self.reply()
        let echo = try decode(Self.header(payloadByteCount: reply.count, options: options) + reply)
        #expect(echo.source == IPAddress("172.16.1.1"))
        #expect(echo.timeToLive == 62)
        #expect(echo.content == .reply(Self.message))
        let probe = try #require(echo.probe(ofRun: Self.message.cookie))
        #expect(probe == (stream: 0x0708, sequence: 0x1_0002))
        // The low 16 bits are the flow's number, whatever they are in the run's cookie.
        #expect(echo.probe(ofRun: Self.message.cookie ^ 0xFFFF)?.stream == 0x0708)
        #expect(echo.probe(ofRun: Self.message.cookie + 0x1_0000) == nil)
    }

    @Test func `octets after the total length are ignored`() throws {
        let reply = try Self.reply()
        let echo = try decode(Self.header(payloadByteCount: reply.count) + reply + [1, 2, 3])
        #expect(echo.content == .reply(Self.message))
    }

    @Test(arguments: 0..<52)
    func `a reply cut short is refused`(count: Int) throws {
        let datagram = Self.header(payloadByteCount: 32) + (try Self.reply())
        #expect(throws: ProbeCodecError.self) { try decode([UInt8](datagram.prefix(count))) }
        // Even if the header states that length.
        guard count >= 20 else { return }
        let honest = Self.header(payloadByteCount: count - 20) + datagram[20..<count]
        #expect(throws: ProbeCodecError.self) { try decode(honest) }
    }

    @Test(arguments: 0..<(32 * 8))
    func `a reply with a bit turned over fails its checksum`(bit: Int) throws {
        var reply = try Self.reply()
        reply[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(throws: ProbeCodecError.checksum) {
            try decode(Self.header(payloadByteCount: reply.count) + reply)
        }
    }

    @Test func `requests, other protocols, fragments and IPv6 are not replies`() throws {
        #expect(throws: ProbeCodecError.unexpectedType(8, code: 0)) {
            try decode(Self.header(payloadByteCount: 32) + Self.requestOctets)
        }
        let reply = try Self.reply()
        #expect(throws: ProbeCodecError.notICMP(ipProtocol: 17)) {
            try decode(Self.header(payloadByteCount: 32, ipProtocol: 17) + reply)
        }
        #expect(throws: ProbeCodecError.fragment) {
            try decode(Self.header(payloadByteCount: 32, fragment: 0x2000) + reply)
        }
        #expect(throws: ProbeCodecError.fragment) {
            try decode(Self.header(payloadByteCount: 32, fragment: 1) + reply)
        }
        #expect(throws: ProbeCodecError.notIPv4(version: 6)) {
            try decode([0x60] + [UInt8](repeating: 0, count: 60))
        }
        #expect(throws: ProbeCodecError.headerLength(byteCount: 16)) {
            try decode([0x44] + [UInt8](repeating: 0, count: 60))
        }
    }

    @Test(arguments: [(3, 1), (3, 0), (11, 0), (12, 0)] as [(UInt8, UInt8)])
    func `an ICMP error leads back to the probe that it quotes`(type: UInt8, code: UInt8) throws {
        let request =
            Self.header(payloadByteCount: 32, source: [10, 0, 3, 9], destination: [172, 16, 1, 1])
            + Self.requestOctets
        let message = Self.error(type: type, code: code, quoting: request)
        let echo = try decode(
            Self.header(payloadByteCount: message.count, timeToLive: 64, source: [10, 0, 3, 1]) + message)
        #expect(echo.source == IPAddress("10.0.3.1"))
        #expect(echo.probe(ofRun: Self.message.cookie)?.sequence == 0x1_0002)
        guard case .unreachable(type, code, let quoted) = echo.content else {
            Issue.record("\(echo.content)")
            return
        }
        #expect(quoted.destination == IPAddress("172.16.1.1"))
        #expect(quoted.identifier == 0x1234)
        #expect(quoted.shortSequence == 2)
        #expect(quoted.message == Self.message)
    }

    @Test(arguments: 0..<52)
    func `an ICMP error may quote eight octets, and never traps on less`(count: Int) throws {
        let request = Self.header(payloadByteCount: 32) + Self.requestOctets
        let message = Self.error(type: 3, code: 1, quoting: [UInt8](request.prefix(count)))
        let datagram = Self.header(payloadByteCount: message.count) + message
        guard count >= 28 else {
            #expect(throws: ProbeCodecError.self) { try decode(datagram) }
            return
        }
        let echo = try decode(datagram)
        #expect(echo.probe(ofRun: Self.message.cookie) == nil)
        guard case .unreachable(3, 1, let quoted) = echo.content else {
            Issue.record("\(echo.content)")
            return
        }
        #expect(quoted.shortSequence == 2)
        #expect(quoted.message == nil)
    }

    @Test func `an error that quotes something else is refused`() {
        let other = Self.header(payloadByteCount: 8, ipProtocol: 6) + [UInt8](repeating: 0, count: 8)
        let message = Self.error(type: 3, code: 3, quoting: other)
        #expect(throws: ProbeCodecError.notICMP(ipProtocol: 6)) {
            try decode(Self.header(payloadByteCount: message.count) + message)
        }
    }
}
