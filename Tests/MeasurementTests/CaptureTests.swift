// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

/// Frames as a capture sees them, and as a file has them.
struct CaptureTests {
    private static let echo = EchoMessage(cookie: 0x1234_5678_9ABC_0000, stream: 7, sequence: 70_000, sentAt: .zero)

    private static func decode(_ frame: [UInt8]) -> CapturedEcho? { CapturedEcho(decodingEthernet: frame.span.bytes) }

    private func frame(isRequest: Bool, family: AddressFamily) throws -> [UInt8] {
        var message = [UInt8](repeating: 0, count: EchoMessage.minimumByteCount)
        var span = message.mutableSpan
        if isRequest {
            try Self.echo.encodeRequest(into: &span, family: family)
        } else {
            try Self.echo.encodeReply(into: &span, family: family)
        }
        let ethernet = [UInt8](repeating: 2, count: 12)
        let addresses = [UInt8](repeating: 9, count: family == .ipv4 ? 8 : 32)
        let header: [UInt8] =
            family == .ipv4
            ? [8, 0, 0x45, 0, 0, 52, 0, 0, 0x40, 0, 61, 1, 0, 0] : [0x86, 0xDD, 0x60, 0, 0, 0, 0, 32, 58, 61]
        return ethernet + header + addresses + message
    }

    @Test(arguments: AddressFamily.allCases, [true, false])
    func `a prober's request and its reply are recognized in a frame`(family: AddressFamily, isRequest: Bool) throws {
        let frame = try frame(isRequest: isRequest, family: family)
        let echo = try #require(Self.decode(frame))
        #expect(echo.isRequest == isRequest && echo.timeToLive == 61)
        #expect(echo.message.isOfRun(Self.echo.cookie) && echo.message.stream == 7 && echo.message.sequence == 70_000)
        for count in 0..<frame.count {
            #expect(Self.decode(Array(frame.prefix(count))) == nil)
        }
    }

    @Test func `other frames are not`() throws {
        var frame = try frame(isRequest: true, family: .ipv4)
        for (offset, value) in [(12, 0x86), (14, 0x65), (20, 0x20), (23, 17), (34, 3), (35, 1)] as [(Int, UInt8)] {
            let sound = frame[offset]
            frame[offset] = value
            #expect(Self.decode(frame) == nil, "\(offset)")
            frame[offset] = sound
        }
        #expect(Self.decode(frame) != nil)
    }

    @Test func `a file has the numbers of its format, and gives back what was written`() throws {
        var writer = ByteWriter()
        CaptureFile.encodeHeader(longest: 276, into: &writer)
        #expect(
            writer.bytes == [0xA1, 0xB2, 0x3C, 0x4D, 0, 2, 0, 4] + [UInt8](repeating: 0, count: 8) + [0, 0, 1, 20]
                + [0, 0, 1, 20])
        let link = CaptureFile.Link(
            etherType: 0x800, interfaceIndex: 12, linkType: 1, packetType: 4, address: [1, 2, 3, 4, 5, 6])
        CaptureFile.encode(
            [0x45, 7].span, on: link, realTime: 1_700_000_000_123_456_789, cutByteCount: 40, into: &writer)
        let cooked: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 12, 0, 1, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0x45, 7]
        let record = CaptureFile.Record(
            realTime: 1_700_000_000_123_456_789, octets: cooked, originalByteCount: cooked.count + 40)
        #expect(CaptureFile.records(in: writer.bytes) == [record])
        CaptureFile.encode(record, into: &writer)
        #expect(CaptureFile.records(in: writer.bytes) == [record, record])
        // A writer that was killed leaves a part of a record.
        #expect(CaptureFile.records(in: Array(writer.bytes.dropLast(3))) == [record])
        #expect(CaptureFile.records(in: [1, 2, 3]) == nil)
    }
}
