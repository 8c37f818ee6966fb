// SPDX-License-Identifier: MIT-0
import BasicContainers
import TestSupport
import WireFormat

@testable import BGP

/// The sample's pair: an instance (left, AS 65001) and an endpoint of the route server (right, AS 65000).
func instanceConfiguration() -> SessionConfiguration {
    SessionConfiguration(
        localASN: ASN(65001), peerASN: ASN(65000), routerID: v4("10.0.1.102"), peerAddress: address("10.0.1.230"))
}

func endpointConfiguration() -> SessionConfiguration {
    SessionConfiguration(
        localASN: ASN(65000), peerASN: ASN(65001), routerID: v4("10.0.1.230"), peerAddress: address("10.0.1.102"),
        isPassive: true)
}

/// The OPEN that a well-behaved peer of the instance would send.
func peerOpen(
    asn: UInt32 = 65000, holdTimeSeconds: UInt16 = 90, identifier: String = "10.0.1.230",
    capabilities: [Capability]? = nil
) -> OpenMessage {
    OpenMessage(
        asn: ASN(asn), holdTimeSeconds: holdTimeSeconds, identifier: v4(identifier),
        capabilities: capabilities ?? [.multiprotocol(AFISAFI(unicast: .ipv4)), .fourOctetASN(ASN(asn))])
}

/// One session, and a test that plays its peer octet by octet.
final class LoneSession {
    private var session: Session
    var now = Instant.zero
    /// All outputs since they were last taken.
    private(set) var outputs: [Session.Output] = []
    /// If not, what is sent stays with the session's TCP.
    var isPeerReading = true

    static let dial = ConnectionID(value: 1)
    static let incoming = ConnectionID.firstIncoming
    static let secondIncoming = ConnectionID(value: ConnectionID.firstIncoming.value + 1)

    init(_ configuration: SessionConfiguration = instanceConfiguration()) {
        session = Session(configuration: configuration, seed: 1)
    }

    var phase: Phase { session.phase }
    var statistics: SessionStatistics { session.statistics }
    var nextDeadline: Instant? { session.nextDeadline }
    var establishedSince: Instant? { session.establishedSince }
    var lastDown: Instant? { session.lastDown }
    var connectionIDs: [ConnectionID] { session.connections.indices.map { session.connections[$0].id } }
    var connectionPhases: [Phase] { session.connections.indices.map { session.connections[$0].phase } }

    func handle(_ input: Session.Input) {
        session.handle(input, at: now)
        drain()
    }

    func receive(_ octets: [UInt8], on id: ConnectionID = dial) {
        session.received(octets.span.bytes, on: id, at: now)
        drain()
    }

    func send(_ update: UpdateMessage) {
        session.send(update, at: now)
        drain()
    }

    func requestRouteRefresh(_ family: AddressFamily) {
        session.requestRouteRefresh(family)
        drain()
    }

    func opened(_ id: ConnectionID = dial) {
        let direction: ConnectionDirection = id.value >= ConnectionID.firstIncoming.value ? .incoming : .outgoing
        handle(.connectionOpened(id, direction, localAddress: address("10.0.1.102")))
    }

    /// Started and dialled, with the OPEN sent.
    static func inOpenSent(_ configuration: SessionConfiguration = instanceConfiguration()) -> LoneSession {
        let lone = LoneSession(configuration)
        lone.handle(.start)
        lone.opened()
        return lone
    }

    static func inOpenConfirm(_ configuration: SessionConfiguration = instanceConfiguration()) -> LoneSession {
        let lone = inOpenSent(configuration)
        lone.receive(peerOpen().encoded())
        return lone
    }

    static func inEstablished(
        _ configuration: SessionConfiguration = instanceConfiguration(), peer: OpenMessage = peerOpen()
    ) -> LoneSession {
        let lone = inOpenSent(configuration)
        lone.receive(peer.encoded())
        lone.receive(Message.encodedKeepalive)
        return lone
    }

    /// Passes time, firing timers as they come due.
    func pass(_ duration: Duration) {
        let end = now + duration
        while let next = session.nextDeadline, next <= end {
            now = max(now, next)
            handle(.timeReached)
        }
        now = end
    }

    /// The outputs since the last call, without the octets that were sent.
    func takeOutputs() -> [Session.Output] {
        defer { outputs = [] }
        return outputs
    }

    /// The NOTIFICATIONs sent since the last call.
    func takeNotifications() throws -> [NotificationMessage] {
        try takeOutputs().compactMap { output in
            guard case .transmit(_, let octets) = output, octets[18] == MessageType.notification.rawValue else {
                return nil
            }
            let body = Array(octets.dropFirst(MessageHeader.octetCount))
            return try NotificationMessage(decodingBody: body.span.bytes)
        }
    }

    private func drain() {
        while let output = session.nextOutput() {
            outputs.append(output)
            if isPeerReading, case .transmit(let id, let octets) = output {
                session.handle(.sent(id, octetCount: octets.count), at: now)
            }
        }
    }
}
