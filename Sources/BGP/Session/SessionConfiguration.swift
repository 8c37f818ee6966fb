// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The settings of one session (the session attributes of RFC 4271 section 8).
package struct SessionConfiguration: Hashable, Sendable, Codable {
    package static let defaultHoldTimeSeconds: UInt16 = 90

    package var localASN: ASN
    package var peerASN: ASN
    /// Our BGP Identifier.
    package var routerID: IPv4Address
    package var peerAddress: IPAddress
    /// The hold time that we propose; 0 for none.
    package var holdTimeSeconds: UInt16
    /// The time between KEEPALIVEs, if shorter than a third of the negotiated hold time.
    package var keepaliveIntervalSeconds: UInt16?
    /// The time between attempts to connect.
    package var connectRetry: Duration
    /// The first pause after a session ended or was refused; it doubles with each further failure, up to `idleHoldMax`.
    package var idleHold: Duration
    package var idleHoldMax: Duration
    /// Waits for the peer to connect and never dials.
    package var isPassive: Bool
    package var families: [AddressFamily]

    package init(
        localASN: ASN, peerASN: ASN, routerID: IPv4Address, peerAddress: IPAddress,
        holdTimeSeconds: UInt16 = defaultHoldTimeSeconds, keepaliveIntervalSeconds: UInt16? = nil,
        connectRetry: Duration = .seconds(1), idleHold: Duration = .seconds(1),
        idleHoldMax: Duration = .seconds(60), isPassive: Bool = false, families: [AddressFamily] = [.ipv4]
    ) {
        self.localASN = localASN
        self.peerASN = peerASN
        self.routerID = routerID
        self.peerAddress = peerAddress
        self.holdTimeSeconds = holdTimeSeconds
        self.keepaliveIntervalSeconds = keepaliveIntervalSeconds
        self.connectRetry = connectRetry
        self.idleHold = idleHold
        self.idleHoldMax = idleHoldMax
        self.isPassive = isPassive
        self.families = families
    }

    /// Whether the peer is in another AS.
    package var isExternal: Bool { localASN != peerASN }

    /// Errors in the configuration, one sentence each; empty if it is valid.
    package var problems: [String] {
        var problems: [String] = []
        if localASN.value == 0 { problems.append("the local AS must not be 0 (RFC 7607)") }
        if peerASN.value == 0 { problems.append("the peer's AS must not be 0 (RFC 7607)") }
        if routerID == .any { problems.append("the router ID must not be 0.0.0.0 (RFC 6286)") }
        if peerAddress.isUnspecified { problems.append("the peer's address must not be \(peerAddress)") }
        if (1...2).contains(holdTimeSeconds) {
            problems.append(
                "a hold time of \(holdTimeSeconds) s is not allowed: 0, or 3 and more (RFC 4271 section 4.2)")
        }
        if families.isEmpty { problems.append("no address family is enabled") }
        return problems
    }
}
