// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What was negotiated in the two OPENs of a connection.
package struct Negotiated: Hashable, Sendable, Codable {
    /// The smaller of the two proposals; 0 switches the hold and keepalive timers off (RFC 4271 section 4.2).
    package var holdTimeSeconds: UInt16
    /// A third of the hold time, or less if so configured; 0 if off.
    package var keepaliveIntervalSeconds: UInt16
    /// The families that both sides carry.
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

    /// Negotiates our configuration with the peer's OPEN, on a connection with this local address.
    init(_ configuration: SessionConfiguration, _ open: OpenMessage, localAddress: IPAddress) {
        let holdTime = min(open.holdTimeSeconds, configuration.holdTimeSeconds)
        let third = holdTime == 0 ? 0 : max(1, holdTime / 3)
        // An interval of 0 together with a hold time would mean KEEPALIVEs without pause.
        let interval = configuration.keepaliveIntervalSeconds.flatMap { $0 == 0 ? nil : $0 }
        self.init(
            holdTimeSeconds: holdTime, keepaliveIntervalSeconds: min(interval ?? third, third),
            families: configuration.families.filter(open.families.contains), fourOctetASN: open.hasFourOctetASN,
            peerRouterID: open.identifier, localAddress: localAddress)
    }

    /// The end of a HoldTimer started at `now`; nil with a hold time of 0, which leaves it off.
    func holdDeadline(from now: Instant) -> Instant? {
        holdTimeSeconds > 0 ? now + .seconds(Int64(holdTimeSeconds)) : nil
    }

    /// The end of a SendHoldTimer started at `now`; nil with a hold time of 0, which leaves it off.
    ///
    /// It is "the greater of 8 minutes or 2 times the negotiated HoldTime" (RFC 9687 section 3.4).
    func sendHoldDeadline(from now: Instant) -> Instant? {
        holdTimeSeconds > 0 ? now + .seconds(max(480, 2 * Int64(holdTimeSeconds))) : nil
    }

    /// How UPDATEs are encoded on the connection.
    package func codecOptions(isExternal: Bool) -> CodecOptions {
        CodecOptions(
            fourOctetASN: fourOctetASN, families: families, isExternal: isExternal, localAddress: localAddress)
    }
}
