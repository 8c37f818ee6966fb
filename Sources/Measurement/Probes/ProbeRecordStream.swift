// SPDX-License-Identifier: MIT-0
import WireFormat

/// Probe records from a pipe, whose reads may end in the middle of one.
///
/// Append the octets read, then take records until nil.
package struct ProbeRecordStream: Sendable {
    private var bytes: [UInt8] = []
    private var consumedByteCount = 0

    package init() {}

    /// Octets appended and not yet taken; at the end of the pipe, anything but 0 is a truncated record.
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

    /// The next whole record; nil if more octets are needed.
    ///
    /// - Throws: what `ProbeRecord` throws; the 32 octets are then consumed, so the next call continues with the next
    ///   record.
    package mutating func next() throws(ProbeCodecError) -> ProbeRecord? {
        guard pendingByteCount >= ProbeRecord.byteCount else { return nil }
        let start = consumedByteCount
        consumedByteCount += ProbeRecord.byteCount
        // `bytes` counts as unsafe because a type may have uninitialized padding; UInt8 has none.
        var reader = unsafe ByteReader(bytes.span.bytes.extracting(start..<start + ProbeRecord.byteCount))
        return try ProbeRecord(decoding: &reader)
    }

    private mutating func discardConsumed() {
        bytes.removeFirst(consumedByteCount)
        consumedByteCount = 0
    }
}
