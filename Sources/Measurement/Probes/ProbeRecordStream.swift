// SPDX-License-Identifier: MIT-0
import WireFormat

/// Probe records out of a pipe, whose reads may end in the middle of one.
///
/// Append what was read, then take records until there is none.
package struct ProbeRecordStream: Sendable {
    private var bytes: [UInt8] = []
    private var consumedByteCount = 0

    package init() {}

    /// Octets appended and not yet taken; at the pipe's end anything but 0 is a record cut short.
    package var pendingByteCount: Int { bytes.count - consumedByteCount }

    package mutating func append(_ chunk: Span<UInt8>) {
        discardConsumed()
        bytes.reserveCapacity(bytes.count + chunk.count)
        for index in chunk.indices {
            bytes.append(chunk[index])
        }
    }

    package mutating func append(contentsOf chunk: some Sequence<UInt8>) {
        discardConsumed()
        bytes.append(contentsOf: chunk)
    }

    /// The next whole record, or nil when more octets are needed.
    ///
    /// - Throws: what `ProbeRecord` throws; the 32 octets are then behind, so the next call goes on with the next record.
    package mutating func next() throws(ProbeCodecError) -> ProbeRecord? {
        guard pendingByteCount >= ProbeRecord.byteCount else { return nil }
        let start = consumedByteCount
        consumedByteCount += ProbeRecord.byteCount
        // `bytes` counts as unsafe because a type may have padding that was never set; UInt8 has none.
        var reader = unsafe ByteReader(bytes.span.bytes.extracting(start..<start + ProbeRecord.byteCount))
        return try ProbeRecord(decoding: &reader)
    }

    private mutating func discardConsumed() {
        bytes.removeFirst(consumedByteCount)
        consumedByteCount = 0
    }
}
