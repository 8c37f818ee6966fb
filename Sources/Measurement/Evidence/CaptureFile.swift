// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Captured frames as a file that tcpdump and Wireshark read: pcap with nanoseconds, each frame with the cooked header of
/// version 2 (LINKTYPE_LINUX_SLL2), which says on which link it was seen, and in which direction.
package enum CaptureFile {
    /// Of a file with nanoseconds; the order of its octets is that of all numbers, here network byte order.
    private static let magic: UInt32 = 0xA1B2_3C4D
    private static let linkType: UInt32 = 276
    package static let headerByteCount = 24
    private static let recordHeaderByteCount = 16
    package static let cookedByteCount = 20

    /// One frame.
    package struct Record: Hashable, Sendable {
        /// Nanoseconds since 1970 in UTC.
        package var realTime: Int64
        /// With the cooked header.
        package var octets: [UInt8]
        /// How many there would be if nothing was cut.
        package var originalByteCount: Int

        package init(realTime: Int64, octets: [UInt8], originalByteCount: Int) {
            self.realTime = realTime
            self.octets = octets
            self.originalByteCount = originalByteCount
        }
    }

    /// What is known of a frame besides its octets.
    package struct Link: Hashable, Sendable {
        package var etherType: UInt16
        package var interfaceIndex: Int32
        package var linkType: UInt16
        package var packetType: UInt8
        package var address: [UInt8]

        package init(
            etherType: UInt16, interfaceIndex: Int32, linkType: UInt16, packetType: UInt8, address: [UInt8]
        ) {
            self.etherType = etherType
            self.interfaceIndex = interfaceIndex
            self.linkType = linkType
            self.packetType = packetType
            self.address = address
        }
    }

    package static func encodeHeader(longest byteCount: Int, into writer: inout ByteWriter) {
        writer.write(magic)
        writer.write(UInt16(2))
        writer.write(UInt16(4))
        writer.write(UInt64(0))
        writer.write(UInt32(byteCount))
        writer.write(linkType)
    }

    /// Appends a frame; `packet` is what follows its link's own header, `cutByteCount` how much of it is missing.
    package static func encode(
        _ packet: Span<UInt8>, on link: Link, realTime: Int64, cutByteCount: Int, into writer: inout ByteWriter
    ) {
        encodeRecordHeader(
            realTime, byteCount: cookedByteCount + packet.count,
            originalByteCount: cookedByteCount + packet.count + cutByteCount, into: &writer)
        writer.write(link.etherType)
        writer.write(UInt16(0))
        writer.write(UInt32(bitPattern: link.interfaceIndex))
        writer.write(link.linkType)
        writer.write(link.packetType)
        writer.write(UInt8(min(link.address.count, 8)))
        for index in 0..<8 { writer.write(index < link.address.count ? link.address[index] : 0) }
        for index in packet.indices { writer.write(packet[index]) }
    }

    /// Appends a record as it was read.
    package static func encode(_ record: Record, into writer: inout ByteWriter) {
        encodeRecordHeader(
            record.realTime, byteCount: record.octets.count, originalByteCount: record.originalByteCount, into: &writer)
        writer.write(contentsOf: record.octets)
    }

    private static func encodeRecordHeader(
        _ realTime: Int64, byteCount: Int, originalByteCount: Int, into writer: inout ByteWriter
    ) {
        writer.write(UInt32(truncatingIfNeeded: realTime / 1_000_000_000))
        writer.write(UInt32(truncatingIfNeeded: realTime % 1_000_000_000))
        writer.write(UInt32(byteCount))
        writer.write(UInt32(originalByteCount))
    }

    /// The records of a file that this wrote; a last one that is incomplete is left out, as of a writer that was killed.
    ///
    /// Nil if it is not such a file.
    package static func records(in octets: [UInt8]) -> [Record]? {
        // `bytes` counts as unsafe because a type may have uninitialized padding; UInt8 has none.
        var reader = unsafe ByteReader(octets.span.bytes)
        var records: [Record] = []
        do {
            guard try reader.readUInt32() == magic else { return nil }
            try reader.skip(16)
            guard try reader.readUInt32() == linkType else { return nil }
        } catch {
            return nil
        }
        // A record that is cut short is the last.
        while reader.remainingByteCount >= recordHeaderByteCount, let record = try? Self.record(&reader) {
            records.append(record)
        }
        return records
    }

    private static func record(_ reader: inout ByteReader) throws(TruncatedError) -> Record {
        let seconds = Int64(try reader.readUInt32())
        let nanoseconds = Int64(try reader.readUInt32())
        let (count, original) = (Int(try reader.readUInt32()), Int(try reader.readUInt32()))
        var octets: [UInt8] = []
        octets.reserveCapacity(min(count, reader.remainingByteCount))
        for _ in 0..<count { octets.append(try reader.readUInt8()) }
        return Record(
            realTime: seconds * 1_000_000_000 + nanoseconds, octets: octets, originalByteCount: original)
    }
}
