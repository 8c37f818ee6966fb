// SPDX-License-Identifier: MIT-0

/// A capability of an OPEN (RFC 5492).
package enum Capability: Hashable, Sendable, Codable {
    /// RFC 4760 section 8.
    case multiprotocol(AFISAFI)
    /// RFC 2918 section 2.
    case routeRefresh
    /// RFC 4724 section 3; carried, but not acted on.
    case gracefulRestart(GracefulRestart)
    /// RFC 6793 section 3.
    case fourOctetASN(ASN)
    case unknown(code: UInt8, value: [UInt8])

    /// The capability code on the wire.
    package var code: UInt8 {
        switch self {
        case .multiprotocol: 1
        case .routeRefresh: 2
        case .gracefulRestart: 64
        case .fourOctetASN: 65
        case .unknown(let code, _): code
        }
    }
}

/// The Graceful Restart capability (RFC 4724 section 3).
package struct GracefulRestart: Hashable, Sendable, Codable {
    /// A family whose forwarding state may have survived.
    package struct Family: Hashable, Sendable, Codable {
        package var protocols: AFISAFI
        package var isForwardingPreserved: Bool

        package init(protocols: AFISAFI, isForwardingPreserved: Bool) {
            self.protocols = protocols
            self.isForwardingPreserved = isForwardingPreserved
        }
    }

    /// The R bit: the sender has restarted.
    package var isRestarting: Bool
    /// The N bit of RFC 8538: also survive NOTIFICATIONs.
    package var survivesNotification: Bool
    /// 0...4095.
    package var restartTimeSeconds: UInt16
    package var families: [Family]

    package init(
        isRestarting: Bool, survivesNotification: Bool, restartTimeSeconds: UInt16, families: [Family]
    ) {
        self.isRestarting = isRestarting
        self.survivesNotification = survivesNotification
        self.restartTimeSeconds = restartTimeSeconds
        self.families = families
    }
}
