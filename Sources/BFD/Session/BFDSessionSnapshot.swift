// SPDX-License-Identifier: MIT-0
import Causes
package import WireFormat

/// A session at one moment, with everything that listings show.
package struct BFDSessionSnapshot: Hashable, Sendable, Codable {
    package var peerAddress: IPAddress
    /// The endpoint that owns the session; only for a route server's sessions.
    package var endpoint: String?
    package var state: String
    package var remoteState: String
    package var localDiscriminator: UInt32
    /// 0 while the peer is unknown.
    package var remoteDiscriminator: UInt32
    /// Why the session last left Up, and the peer's last diagnostic.
    package var localDiagnostic: String
    package var remoteDiagnostic: String
    /// The interval in use, as negotiated: RFC 5880 sections 6.8.4 and 6.8.7.
    package var transmitInterval: Microseconds
    /// The negotiated interval of the peer's packets.
    package var receiveInterval: Microseconds
    package var detectMult: UInt8
    package var remoteDetectMult: UInt8
    /// Sends nothing before the peer has been heard (RFC 5880 section 6.1).
    package var isPassive: Bool
    /// The type of authentication in use, by its RFC name; nil without.
    package var authentication: String?
    /// The C bits that both ends send (RFC 5882 section 4.3).
    package var isControlPlaneIndependent: Bool
    package var remoteIsControlPlaneIndependent: Bool
    /// Whether a change of intervals still waits for the peer's Final.
    package var isPolling: Bool
    package var sentPackets: UInt64
    package var receivedPackets: UInt64
    package var discardedPackets: UInt64
    package var ups: UInt64
    package var downs: UInt64

    /// The detection time in use (RFC 5880 section 6.8.4).
    package var detectionTimeMicroseconds: UInt64 { UInt64(remoteDetectMult) * UInt64(receiveInterval.value) }

    /// active or passive (RFC 5880 section 6.1).
    package var role: String { isPassive ? "passive" : "active" }

    package var isUp: Bool { state == SessionState.up.description }

    package init(_ session: BFDSession, peerAddress: IPAddress, endpoint: String?) {
        self.peerAddress = peerAddress
        self.endpoint = endpoint
        state = session.sessionState.description
        remoteState = session.remoteSessionState.description
        localDiscriminator = session.localDiscr.value
        remoteDiscriminator = session.remoteDiscr?.value ?? 0
        localDiagnostic = session.localDiag.description
        remoteDiagnostic = session.remoteDiag.description
        transmitInterval = session.transmitInterval
        receiveInterval = session.receiveInterval
        detectMult = session.detectMult
        remoteDetectMult = session.remoteDetectMult
        isPassive = session.configuration.isPassive
        authentication = session.authType?.description
        isControlPlaneIndependent = session.configuration.isControlPlaneIndependent
        remoteIsControlPlaneIndependent = session.remoteIsControlPlaneIndependent
        isPolling = session.isPolling
        sentPackets = session.statistics.sentPackets
        receivedPackets = session.statistics.receivedPackets
        discardedPackets = session.statistics.discardedPackets
        ups = session.statistics.ups
        downs = session.statistics.downs
    }
}

extension BFDSession {
    /// The negotiated interval between the peer's packets, before its jitter; the detection time is Detect Mult times
    /// that.
    package var receiveInterval: Microseconds {
        max(actual.requiredMinRx, remoteDesiredMinTxInterval)
    }

    /// Whether the peer has yet to confirm a change of intervals.
    package var isPolling: Bool { poll != .idle }
}
