// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct ProbeRecordTests {
    static let vectors: [(record: ProbeRecord, octets: [UInt8])] = [
        (
            .sent(sequence: 70_000, at: Instant(nanoseconds: 1_000_000_000)),
            [1, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 1, 0x11, 0x70] + [0, 0, 0, 0, 0x3B, 0x9A, 0xCA, 0]
                + [0, 0, 0, 0, 0, 0, 0, 0]
        ),
        (
            .transmitted(sequence: 1, at: Instant(nanoseconds: 258)),
            [2, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 1] + [0, 0, 0, 0, 0, 0, 1, 2]
                + [0, 0, 0, 0, 0, 0, 0, 0]
        ),
        (
            .received(stream: 0xABCD, sequence: .max, at: Instant(nanoseconds: -1), timeToLive: 61),
            [3, 61, 0, 0, 0, 0, 0xAB, 0xCD] + [UInt8](repeating: 255, count: 16) + [0, 0, 0, 0, 0, 0, 0, 0]
        ),
        (
            .unreachable(sequence: 2, at: .zero, type: 3, code: 1),
            [4, 3, 1, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 16)
        ),
        (
            .end(
                ProberSummary(
                    sentCount: 6_012, lateCount: 3, maximumLateness: Milliseconds(nanoseconds: 65_536),
                    percentile99Lateness: Milliseconds(nanoseconds: 255), hadRealTimePriority: true,
                    hadLockedMemory: false)),
            [5, 1, 0, 0, 0, 0, 0, 3] + [0, 0, 0, 0, 0, 0, 0x17, 0x7C] + [0, 0, 0, 0, 0, 1, 0, 0]
                + [0, 0, 0, 0, 0, 0, 0, 255]
        ),
        (
            .account(skippedCount: 258, clockPairWidth: Milliseconds(nanoseconds: 75)),
            [6, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 1, 2] + [0, 0, 0, 0, 0, 0, 0, 75]
                + [UInt8](repeating: 0, count: 8)
        ),
    ]

    private func decode(_ octets: [UInt8]) throws(ProbeCodecError) -> ProbeRecord {
        var reader = ByteReader(octets.span.bytes)
        return try ProbeRecord(decoding: &reader)
    }

    @Test(arguments: vectors.indices)
    func `a record has its 32 octets, both ways`(index: Int) throws {
        let vector = Self.vectors[index]
        var writer = ByteWriter()
        vector.record.encode(into: &writer)
        #expect(writer.bytes == vector.octets)
        #expect(writer.count == ProbeRecord.byteCount)
        #expect(try decode(vector.octets) == vector.record)
    }

    @Test(arguments: vectors.indices, 0..<ProbeRecord.byteCount)
    func `a record cut short is truncated`(index: Int, count: Int) {
        #expect(throws: ProbeCodecError.truncated(neededByteCount: 32, availableByteCount: count)) {
            try decode([UInt8](Self.vectors[index].octets.prefix(count)))
        }
    }

    @Test func `an unknown kind is refused`() {
        for kind in [0, 7, 255] as [UInt8] {
            #expect(throws: ProbeCodecError.unknownRecordKind(kind)) {
                try decode([kind] + [UInt8](repeating: 0, count: 31))
            }
        }
    }

    /// Whatever can be decoded encodes to the same octets, so no octet is ignored.
    @Test(arguments: vectors.indices, 0..<ProbeRecord.byteCount)
    func `no octet of a record is ignored`(index: Int, offset: Int) {
        for bit in 0..<8 {
            var octets = Self.vectors[index].octets
            octets[offset] ^= 1 << UInt8(bit)
            do {
                let record = try decode(octets)
                var writer = ByteWriter()
                record.encode(into: &writer)
                #expect(writer.bytes == octets)
                #expect(record != Self.vectors[index].record)
            } catch {
                switch error {
                case .reservedOctetsSet, .unknownRecordKind: break
                default: Issue.record("\(error)")
                }
            }
        }
    }

    @Test(arguments: [1, 7, 31, 32, 33, 100])
    func `a stream in pieces of any length gives the same records`(pieceLength: Int) throws {
        var writer = ByteWriter()
        for vector in Self.vectors {
            vector.record.encode(into: &writer)
        }
        var stream = ProbeRecordStream()
        var records: [ProbeRecord] = []
        var rest = writer.bytes[...]
        while !rest.isEmpty {
            stream.append(contentsOf: rest.prefix(pieceLength))
            rest = rest.dropFirst(pieceLength)
            while let record = try stream.next() {
                records.append(record)
            }
        }
        #expect(records == Self.vectors.map(\.record))
        #expect(stream.pendingByteCount == 0)
    }

    @Test func `a stream that ends inside a record says how much is left`() throws {
        var stream = ProbeRecordStream()
        let first = Self.vectors[0].octets
        stream.append(first.span)
        stream.append(contentsOf: Self.vectors[1].octets.prefix(20))
        #expect(try stream.next() == Self.vectors[0].record)
        #expect(try stream.next() == nil)
        #expect(stream.pendingByteCount == 20)
    }

    @Test func `a stream goes on behind a record that it refused`() throws {
        var stream = ProbeRecordStream()
        stream.append(contentsOf: [9] + [UInt8](repeating: 0, count: 31) + Self.vectors[2].octets)
        #expect(throws: ProbeCodecError.unknownRecordKind(9)) { try stream.next() }
        #expect(try stream.next() == Self.vectors[2].record)
    }
}
