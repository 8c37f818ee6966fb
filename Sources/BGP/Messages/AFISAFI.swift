// SPDX-License-Identifier: MIT-0
package import WireFormat

/// An address family with its subsequent address family, by their numbers (RFC 4760 section 3).
package struct AFISAFI: Hashable, Sendable, Codable, CustomStringConvertible {
    package var afi: UInt16
    package var safi: UInt8

    package init(afi: UInt16, safi: UInt8) {
        self.afi = afi
        self.safi = safi
    }

    /// The family's unicast.
    package init(unicast family: AddressFamily) {
        switch family {
        case .ipv4: afi = 1
        case .ipv6: afi = 2
        }
        safi = 1
    }

    /// The family whose unicast this is; nil for everything else, which this speaker does not carry.
    package var unicastFamily: AddressFamily? {
        switch (afi, safi) {
        case (1, 1): .ipv4
        case (2, 1): .ipv6
        default: nil
        }
    }

    /// gobgp's name ("ipv4-unicast"), or the two numbers.
    package var description: String {
        unicastFamily.map { "\($0.rawValue)-unicast" } ?? "afi \(afi) safi \(safi)"
    }
}
