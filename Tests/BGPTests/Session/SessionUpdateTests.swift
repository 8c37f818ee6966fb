// SPDX-License-Identifier: MIT-0
import BGP
import TestSupport
import Testing
import WireFormat

/// Routes over a session.
struct SessionUpdateTests {
    private let attributes = PathAttributes(
        origin: .igp, asPath: ASPath(sequence: [ASN(65001)]), nextHop: address("10.0.1.102"))

    private func updates(_ outputs: [Session.Output]) -> [UpdateMessage] {
        outputs.compactMap { if case .update(let update) = $0 { update } else { nil } }
    }

    @Test func `routes arrive as they were sent`() throws {
        let pair = SessionPair(left: instanceConfiguration(), right: endpointConfiguration())
        pair.startBoth()
        try pair.run(for: .seconds(1))
        let sent = [
            UpdateMessage(attributes: attributes, announced: [prefix("172.16.1.1/32"), prefix("10.9.0.0/16")]),
            .endOfRIB(.ipv4), UpdateMessage(withdrawn: [prefix("172.16.1.1/32")]),
        ]
        for update in sent { pair.send(update, from: .left) }
        try pair.run(for: .seconds(1))
        #expect(updates(pair.outputs(.right)) == sent)
        #expect(pair[.right].statistics.received.updates == 3)
        #expect(pair[.left].statistics.sent.updates == 3)
    }

    @Test func `a peer that does not read is reported once, and once more when it has read`() {
        let lone = LoneSession.inEstablished()
        lone.isPeerReading = false
        _ = lone.takeOutputs()
        let update = UpdateMessage(
            attributes: attributes,
            announced: (0..<800).map { IPPrefix(host: .v4(IPv4Address(bits: 0x0B00_0000 + UInt32($0)))) })
        var octetCount = 0
        func send() -> [Session.Output] {
            lone.send(update)
            return lone.takeOutputs().filter { output in
                guard case .transmit(_, let octets) = output else { return true }
                octetCount += octets.count
                return false
            }
        }
        while octetCount < 200_000 { #expect(send().isEmpty) }
        var reports: [Session.Output] = []
        while octetCount < 500_000 { reports += send() }
        #expect(reports == [.sendBacklogFull])
        lone.handle(.sent(LoneSession.dial, octetCount: octetCount - 100_000))
        #expect(lone.takeOutputs().isEmpty, "just below the mark it would fill at once")
        lone.handle(.sent(LoneSession.dial, octetCount: 100_000))
        #expect(lone.takeOutputs() == [.sendBacklogDrained])
    }

    @Test func `a burst in one piece, and octet by octet, gives the same routes`() throws {
        let routes = (0..<3000).map { IPPrefix(host: .v4(IPv4Address(bits: 0x0B00_0000 + UInt32($0)))) }
        var attributes = attributes
        attributes.nextHop = address("10.0.1.230")
        let messages = try UpdateMessage(attributes: attributes, announced: routes)
            .encodedMessages(options: CodecOptions())
        let burst = Message.encodedKeepalive + messages.flatMap { $0 } + Message.encodedKeepalive
        let whole = LoneSession.inOpenConfirm()
        whole.receive(burst)
        let piecemeal = LoneSession.inOpenConfirm()
        for octet in burst { piecemeal.receive([octet]) }
        #expect(updates(whole.takeOutputs()).flatMap(\.announced) == routes)
        #expect(updates(piecemeal.takeOutputs()).flatMap(\.announced) == routes)
    }

    @Test func `nothing is sent before Established`() {
        for lone in [LoneSession(), .inOpenSent(), .inOpenConfirm()] {
            let lone = lone
            _ = lone.takeOutputs()
            lone.send(UpdateMessage(attributes: attributes, announced: [prefix("172.16.1.1/32")]))
            #expect(lone.takeOutputs().isEmpty)
        }
    }

    @Test func `routes that cannot be encoded are withdrawn and reported`() {
        let lone = LoneSession.inEstablished()
        _ = lone.takeOutputs()
        var fat = attributes
        fat.communities = (0..<1100).map { Community($0) }
        lone.send(UpdateMessage(attributes: fat, announced: [prefix("172.16.1.1/32")]))
        let marker = String(repeating: "ff", count: 16)
        #expect(
            lone.takeOutputs() == [
                .finding(.notSent(.attributesTooLong(octetCount: 4424))),
                .transmit(LoneSession.dial, hex(marker + "001c 02 0005 20 ac100101 0000")),
            ])
    }

