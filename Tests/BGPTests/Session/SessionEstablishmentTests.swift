// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

/// From Idle to Established, and what prevents it (RFC 4271 section 8.2.2).
struct SessionEstablishmentTests {
    @Test func `an active and a passive session meet`() throws {
        let pair = SessionPair(left: instanceConfiguration(), right: endpointConfiguration())
        pair.startBoth()
        try pair.run(for: .milliseconds(10))
        let negotiated = Negotiated(
            holdTimeSeconds: 90, keepaliveIntervalSeconds: 30, families: [.ipv4], fourOctetASN: true,
            peerRouterID: v4("10.0.1.230"), localAddress: address("10.0.1.102"))
        let id = ConnectionID(value: 1)
        let states = pair.outputs(.left).filter { if case .transmit = $0 { false } else { true } }
        #expect(
            states == [
                .connect(id), .stateChanged(from: .idle, to: .connect), .stateChanged(from: .connect, to: .openSent),
                .stateChanged(from: .openSent, to: .openConfirm),
                .stateChanged(from: .openConfirm, to: .established), .established(negotiated),
            ])
        #expect(pair.areBothEstablished)
        #expect(pair[.left].statistics.negotiated == negotiated)
        #expect(pair[.left].statistics.remoteOpen?.asn == ASN(65000))
        #expect(pair[.right].establishedSince != nil)
    }

    @Test func `a passive session never dials`() throws {
        let pair = SessionPair(left: instanceConfiguration(), right: endpointConfiguration())
        pair.handle(.start, .right)
        try pair.run(for: .seconds(3600))
        #expect(pair[.right].phase == .active)
        #expect(pair[.right].nextDeadline == nil)
        pair.handle(.start, .left)
        try pair.run(for: .seconds(10))
        pair.replace(.left, with: instanceConfiguration(), announced: true)
        try pair.run(for: .seconds(3600))
        #expect(pair.times(.right) { if case .connect = $0 { true } else { false } }.isEmpty)
    }

    @Test func `a refused dial is repeated at the jittered ConnectRetryTimer`() throws {
        let pair = SessionPair(left: instanceConfiguration(), right: endpointConfiguration())
        pair.absent = [.right]
        pair.handle(.start, .left)
        try pair.run(for: .seconds(100))
        let dials = pair.times(.left) { if case .connect = $0 { true } else { false } }
        let gaps = zip(dials, dials.dropFirst()).map { $1 - $0 }
        #expect((100...134).contains(dials.count))
        #expect(gaps.allSatisfy { (.milliseconds(750) ... .seconds(1)).contains($0) })
        #expect(Set(gaps).count > gaps.count / 2, "jitter varies")
        #expect(pair.outputs(.left).contains(.attemptFailed(.connectionFailed(SessionPair.refused))))
        pair.absent = []
        pair.handle(.start, .right)
        #expect(try pair.run(within: .seconds(2)) { $0.areBothEstablished })
    }

    @Test func `a dial without an answer is given up and repeated`() throws {
        let pair = SessionPair(left: instanceConfiguration(), right: endpointConfiguration())
        pair.isCut = true
        pair.startBoth()
        try pair.run(for: .seconds(5))
        let outputs = pair.outputs(.left)
        #expect(outputs.filter { $0 == .attemptFailed(.noAnswer) }.count >= 4)
        let dials = outputs.compactMap { output in
            if case .connect(let id) = output { id.value } else { nil }
        }
        #expect(dials.count >= 5)
        for id in dials.dropFirst() {
            #expect(outputs.contains(.close(ConnectionID(value: id - 1))))
        }
        pair.isCut = false
        #expect(try pair.run(within: .seconds(2)) { $0.areBothEstablished })
    }

    /// OPENs that the instance must refuse, and how.
    @Test(arguments: [
        (peerOpen(asn: 65009), NotificationMessage(code: 2, subcode: 2)),
        (peerOpen(asn: 65000, capabilities: [.fourOctetASN(ASN(65009))]), NotificationMessage(code: 2, subcode: 2)),
        (peerOpen(holdTimeSeconds: 1), NotificationMessage(code: 2, subcode: 6)),
        (peerOpen(holdTimeSeconds: 2), NotificationMessage(code: 2, subcode: 6)),
        (peerOpen(identifier: "0.0.0.0"), NotificationMessage(code: 2, subcode: 3)),
        (
            peerOpen(capabilities: [.multiprotocol(AFISAFI(unicast: .ipv6))]),
            NotificationMessage(code: 2, subcode: 7, data: [1, 4, 0, 1, 0, 1])
        ),
        (
            OpenMessage(
                version: 3, asn: ASN(65000), holdTimeSeconds: 90, identifier: v4("10.0.1.230"), capabilities: []),
            NotificationMessage(code: 2, subcode: 1, data: [0, 4])
        ),
    ])
    func `a bad OPEN is answered with its NOTIFICATION, and the session goes to Idle`(
        open: OpenMessage, expected: NotificationMessage
    ) throws {
        let lone = LoneSession.inOpenSent()
        _ = lone.takeOutputs()
        lone.receive(open.encoded())
        #expect(lone.phase == .idle)
        #expect(lone.statistics.lastEnd == .notificationSent(expected.reason))
        #expect(try lone.takeNotifications() == [expected])
    }

    @Test func `inside an AS two speakers must not share an identifier`() throws {
        var configuration = instanceConfiguration()
        configuration.peerASN = configuration.localASN
        let lone = LoneSession.inOpenSent(configuration)
        _ = lone.takeOutputs()
        lone.receive(peerOpen(asn: 65001, identifier: "10.0.1.102").encoded())
        #expect(try lone.takeNotifications() == [NotificationMessage(code: 2, subcode: 3)])
        // To an external peer it is allowed (RFC 6286 section 2.2).
        let external = LoneSession.inOpenSent()
        external.receive(peerOpen(identifier: "10.0.1.102").encoded())
        #expect(external.phase == .openConfirm)
    }

    /// What both sides propose, and the outcome.
    @Test(
        arguments: [
            (90, nil, 90, 90, 30), (90, nil, 180, 90, 30), (90, nil, 9, 9, 3), (90, nil, 3, 3, 1), (90, nil, 4, 4, 1),
            (3, nil, 90, 3, 1), (0, nil, 90, 0, 0), (90, nil, 0, 0, 0), (90, 10, 90, 90, 10), (90, 60, 90, 90, 30),
            (90, 10, 9, 9, 3), (90, 0, 90, 90, 30), (65535, nil, 65535, 65535, 21845),
        ] as [(UInt16, UInt16?, UInt16, UInt16, UInt16)])
    func `the smaller hold time counts, and KEEPALIVEs come at a third of it or oftener`(
        ours: UInt16, interval: UInt16?, theirs: UInt16, holdTime: UInt16, keepalive: UInt16
    ) throws {
        var configuration = instanceConfiguration()
        configuration.holdTimeSeconds = ours
        configuration.keepaliveIntervalSeconds = interval
        let lone = LoneSession.inEstablished(configuration, peer: peerOpen(holdTimeSeconds: theirs))
        let negotiated = try #require(lone.statistics.negotiated)
        #expect(negotiated.holdTimeSeconds == holdTime)
        #expect(negotiated.keepaliveIntervalSeconds == keepalive)
        #expect((lone.nextDeadline == nil) == (holdTime == 0))
    }

    @Test func `families are those that both sides have, IPv4 if the peer names none`() {
        var configuration = instanceConfiguration()
        configuration.families = [.ipv6, .ipv4]
        let both = LoneSession.inEstablished(configuration, peer: peerOpen(capabilities: []))
        #expect(both.statistics.negotiated?.families == [.ipv4])
        #expect(both.statistics.negotiated?.fourOctetASN == false)
        let capabilities = AddressFamily.allCases.map { Capability.multiprotocol(AFISAFI(unicast: $0)) }
        let dual = LoneSession.inEstablished(configuration, peer: peerOpen(capabilities: capabilities))
        #expect(dual.statistics.negotiated?.families == [.ipv6, .ipv4])
    }

    /// Messages that are invalid in a state (RFC 6608).
    @Test(arguments: [MessageType.keepalive, .update, .routeRefresh])
    func `an unexpected message in OpenSent is a state machine error`(type: MessageType) throws {
        let lone = LoneSession.inOpenSent()
        _ = lone.takeOutputs()
        lone.receive(Self.octets(type))
        #expect(try lone.takeNotifications() == [NotificationMessage(code: 5, subcode: 1, data: [type.rawValue])])
        #expect(lone.phase == .idle)
    }

    @Test(arguments: [MessageType.open, .update, .routeRefresh])
    func `an unexpected message in OpenConfirm is a state machine error`(type: MessageType) throws {
        let lone = LoneSession.inOpenConfirm()
        _ = lone.takeOutputs()
        lone.receive(Self.octets(type))
        #expect(try lone.takeNotifications() == [NotificationMessage(code: 5, subcode: 2, data: [type.rawValue])])
    }

    @Test func `an OPEN in Established is a state machine error`() throws {
        let lone = LoneSession.inEstablished()
        _ = lone.takeOutputs()
        lone.receive(Self.octets(.open))
        let expected = NotificationMessage(code: 5, subcode: 3, data: [1])
        #expect(lone.statistics.lastEnd == .notificationSent(expected.reason))
        #expect(try lone.takeNotifications() == [expected])
    }

    private static func octets(_ type: MessageType) -> [UInt8] {
        switch type {
        case .open: peerOpen().encoded()
        case .update: hex(String(repeating: "ff", count: 16) + "0017 02 0000 0000")
        case .notification: NotificationMessage(.holdTimerExpired).encoded()
        case .keepalive: Message.encodedKeepalive
        case .routeRefresh: RouteRefreshMessage(protocols: AFISAFI(unicast: .ipv4)).encoded()
        }
    }

    @Test func `a configuration that no session can be made of says why`() {
        #expect(instanceConfiguration().problems.isEmpty)
        var configuration = instanceConfiguration()
        configuration.holdTimeSeconds = 0
        #expect(configuration.problems.isEmpty)
        configuration.holdTimeSeconds = 2
        configuration.localASN = ASN(0)
        configuration.peerASN = ASN(0)
        configuration.routerID = .any
        configuration.peerAddress = .v4(.any)
        configuration.families = []
        #expect(configuration.problems.count == 6)
    }
}
