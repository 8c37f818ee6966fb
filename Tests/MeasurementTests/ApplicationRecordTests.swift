// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct ApplicationRecordTests {
    private static let instant = Instant(nanoseconds: 258)
    private static let instantOctets: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 2]
    private static let nothing = [UInt8](repeating: 0, count: 8)

    static let vectors: [(record: ApplicationRecord, octets: [UInt8])] = [
        (
            .asked(.tcp, sequence: 70_000, connection: 3, at: instant),
            [1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 1, 0x11, 0x70] + instantOctets + nothing
        ),
        (
            .unsent(.udp, sequence: 1, at: instant),
            [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] + instantOctets + nothing
        ),
        (
            .replied(.udp, sequence: 1, responder: 513, at: instant),
            [3, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] + instantOctets + nothing
        ),
        (
            .refused(code: 111, at: instant),
            [4, 1, 0, 111, 0, 0, 0, 0] + nothing + instantOctets + nothing
        ),
        (.connecting(connection: 1, at: instant), [5, 0, 0, 0, 0, 0, 0, 1] + nothing + instantOctets + nothing),
        (.connected(connection: 256, at: instant), [6, 0, 0, 0, 0, 0, 1, 0] + nothing + instantOctets + nothing),
        (
            .ended(connection: 1, code: 104, at: instant),
            [7, 0, 0, 104, 0, 0, 0, 1] + nothing + instantOctets + nothing
        ),
        (
            .closing(isReset: true, timeToLive: 123, at: instant),
            [8, 0, 1, 123, 0, 0, 0, 0] + nothing + instantOctets + nothing
        ),
        (
            .transmission(
                connection: 1,
                TransmissionState(
                    retransmissionTimeout: Milliseconds(nanoseconds: 65_536), consecutiveTimeouts: 2,
                    retransmissions: 3, sinceLastSendMilliseconds: 4), at: instant),
            [9, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 4] + instantOctets + [0, 0, 0, 0, 0, 1, 0, 0]
        ),
        (
            .end(
                ApplicationClientSummary(
                    requestCount: 5, lateCount: 2, maximumLateness: Milliseconds(nanoseconds: 65_536),
                    hadRealTimePriority: true, hadLockedMemory: false)),
            [10, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 5] + nothing + [0, 0, 0, 0, 0, 1, 0, 0]
        ),
    ]

    private func decode(_ octets: [UInt8]) throws(ProbeCodecError) -> ApplicationRecord {
        var reader = ByteReader(octets.span.bytes)
        return try ApplicationRecord(decoding: &reader)
    }

    @Test(arguments: vectors.indices)
    func `a record has its 32 octets, both ways`(index: Int) throws {
        let vector = Self.vectors[index]
        var writer = ByteWriter()
        vector.record.encode(into: &writer)
        #expect(writer.bytes == vector.octets)
        #expect(try decode(vector.octets) == vector.record)
        for count in 0..<ApplicationRecord.byteCount {
            #expect(throws: ProbeCodecError.truncated(neededByteCount: 32, availableByteCount: count)) {
                try decode([UInt8](vector.octets.prefix(count)))
            }
        }
    }

    /// Whatever can be decoded encodes to the same octets, so no octet is ignored.
    @Test(arguments: vectors.indices, 0..<ApplicationRecord.byteCount)
    func `no octet of a record is ignored`(index: Int, offset: Int) {
        for bit in 0..<8 {
            var octets = Self.vectors[index].octets
            octets[offset] ^= 1 << UInt8(bit)
            do {
                let record = try decode(octets)
                var writer = ByteWriter()
                record.encode(into: &writer)
                #expect(writer.bytes == octets)
            } catch {
                switch error {
                case .reservedOctetsSet, .unknownRecordKind: break
                default: Issue.record("\(error)")
                }
            }
        }
    }

    @Test(arguments: [1, 7, 32, 33, 1_000])
    func `a stream in pieces of any length gives the same records`(pieceLength: Int) throws {
        var writer = ByteWriter()
        for vector in Self.vectors { vector.record.encode(into: &writer) }
        var stream = ApplicationRecordStream()
        var records: [ApplicationRecord] = []
        var rest = writer.bytes[...]
        while !rest.isEmpty {
            stream.append(contentsOf: rest.prefix(pieceLength))
            rest = rest.dropFirst(pieceLength)
            while let record = try stream.next() { records.append(record) }
        }
        #expect(records == Self.vectors.map(\.record))
    }
}

