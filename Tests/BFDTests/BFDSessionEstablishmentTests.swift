// SPDX-License-Identifier: MIT-0
import BFD
import Causes
import Testing
import WireFormat

@Suite struct BFDSessionEstablishmentTests {
    @Test(arguments: 1...50)
    func `two active sessions come up by a three-way handshake`(seed: UInt64) throws {
        var pair = BFDPair(configuration(milliseconds: 20), seed: seed)
        try pair.run { $0.areBothUp }
        for side in BFDPair.Side.allCases {
            let states = pair.states(of: side)
            // The first to hear the other's Init skips its own.
            #expect(states == [.down, .initializing, .up] || states == [.down, .up])
            #expect(pair.downs(of: side).isEmpty)
        }
        #expect(pair.states(of: .left).contains(.initializing) || pair.states(of: .right).contains(.initializing))
        // Changes are sent at once, not with the slow timer of a second.
        #expect(pair.now <= milliseconds(4))
        #expect(pair.violations == [])
    }

    @Test func `a session without an answer sends at most once a second`() {
        var pair = BFDPair(configuration(milliseconds: 10))
        pair.stopped = [.right]
        pair.run(for: .seconds(600))
        let transmissions = pair.transmissions(of: .left)
        #expect(transmissions.first?.at == .zero)
        #expect((600...800).contains(transmissions.count))
        for (earlier, later) in zip(transmissions, transmissions.dropFirst()) {
            #expect(later.at - earlier.at >= .milliseconds(750))
            #expect(later.at - earlier.at <= .milliseconds(1000))
        }
        for (_, packet) in transmissions {
            #expect(packet.state == .down)
            #expect(packet.desiredMinTxInterval == .oneSecond)
            #expect(packet.requiredMinRxInterval == .milliseconds(10))
            #expect(packet.yourDiscriminator == nil)
            #expect(!packet.isPoll)
        }
        #expect(pair.violations == [])
    }

    @Test func `a passive session is silent until it is spoken to`() throws {
        let passive = configuration(milliseconds: 50, isPassive: true)
        var pair = BFDPair(left: configuration(milliseconds: 50), right: passive)
        pair.stopped = [.left]
        pair.run(for: .seconds(60))
        #expect(pair.transmissions(of: .right).isEmpty)
        #expect(pair[.right].nextDeadline == nil)
        pair.stopped = []
        try pair.run { $0.areBothUp }
        #expect(pair.transmissions(of: .right).first?.packet.state == .initializing)

        // After one detection time without the peer its discriminator is forgotten, and there is no one to send to.
        try pair.runUntilSettled()
        pair.stopped = [.left]
        try pair.run { $0[.right].sessionState == .down }
        pair.forgetRecords()
        pair.run(for: .seconds(60))
        #expect(pair.transmissions(of: .right).isEmpty)
        #expect(pair.violations == [])
    }

    @Test func `a passive session that hears Down continues to send for a detection time`() throws {
        var pair = BFDPair(
            left: configuration(milliseconds: 50), right: configuration(milliseconds: 50, isPassive: true))
        try pair.runUntilSettled()
        pair.handle(.adminDown(.administrativelyDown), on: .left)
        try pair.run { $0[.right].sessionState == .down }
        let detectionTime = pair[.right].detectionTime
        #expect(detectionTime == .seconds(3))
        pair.stopped = [.left]
        pair.forgetRecords()
        let wentDown = pair.now
        pair.run(for: .seconds(60))
        let transmissions = pair.transmissions(of: .right)
        #expect((3...4).contains(transmissions.count))
        #expect(transmissions.allSatisfy { $0.at <= wentDown + detectionTime })
        #expect(pair.violations == [])
    }

    @Test func `two passive sessions never meet`() {
        var pair = BFDPair(configuration(milliseconds: 50, isPassive: true))
        pair.run(for: .seconds(600))
        #expect(pair.transmissions(of: .left).isEmpty && pair.transmissions(of: .right).isEmpty)
    }

    @Test func `one-way connectivity never brings a session up`() {
        var pair = BFDPair(configuration(milliseconds: 20))
        pair.cut = [.left]
        pair.run(for: .seconds(120))
        #expect(pair[.right].sessionState == .down)
        #expect(pair[.left].sessionState == .initializing)
        #expect(!pair.states(of: .left).contains(.up))
        #expect(pair.violations == [])
    }

    /// The whole table of RFC 5880 section 6.2: state, received state, next state.
    @Test(arguments: [
        (SessionState.down, SessionState.adminDown, SessionState.down), (.down, .down, .initializing),
        (.down, .initializing, .up), (.down, .up, .down), (.initializing, .adminDown, .down),
        (.initializing, .down, .initializing), (.initializing, .initializing, .up), (.initializing, .up, .up),
        (.up, .adminDown, .down), (.up, .down, .down), (.up, .initializing, .up), (.up, .up, .up),
        (.adminDown, .adminDown, .adminDown), (.adminDown, .down, .adminDown),
        (.adminDown, .initializing, .adminDown), (.adminDown, .up, .adminDown),
    ])
    func `received states cause the transitions of RFC 5880 section 6.2`(
        from: SessionState, heard: SessionState, to: SessionState
    ) {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: from)
        #expect(lone.session.sessionState == from)
        lone.hear(heard)
        #expect(lone.session.sessionState == to)
        #expect(lone.session.remoteSessionState == heard)
        if to == .down, from != .down { #expect(lone.session.localDiag == .neighborSignaledSessionDown) }
    }

    @Test func `an Init or Up that does not know us brings nothing up`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        for state in [SessionState.initializing, .up] {
            lone.receive(ControlPacket(state: state, myDiscriminator: discriminator(7)))
            #expect(lone.session.sessionState == .down)
            #expect(lone.session.remoteDiscr == nil)
        }
        #expect(lone.findings == [.discarded(.malformed(.zeroYourDiscriminator(.initializing)))])
        #expect(lone.session.statistics.discardedPackets == 2)
    }

    @Test func `a packet for another session changes nothing`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .up)
        var packet = lone.packet(.down)
        packet.yourDiscriminator = lone.session.localDiscr.next
        lone.receive(packet)
        #expect(lone.session.sessionState == .up)
        #expect(lone.findings == [.discarded(.notOurDiscriminator(lone.session.localDiscr.next))])
    }

    @Test func `the C bit is sent and understood`() {
        var independent = configuration(milliseconds: 20)
        independent.isControlPlaneIndependent = true
        var lone = LoneSession(independent)
        lone.bring(to: .up)
        #expect(lone.sent.allSatisfy { $0.isControlPlaneIndependent })
        #expect(!lone.session.remoteIsControlPlaneIndependent)
        var packet = lone.packet(.up)
        packet.isControlPlaneIndependent = true
        lone.receive(packet)
        #expect(lone.session.remoteIsControlPlaneIndependent)
    }

    @Test func `intervals and multipliers of zero are raised to the minimum`() {
        let nothing = BFDSessionConfiguration(
            desiredMinTxInterval: .zero, requiredMinRxInterval: .zero, detectMult: 0)
        #expect(nothing.problems.count == 3)
        var lone = LoneSession(nothing)
        lone.bring(to: .up)
        #expect(lone.session.detectMult == 1)
        #expect(lone.session.desiredMinTxInterval == BFDSessionConfiguration.minimumInterval)
        lone.handle(.setIntervals(desiredMinTx: .zero, requiredMinRx: .zero))
        lone.handle(.setDetectMult(0))
        #expect(lone.session.detectMult == 1)
        #expect(lone.session.requiredMinRxInterval == BFDSessionConfiguration.minimumInterval)
    }
}