    @Test func `a malformed UPDATE withdraws its routes, is logged, and the session lives`() {
        let lone = LoneSession.inEstablished()
        _ = lone.takeOutputs()
        let marker = String(repeating: "ff", count: 16)
        lone.receive(
            hex(marker + "0030 02 0000 0014 40 01 01 07 40 02 06 02 01 0000fde9 40 03 04 0a0001e6 20 ac100101"))
        let outputs = lone.takeOutputs()
        #expect(updates(outputs) == [UpdateMessage(withdrawn: [prefix("172.16.1.1/32")])])
        #expect(
            outputs.contains(
                .finding(
                    .malformedUpdate(
                        from: address("10.0.1.230"),
                        UpdateFindings([
                            UpdateFinding(.treatAsWithdraw, attributeType: 1, problem: "undefined ORIGIN 7")
                        ])))))
        #expect(lone.phase == .established)
    }

    @Test func `an UPDATE that cannot be understood ends the session`() throws {
        let lone = LoneSession.inEstablished()
        _ = lone.takeOutputs()
        let marker = String(repeating: "ff", count: 16)
        lone.receive(hex(marker + "0017 02 0001 0000") + Message.encodedKeepalive)
        #expect(lone.phase == .idle)
        #expect(lone.statistics.received.keepalives == 1, "nothing behind it is looked at")
        #expect(try lone.takeNotifications() == [NotificationMessage(code: 3, subcode: 1)])
    }

    @Test func `a route refresh is requested and answered`() throws {
        let pair = SessionPair(left: instanceConfiguration(), right: endpointConfiguration())
        pair.startBoth()
        try pair.run(for: .seconds(1))
        pair.forgetRecords()
        pair.inject(RouteRefreshMessage(protocols: AFISAFI(unicast: .ipv4)).encoded(), to: .left)
        pair.inject(RouteRefreshMessage(protocols: AFISAFI(unicast: .ipv6)).encoded(), to: .left)
        try pair.run(for: .seconds(1))
        #expect(
            pair.outputs(.left) == [
                .routeRefreshRequested(.ipv4),
                .finding(.routeRefreshIgnored(RouteRefreshMessage(protocols: AFISAFI(unicast: .ipv6)))),
            ])
        let lone = LoneSession.inEstablished(peer: peerOpen(capabilities: [.routeRefresh]))
        lone.requestRouteRefresh(.ipv4)
        #expect(lone.statistics.sent.routeRefreshes == 1)
        let deaf = LoneSession.inEstablished()
        deaf.requestRouteRefresh(.ipv4)
        #expect(deaf.statistics.sent.routeRefreshes == 0)
    }

    @Test func `random octets in every state never trap and never leave a dead session`() {
        var random = SeededGenerator(seed: 99)
        for round in 0..<TestLength.rounds(900, long: 3_000) {
            let lone = [LoneSession.inOpenSent(), .inOpenConfirm(), .inEstablished()][round % 3]
            let vector = MessageVector.all[Int.random(in: 0..<MessageVector.all.count, using: &random)]
            var octets = vector.octets
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                octets[Int.random(in: 16..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            lone.receive(octets)
            // Whatever its final state, it either waits for a timer or has ended for a good reason.
            #expect(lone.nextDeadline != nil)
        }
    }

    @Test func `a finding is one line for a log`() {
        let findings: [(SessionFinding, String)] = [
            (
                .notSent(.attributesTooLong(octetCount: 4424)),
                "not sent: attributes of 4424 octets leave no room for a prefix"
            ),
            (.notWithdrawn(.noNextHop(.ipv6)), "not withdrawn: no next hop of family ipv6"),
            (
                .malformedUpdate(
                    from: address("10.0.1.230"),
                    UpdateFindings([
                        UpdateFinding(.treatAsWithdraw, attributeType: 1, problem: "undefined ORIGIN 7")
                    ])),
                "UPDATE from 10.0.1.230: treated as withdraw: attribute 1: undefined ORIGIN 7"
            ),
            (
                .routeRefreshIgnored(RouteRefreshMessage(protocols: AFISAFI(unicast: .ipv6))),
                "ROUTE-REFRESH ignored: ipv6-unicast subtype 0"
            ),
        ]
        for (finding, line) in findings { #expect("\(finding)" == line) }
    }
}