struct ApplicationMessageTests {
    @Test func `a reply equals its request except for the responder's number`() throws {
        var writer = ByteWriter()
        ApplicationMessage(cookie: 0x0102_0304_0506_0708, sequence: 9).encode(into: &writer)
        #expect(
            writer.bytes == [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 9] + [UInt8](repeating: 0, count: 8))
        ApplicationMessage(cookie: 1, sequence: 10).encode(into: &writer)
        var octets = writer.bytes + [7, 7]
        // Two complete messages; the beginning of a third is not changed.
        #expect(ApplicationMessage.answer(&octets, count: octets.count, as: 258) == 48)
        #expect(octets.suffix(2) == [7, 7])
        var reader = ByteReader(octets.span.bytes)
        let first = try ApplicationMessage(decoding: &reader)
        #expect(first == ApplicationMessage(cookie: 0x0102_0304_0506_0708, sequence: 9, responder: 258))
        #expect(try ApplicationMessage(decoding: &reader).responder == 258)
        #expect(throws: TruncatedError.self) { try ApplicationMessage(decoding: &reader) }
    }

    @Test func `an incomplete message is not a message, and stays in the buffer`() {
        var octets = [UInt8](repeating: 9, count: 23)
        #expect(ApplicationMessage.answer(&octets, count: 23, as: 1) == 0)
        #expect(octets == [UInt8](repeating: 9, count: 23))
        // No more octets are changed than were received.
        octets = [UInt8](repeating: 9, count: 100)
        #expect(ApplicationMessage.answer(&octets, count: 47, as: 1) == 24)
        #expect(octets[40...].allSatisfy { $0 == 9 })
    }
}

struct ClosingSegmentTests {
    /// An IPv4 header with `options` octets of options, and a TCP header.
    private func packet(options: Int = 0, ipProtocol: UInt8 = 6, flags: UInt8) -> [UInt8] {
        let header: [UInt8] = [
            0x45 + UInt8(options / 4), 0, 0, 40, 0, 0, 0, 0, 123, ipProtocol, 0, 0, 172, 16, 1, 1, 10, 0, 0, 5,
        ]
        return header + [UInt8](repeating: 1, count: options) + [0, 7, 0xC0, 0] + [UInt8](repeating: 0, count: 8)
            + [0x50, flags, 0, 0, 0, 0, 0, 0]
    }

    private func decode(_ octets: [UInt8]) -> ClosingSegment? { ClosingSegment(decodingIPv4: octets.span.bytes) }

    @Test(arguments: [0, 4, 40]) func `a RST and a FIN show which instance sent them`(options: Int) throws {
        let source = try #require(IPAddress("172.16.1.1"))
        let reset = try #require(decode(packet(options: options, flags: 0x14)))
        #expect((reset.source, reset.timeToLive, reset.isReset) == (source, 123, true))
        #expect(decode(packet(options: options, flags: 0x11))?.isReset == false)
        #expect(decode(packet(options: options, flags: 0x10)) == nil)
    }

    @Test func `over IPv6 the segment comes without a header, and its source and hop limit as control messages`() throws
    {
        let source = try #require(IPAddress("2001:db8:ffff::1"))
        func decode(_ octets: [UInt8]) -> ClosingSegment? {
            ClosingSegment(decodingTCP: octets.span.bytes, from: source, timeToLive: 123)
        }
        let segment = [UInt8](packet(flags: 0x14).dropFirst(20))
        let reset = try #require(decode(segment))
        #expect((reset.source, reset.timeToLive, reset.isReset) == (source, 123, true))
        #expect(decode([UInt8](packet(flags: 0x10).dropFirst(20))) == nil)
        for count in 0..<14 { #expect(decode([UInt8](segment.prefix(count))) == nil) }
    }

    @Test func `any other segment is ignored`() {
        let whole = packet(flags: 0x04)
        for count in 0..<34 { #expect(decode([UInt8](whole.prefix(count))) == nil) }
        #expect(decode(packet(ipProtocol: 17, flags: 0x04)) == nil)
        #expect(decode([0x65] + whole.dropFirst()) == nil)
        #expect(decode([0x44] + whole.dropFirst()) == nil)
        #expect(decode([0x4F] + whole.dropFirst()) == nil)
    }
}
