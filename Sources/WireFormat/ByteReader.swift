// SPDX-License-Identifier: MIT-0

/// A cursor over octets that its creator owns.
///
/// Nothing is copied, and a reader cannot outlive its bytes.
///
/// All integers are in network byte order. A read that would go past the end throws `TruncatedError` and consumes
/// nothing.
package struct ByteReader: ~Escapable {
    private let bytes: RawSpan
    /// Octets read so far, counted from where this reader began.
    package private(set) var offset: Int

    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
        self.offset = 0
    }

    package var remainingByteCount: Int {
        bytes.byteCount - offset
    }

    package var isAtEnd: Bool {
        remainingByteCount == 0
    }

    @_lifetime(self: copy self)
    private mutating func advance(by count: Int) throws(TruncatedError) -> Int {
        guard count >= 0, count <= remainingByteCount else {
            throw TruncatedError(neededByteCount: count, availableByteCount: remainingByteCount)
        }
        defer { offset += count }
        return offset
    }

    @_lifetime(self: copy self)
    package mutating func readUInt8() throws(TruncatedError) -> UInt8 {
        let start = try advance(by: 1)
        return bytes[start]
    }

    @_lifetime(self: copy self)
    package mutating func readUInt16() throws(TruncatedError) -> UInt16 {
        let start = try advance(by: 2)
        return UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])
    }

    @_lifetime(self: copy self)
    package mutating func readUInt32() throws(TruncatedError) -> UInt32 {
        let start = try advance(by: 4)
        var value: UInt32 = 0
        for index in start..<start + 4 {
            value = value << 8 | UInt32(bytes[index])
        }
        return value
    }

    @_lifetime(self: copy self)
    package mutating func readUInt64() throws(TruncatedError) -> UInt64 {
        let start = try advance(by: 8)
        var value: UInt64 = 0
        for index in start..<start + 8 {
            value = value << 8 | UInt64(bytes[index])
        }
        return value
    }

    @_lifetime(self: copy self)
    package mutating func skip(_ count: Int) throws(TruncatedError) {
        _ = try advance(by: count)
    }

    /// A reader over the next `count` octets; this reader skips them.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    package mutating func readSubreader(_ count: Int) throws(TruncatedError) -> ByteReader {
        let start = try advance(by: count)
        return ByteReader(bytes.extracting(start..<start + count))
    }

    /// The next `count` octets, copied into an array.
    @_lifetime(self: copy self)
    package mutating func readArray(_ count: Int) throws(TruncatedError) -> [UInt8] {
        let start = try advance(by: count)
        return [UInt8](capacity: count) { output in
            for index in start..<start + count {
                output.append(bytes[index])
            }
        }
    }

    /// All remaining octets, copied into an array.
    @_lifetime(self: copy self)
    package mutating func readRemaining() -> [UInt8] {
        let start = offset
        let end = bytes.byteCount
        offset = end
        return [UInt8](capacity: end - start) { output in
            for index in start..<end {
                output.append(bytes[index])
            }
        }
    }
}

extension RawSpan {
    /// One octet.
    ///
    /// `offset` must lie inside the span.
    package subscript(offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
