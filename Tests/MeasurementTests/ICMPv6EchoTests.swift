// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

/// Echo messages of RFC 4443, in the form that a raw socket uses.
struct ICMPv6EchoTests {
    private static let message = EchoMessageTests.message
    private static let source = IPAddress.v6(IPv6Address(high: 0x2001_0DB8_FFFF_0000, low: 1))

    private static func octets(
        _ encode: (inout MutableSpan<UInt8>) throws(ProbeCodecError) -> Void
    ) throws -> [UInt8] {
        var octets = [UInt8](repeating: 0xEE, count: 32)
        var span = octets.mutableSpan
        try encode(&span)
        return octets
    }

    private static func request() throws -> [UInt8] {
        try octets { (span) throws(ProbeCodecError) in try message.encodeRequest(into: &span, family: .ipv6) }
    }

    private func decode(_ octets: [UInt8]) throws(ProbeCodecError) -> ReceivedEcho {
        try ReceivedEcho(decodingICMPv6: octets.span.bytes, from: Self.source, hopLimit: 123)
    }

    /// An error that quotes a packet (RFC 4443 section 2.4 c).
    private static func error(type: UInt8, code: UInt8, quoting packet: [UInt8]) -> [UInt8] {
        [type, code] + [UInt8](repeating: 0, count: 6) + packet
    }

    private static func header(version: UInt8 = 6, nextHeader: UInt8 = 58) -> [UInt8] {
        [version << 4, 0, 0, 0, 0, 32, nextHeader, 64] + [UInt8](repeating: 0xAA, count: 16) + source.octets
    }

    @Test func `a request has its octets, and leaves the checksum to the kernel`() throws {
        var expected = EchoMessageTests.requestOctets
        expected.replaceSubrange(0..<4, with: [128, 0, 0, 0])
        #expect(try Self.request() == expected)
    }

    @Test func `a reply says who sent it and with which hop limit`() throws {
        let reply = try Self.octets { (span) throws(ProbeCodecError) in
            try Self.message.encodeReply(into: &span, family: .ipv6)
        }
        let echo = try decode(reply)
        #expect(echo.source == Self.source)
        #expect(echo.timeToLive == 123)
        #expect(echo.content == .reply(Self.message))
    }

    @Test(arguments: [(1, 0), (1, 3), (2, 0), (3, 0), (4, 1)] as [(UInt8, UInt8)])
    func `an error leads back to the probe that it quotes`(type: UInt8, code: UInt8) throws {
        let echo = try decode(Self.error(type: type, code: code, quoting: Self.header() + Self.request()))
        #expect(echo.probe(ofRun: Self.message.cookie)?.sequence == 0x1_0002)
        guard case .unreachable(type, code, let quoted) = echo.content else {
            Issue.record("\(echo.content)")
            return
        }
        #expect(quoted.destination == Self.source)
        #expect(quoted.message == Self.message)
    }

    @Test(arguments: 0..<72)
    func `an error may quote eight octets behind the header, and never traps on less`(count: Int) throws {
        let packet = [UInt8]((Self.header() + (try Self.request())).prefix(count))
        let message = Self.error(type: 1, code: 3, quoting: packet)
        guard count >= 48 else {
            #expect(throws: ProbeCodecError.self) { try decode(message) }
            return
        }
        #expect(try decode(message).probe(ofRun: Self.message.cookie) == nil)
    }

    @Test func `anything that is not a reply is refused`() throws {
        let request = try Self.request()
        #expect(throws: ProbeCodecError.unexpectedType(128, code: 0)) { try decode(request) }
        #expect(throws: ProbeCodecError.unexpectedType(135, code: 0)) {
            try decode([135, 0] + [UInt8](repeating: 0, count: 30))
        }
        #expect(throws: ProbeCodecError.notIPv6(version: 4)) {
            try decode(Self.error(type: 1, code: 0, quoting: Self.header(version: 4) + request))
        }
        #expect(throws: ProbeCodecError.notICMP(ipProtocol: 17)) {
            try decode(Self.error(type: 1, code: 0, quoting: Self.header(nextHeader: 17) + request))
        }
        #expect(throws: ProbeCodecError.truncated(neededByteCount: 8, availableByteCount: 7)) {
            try decode([UInt8](repeating: 0, count: 7))
        }
    }
}
