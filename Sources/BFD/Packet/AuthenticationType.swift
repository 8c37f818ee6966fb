// SPDX-License-Identifier: MIT-0

/// The Auth Type field (RFC 5880 section 4.1); unnamed numbers are preserved.
package struct AuthenticationType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let simplePassword = Self(rawValue: 1)
    package static let keyedMD5 = Self(rawValue: 2)
    package static let meticulousKeyedMD5 = Self(rawValue: 3)
    package static let keyedSHA1 = Self(rawValue: 4)
    package static let meticulousKeyedSHA1 = Self(rawValue: 5)

    /// The sequence number must grow with every packet.
    package var isMeticulous: Bool { self == .meticulousKeyedMD5 || self == .meticulousKeyedSHA1 }

    /// The length of the digest in octets; nil for a type without one.
    package var digestOctetCount: Int? {
        switch self {
        case .keyedMD5, .meticulousKeyedMD5: 16
        case .keyedSHA1, .meticulousKeyedSHA1: 20
        default: nil
        }
    }

    /// The RFC's words, or the number of a reserved type.
    package var description: String {
        switch self {
        case .simplePassword: "Simple Password"
        case .keyedMD5: "Keyed MD5"
        case .meticulousKeyedMD5: "Meticulous Keyed MD5"
        case .keyedSHA1: "Keyed SHA1"
        case .meticulousKeyedSHA1: "Meticulous Keyed SHA1"
        default: "authentication type \(rawValue)"
        }
    }
}
