// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What the two OPENs of a connection came to.
package struct Negotiated: Hashable, Sendable, Codable {
    /// The smaller of both proposals; 0 switches the hold and keepalive timers off (RFC 4271 section 4.2).
    package var holdTimeSeconds: UInt16
    /// A third of the hold time, or less if so configured; 0 when off.
    package var keepaliveIntervalSeconds: UInt16
    /// What both sides carry.
    package var families: [AddressFamily]
    package var fourOctetASN: Bool
    package var peerRouterID: IPv4Address
    /// Our address on the connection.
    package var localAddress: IPAddress

    package init(
        holdTimeSeconds: UInt16, keepaliveIntervalSeconds: UInt16, families: [AddressFamily], fourOctetASN: Bool,
        peerRouterID: IPv4Address, localAddress: IPAddress
    ) {
        self.holdTimeSeconds = holdTimeSeconds
        self.keepaliveIntervalSeconds = keepaliveIntervalSeconds
        self.families = families
        self.fourOctetASN = fourOctetASN
        self.peerRouterID = peerRouterID
        self.localAddress = localAddress
    }

    /// How UPDATEs are written on the connection.
    package func codecOptions(isExternal: Bool) -> CodecOptions {
        CodecOptions(
            fourOctetASN: fourOctetASN, families: families, isExternal: isExternal, localAddress: localAddress)
    }
}
