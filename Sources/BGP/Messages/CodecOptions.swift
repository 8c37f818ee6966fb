// SPDX-License-Identifier: MIT-0
package import WireFormat

/// How UPDATEs are encoded on one connection, as negotiated in the two OPENs.
///
/// An UPDATE's octets do not show it.
package struct CodecOptions: Hashable, Sendable {
    /// Both sides sent the capability: AS numbers have four octets (RFC 6793 section 4.1).
    package var fourOctetASN: Bool
    /// The unicast families that may be announced; others are ignored.
    package var families: [AddressFamily]
    /// The peer is in another AS: LOCAL_PREF is neither sent nor used (RFC 4271 section 5.1.5).
    package var isExternal: Bool
    /// The AS that each received AS_PATH must begin with (RFC 7606 section 7.2); nil skips the check.
    package var firstASN: ASN?
    /// Our address on the connection, which must not be a next hop (RFC 4271 section 6.3); nil skips the check.
    package var localAddress: IPAddress?

    package init(
        fourOctetASN: Bool = true, families: [AddressFamily] = [.ipv4, .ipv6], isExternal: Bool = true,
        firstASN: ASN? = nil, localAddress: IPAddress? = nil
    ) {
        self.fourOctetASN = fourOctetASN
        self.families = families
        self.isExternal = isExternal
        self.firstASN = firstASN
        self.localAddress = localAddress
    }
}
