// SPDX-License-Identifier: MIT-0
import WireFormat

/// Application records from a pipe, whose reads may end in the middle of one.
///
/// Append the octets read, then take records until nil.
package struct ApplicationRecordStream: Sendable {
    private var bytes: [UInt8] = []
    private var consumedByteCount = 0

    package init() {}

    package mutating func append(contentsOf chunk: some Sequence<UInt8>) {
        bytes.removeFirst(consumedByteCount)
        consumedByteCount = 0
        bytes.append(contentsOf: chunk)
    }

    /// The next whole record; nil if more octets are needed.
    ///
    /// - Throws: what `ApplicationRecord` throws; the 32 octets are then consumed.
    package mutating func next() throws(ProbeCodecError) -> ApplicationRecord? {
        guard bytes.count - consumedByteCount >= ApplicationRecord.byteCount else { return nil }
        let start = consumedByteCount
        consumedByteCount += ApplicationRecord.byteCount
        // `bytes` counts as unsafe because a type may have uninitialized padding; UInt8 has none.
        var reader = unsafe ByteReader(bytes.span.bytes.extracting(start..<start + ApplicationRecord.byteCount))
        return try ApplicationRecord(decoding: &reader)
    }
}
