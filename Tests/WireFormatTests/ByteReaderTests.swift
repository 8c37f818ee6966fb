// SPDX-License-Identifier: MIT-0
import TestSupport
import Testing
import WireFormat

struct ByteReaderTests {
    @Test func `integers are read in network byte order`() throws {
        let octets = hex("01 0203 04050607 08090a0b0c0d0e0f")
        var reader = ByteReader(octets.span.bytes)
        let values = (try reader.readUInt8(), try reader.readUInt16(), try reader.readUInt32(), try reader.readUInt64())
        #expect(values == (0x01, 0x0203, 0x0405_0607, 0x0809_0A0B_0C0D_0E0F))
        let offset = reader.offset
        #expect(offset == 15)
    }

    /// What is read, and how many octets that needs.
    private enum Read: CaseIterable {
        case uint8, uint16, uint32, uint64, array, skip, part

        func neededByteCount(having count: Int) -> Int {
            switch self {
            case .uint8: 1
            case .uint16: 2
            case .uint32: 4
            case .uint64: 8
            case .array, .skip: count + 1
            case .part: .max
            }
        }

        func perform(_ reader: inout ByteReader, having count: Int) throws(TruncatedError) {
            switch self {
            case .uint8: _ = try reader.readUInt8()
            case .uint16: _ = try reader.readUInt16()
            case .uint32: _ = try reader.readUInt32()
            case .uint64: _ = try reader.readUInt64()
            case .array: _ = try reader.readArray(count + 1)
            case .skip: try reader.skip(count + 1)
            case .part: _ = try reader.readSubreader(.max)
            }
        }
    }

    @Test(arguments: 0..<8)
    func `a read past the end is refused and consumes nothing`(count: Int) {
        let octets = [UInt8](repeating: 0xAB, count: count)
        for read in Read.allCases where read.neededByteCount(having: count) > count {
            var reader = ByteReader(octets.span.bytes)
            var refusal: TruncatedError?
            do { try read.perform(&reader, having: count) } catch { refusal = error }
            let needed = read.neededByteCount(having: count)
            #expect(refusal == TruncatedError(neededByteCount: needed, availableByteCount: count), "\(read)")
            let rest = reader.readRemaining()
            #expect(rest == octets, "\(read)")
        }
    }

    @Test func `negative counts are refused, as are those that are too large`() {
        let octets = hex("0102")
        var reader = ByteReader(octets.span.bytes)
        var isRefused = false
        do { try reader.skip(-1) } catch { isRefused = true }
        #expect(isRefused)
        let offset = reader.offset
        #expect(offset == 0)
    }

    @Test func `a reader of a part sees only that part`() throws {
        let octets = hex("01 0203 04")
        var reader = ByteReader(octets.span.bytes)
        try reader.skip(1)
        var part = try reader.readSubreader(2)
        let inside = part.readRemaining()
        #expect(inside == [2, 3])
        var isRefused = false
        do { _ = try part.readUInt8() } catch { isRefused = true }
        #expect(isRefused)
        let behind = try reader.readUInt8()
        #expect(behind == 4)
    }

    @Test func `a writer gives what a reader takes`() {
        var writer = ByteWriter()
        writer.write(UInt8(1))
        writer.write(UInt16(0))
        writer.write(UInt32(0x0405_0607))
        writer.write(UInt64(0x0809_0A0B_0C0D_0E0F))
        writer.write(contentsOf: [0xFE, 0xFF])
        writer.write(repeating: 0xAA, count: 2)
        writer.overwrite(UInt16(0x0203), at: 1)
        writer.overwrite(UInt8(0xBB), at: 18)
        #expect(hexText(writer.bytes) == hexText(hex("01 0203 04050607 08090a0b0c0d0e0f feff aabb")))
        writer.removeAll()
        #expect(writer.count == 0)
    }
}
