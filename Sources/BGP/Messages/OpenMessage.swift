// SPDX-License-Identifier: MIT-0
package import WireFormat

/// An OPEN (RFC 4271 section 4.2).
package struct OpenMessage: Hashable, Sendable, Codable {
    /// The protocol version that this speaker knows.
    package static let supportedVersion: UInt8 = 4

    package var version: UInt8
    /// The sender's AS: from the four-octet capability if there is one, otherwise from My Autonomous System.
    package var asn: ASN
    /// The hold time that the sender proposes; 0 for none.
    package var holdTimeSeconds: UInt16
    /// The BGP Identifier, never zero (RFC 6286).
    package var identifier: IPv4Address
    /// In wire order.
    package var capabilities: [Capability]

    package init(
        version: UInt8 = supportedVersion, asn: ASN, holdTimeSeconds: UInt16, identifier: IPv4Address,
        capabilities: [Capability]
    ) {
        self.version = version
        self.asn = asn
        self.holdTimeSeconds = holdTimeSeconds
        self.identifier = identifier
        self.capabilities = capabilities
    }

    /// Whether the sender writes AS numbers with four octets (RFC 6793).
    package var hasFourOctetASN: Bool {
        capabilities.contains { if case .fourOctetASN = $0 { true } else { false } }
    }

    /// The unicast families that the sender wants; only IPv4 if it names no family at all (RFC 4760 section 8).
    package var families: [AddressFamily] {
        let named = capabilities.compactMap { if case .multiprotocol(let protocols) = $0 { protocols } else { nil } }
        return named.isEmpty ? [.ipv4] : AddressFamily.allCases.filter { named.contains(AFISAFI(unicast: $0)) }
    }
}
