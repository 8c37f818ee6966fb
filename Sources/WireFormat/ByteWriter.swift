// SPDX-License-Identifier: MIT-0

/// Builds a message octet by octet, in network byte order.
///
/// Keep one and call `removeAll()` to write one message after another without allocating.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8]

    package init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package var count: Int { bytes.count }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    package mutating func write(_ value: UInt8) {
        bytes.append(value)
    }

    package mutating func write(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    package mutating func write(_ value: UInt32) {
        write(UInt16(truncatingIfNeeded: value >> 16))
        write(UInt16(truncatingIfNeeded: value))
    }

    package mutating func write(_ value: UInt64) {
        write(UInt32(truncatingIfNeeded: value >> 32))
        write(UInt32(truncatingIfNeeded: value))
    }

    package mutating func write(contentsOf values: some Sequence<UInt8>) {
        bytes.append(contentsOf: values)
    }

    package mutating func write(repeating value: UInt8, count: Int) {
        for _ in 0..<count {
            bytes.append(value)
        }
    }

    /// Overwrites two octets written earlier: for a length known only afterwards.
    ///
    /// `offset + 2 <= count`.
    package mutating func overwrite(_ value: UInt16, at offset: Int) {
        precondition(offset >= 0 && offset + 2 <= bytes.count, "overwrite past the end")
        bytes[offset] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
    }

    /// Overwrites one octet written earlier.
    ///
    /// `offset < count`.
    package mutating func overwrite(_ value: UInt8, at offset: Int) {
        precondition(offset >= 0 && offset < bytes.count, "overwrite past the end")
        bytes[offset] = value
    }
}
