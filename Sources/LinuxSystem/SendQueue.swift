// SPDX-License-Identifier: MIT-0

/// Octets that wait until a stream socket takes them.
package struct SendQueue: Sendable {
    /// What was sent is given up only in pieces of this size, so that each octet is moved once at most.
    private static let compactedByteCount = 65536

    private var octets: [UInt8] = []
    private var start = 0

    package init() {}

    package var count: Int { octets.count - start }
    package var isEmpty: Bool { start == octets.count }

    package mutating func append(_ more: [UInt8]) {
        if isEmpty {
            octets = more
            start = 0
            return
        }
        if start >= Self.compactedByteCount, start >= octets.count / 2 {
            octets.removeFirst(start)
            start = 0
        }
        octets.append(contentsOf: more)
    }

    /// Sends what the socket takes now; returns how much that was, nil if the connection has failed.
    package mutating func send(to descriptor: Int32) -> Int? {
        let before = start
        while start < octets.count {
            let count = writeOnce(descriptor, octets, from: start)
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            start += count
        }
        let sent = start - before
        if isEmpty { removeAll() }
        return sent
    }

    /// The octets that wait, for a caller that sends them by itself.
    var unsent: ArraySlice<UInt8> { octets[start...] }

    mutating func removeFirst(_ count: Int) {
        start += count
        if isEmpty { removeAll() }
    }

    private mutating func removeAll() {
        octets.removeAll(keepingCapacity: octets.count <= Self.compactedByteCount)
        start = 0
    }
}
