// SPDX-License-Identifier: MIT-0
import WireFormat

/// Why octets are not a probe record, or not one of our echo messages.
package enum ProbeCodecError: Error, Hashable, Sendable, CustomStringConvertible {
    case truncated(neededByteCount: Int, availableByteCount: Int)
    case unknownRecordKind(UInt8)
    /// Octets that a record of this kind does not use are not zero.
    case reservedOctetsSet(kind: UInt8)
    /// The buffer for an echo message is shorter than the shortest message.
    case bufferTooSmall(neededByteCount: Int)
    case notIPv4(version: UInt8)
    case notIPv6(version: UInt8)
    case headerLength(byteCount: Int)
    /// A fragment; raw sockets deliver whole datagrams, so it is not one of ours.
    case fragment
    case notICMP(ipProtocol: UInt8)
    case checksum
    case unexpectedType(UInt8, code: UInt8)

    init(_ error: TruncatedError) {
        self = .truncated(neededByteCount: error.neededByteCount, availableByteCount: error.availableByteCount)
    }

    package var description: String {
        switch self {
        case .truncated(let needed, let available): "needs \(needed) octets, has \(available)"
        case .unknownRecordKind(let kind): "no probe record has kind \(kind)"
        case .reservedOctetsSet(let kind): "a probe record of kind \(kind) has octets set that it does not use"
        case .bufferTooSmall(let needed): "an echo message takes at least \(needed) octets"
        case .notIPv4(let version): "IP version \(version) instead of 4"
        case .notIPv6(let version): "IP version \(version) instead of 6"
        case .headerLength(let count): "an IPv4 header of \(count) octets"
        case .fragment: "a fragment"
        case .notICMP(let number): "IP protocol \(number) instead of ICMP"
        case .checksum: "the ICMP checksum is wrong"
        case .unexpectedType(let type, let code): "ICMP type \(type) code \(code)"
        }
    }
}
