// SPDX-License-Identifier: MIT-0
import WireFormat

/// A password, key or digest of an Authentication Section: up to 20 octets, stored without allocating.
package struct AuthenticationData: Hashable, Sendable {
    /// The longest value: a SHA1 hash (RFC 5880 section 4.4).
    package static let maximumOctetCount = 20

    private var storage: [20 of UInt8]
    package private(set) var count: Int

    package init() {
        storage = [20 of UInt8](repeating: 0)
        count = 0
    }

    /// Nil for more than 20 octets.
    package init?(_ octets: some Sequence<UInt8>) {
        self.init()
        for octet in octets {
            guard count < Self.maximumOctetCount else { return nil }
            append(octet)
        }
    }

    /// Appends an octet; there must be room.
    package mutating func append(_ octet: UInt8) {
        precondition(count < Self.maximumOctetCount, "authentication data has 20 octets at most")
        storage[count] = octet
        count += 1
    }

    /// The octets as an array.
    package var octets: [UInt8] { (0..<count).map { storage[$0] } }

    /// Writes exactly `octetCount` octets, padded with zeros or cut.
    ///
    /// This is how a key takes the place of a digest (RFC 5880 sections 6.7.3 and 6.7.4).
    func write(padding octetCount: Int, into writer: inout ByteWriter) {
        for index in 0..<octetCount {
            writer.write(index < Self.maximumOctetCount ? storage[index] : UInt8(0))
        }
    }

    /// Compares in constant time, so that the time does not reveal the first difference.
    package static func == (left: AuthenticationData, right: AuthenticationData) -> Bool {
        var difference: UInt8 = 0
        for index in left.storage.indices {
            difference |= left.storage[index] ^ right.storage[index]
        }
        return difference == 0 && left.count == right.count
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for index in storage.indices { hasher.combine(storage[index]) }
    }
}
