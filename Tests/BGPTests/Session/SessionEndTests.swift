// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

/// How an Established session ends, what both sides report, and how they reconnect.
struct SessionEndTests {
    @Test func `a session that was up knows when it last was`() {
        let lone = LoneSession.inEstablished()
        #expect(lone.lastDown == nil)
        lone.pass(.seconds(14))
        lone.handle(.connectionClosed(LoneSession.dial, .fin))
        #expect(lone.lastDown == .zero + .seconds(14))
        lone.pass(.seconds(5))
        #expect(lone.lastDown == .zero + .seconds(14))
        let stopped = LoneSession.inEstablished()
        stopped.handle(.stop(.administrativeShutdown, communication: nil))
        #expect(stopped.lastDown == .zero)
    }

    private func established() throws -> SessionPair {
        let pair = SessionPair(left: instanceConfiguration(), right: endpointConfiguration())
        pair.startBoth()
        try pair.run(for: .seconds(10))
        #expect(pair.areBothEstablished)
        pair.forgetRecords()
        return pair
    }

    private func ends(_ pair: SessionPair, _ side: SessionPair.Side) -> [SessionEnd] {
        pair.outputs(side).compactMap { if case .ended(let end) = $0 { end } else { nil } }
    }

    @Test(arguments: SessionPair.Side.allCases)
    func `a stop tells the peer why, and the peer hears it`(side: SessionPair.Side) throws {
        let pair = try established()
        pair.handle(.stop(.administrativeShutdown, communication: "maintenance"), side)
        try pair.run(for: .seconds(5))
        let expected = NotificationMessage.cease(.administrativeShutdown, communication: "maintenance")
        #expect(ends(pair, side) == [.stopped])
        #expect(
            ends(pair, side.other) == [
                .notificationReceived(expected.reason, communication: expected.printableCommunication)
            ])
        #expect(pair[side].phase == .idle)
        #expect(pair[side].nextDeadline == nil)
        #expect(pair[side.other].statistics.lastEnd != nil)
        // A stopped session refuses connections until it is started again.
        try pair.run(for: .seconds(60))
        #expect(pair[side].phase == .idle)
        pair.handle(.start, side)
        #expect(try pair.run(within: .seconds(65)) { $0.areBothEstablished })
        #expect(pair[side].statistics.flaps == 1)
    }

    @Test func `the death of the peer's process is an end at once`() throws {
        let pair = try established()
        let death = pair.now
        pair.replace(.left, with: instanceConfiguration(), announced: true)
        try pair.run(for: .seconds(1))
        #expect(ends(pair, .right) == [.closedByPeer(.fin)])
        #expect(pair.times(.right) { if case .ended = $0 { true } else { false } } == [death + pair.latency])
        pair.handle(.start, .left)
        try pair.run(for: .milliseconds(20))
        #expect(pair.areBothEstablished)
    }

    @Test func `a reset connection comes back after the first pause`() throws {
        let pair = try established()
        pair.resetConnections()
        try pair.run(for: .milliseconds(500))
        #expect(ends(pair, .left) == [.closedByPeer(.reset)] && ends(pair, .right) == [.closedByPeer(.reset)])
        #expect(pair[.left].phase == .idle && pair[.right].phase == .active)
        let changes = pair.outputs(.right).filter { if case .stateChanged = $0 { true } else { false } }
        #expect(changes == [.stateChanged(from: .established, to: .idle), .stateChanged(from: .idle, to: .active)])
        #expect(try pair.run(within: .milliseconds(600)) { $0.areBothEstablished })
    }

    @Test func `a peer that restarted without a NOTIFICATION is accepted again within seconds`() throws {
        let pair = try established()
        pair.replace(.left, with: instanceConfiguration(), announced: false)
        pair.handle(.start, .left)
        // The new connection collides with the dead one, which would stay Established for 90 s.
        #expect(try pair.run(within: .seconds(5)) { $0[.left].phase == .established })
        try pair.run(for: .seconds(1))
        #expect(pair.areBothEstablished)
        #expect(ends(pair, .right) == [.closedByPeer(.reset)])
    }

    @Test func `a peer whose machine was replaced is accepted, though the old connection never answers`() throws {
        // The old connection loses everything in both directions, and so does the probe: the hold timer decides.
        var configuration = endpointConfiguration()
        configuration.holdTimeSeconds = 9
        let pair = SessionPair(left: instanceConfiguration(), right: configuration)
        pair.startBoth()
        try pair.run(for: .seconds(10))
        pair.isCut = true
        pair.replace(.left, with: instanceConfiguration(), announced: false)
        try pair.run(for: .seconds(9))
        #expect(pair[.right].phase == .active)
        pair.isCut = false
        pair.handle(.start, .left)
        #expect(try pair.run(within: .seconds(2)) { $0.areBothEstablished })
    }

    @Test(arguments: 0..<UInt64(20))
    func `after an outage of the network the session comes back`(seed: UInt64) throws {
        var left = instanceConfiguration()
        left.holdTimeSeconds = 9
        var right = endpointConfiguration()
        right.isPassive = seed.isMultiple(of: 2)
        let pair = SessionPair(
            left: left, right: right, seed: seed, latency: .milliseconds(5), latencyVariation: .milliseconds(20))
        pair.startBoth()
        try pair.run(for: .seconds(10))
        for outage in [1, 8, 12, 40] as [Int64] {
            pair.isCut = true
            try pair.run(for: .seconds(outage))
            pair.isCut = false
            #expect(try pair.run(within: .seconds(90)) { $0.areBothEstablished }, "after \(outage) s")
        }
    }

    @Test func `a malformed message ends the session with its NOTIFICATION on both sides`() throws {
        let pair = try established()
        pair.inject([UInt8](repeating: 0, count: 19), to: .right)
        try pair.run(for: .milliseconds(10))
        let expected = NotificationMessage(.messageHeaderError(.connectionNotSynchronized))
        #expect(ends(pair, .right) == [.notificationSent(expected.reason)])
        #expect(
            ends(pair, .left) == [
                .notificationReceived(expected.reason, communication: expected.printableCommunication)
            ])
    }

    @Test func `a stopped session rejects every connection`() throws {
        let lone = LoneSession(endpointConfiguration())
        lone.opened(LoneSession.incoming)
        let expected = NotificationMessage(.cease(.connectionRejected))
        #expect(
            lone.takeOutputs() == [.transmit(LoneSession.incoming, expected.encoded()), .close(LoneSession.incoming)])
        #expect(lone.phase == .idle)
    }

    @Test func `starting twice, stopping twice and events of unknown connections change nothing`() {
        let lone = LoneSession()
        lone.handle(.stop(.administrativeShutdown, communication: nil))
        #expect(lone.takeOutputs().isEmpty)
        lone.handle(.start)
        _ = lone.takeOutputs()
        lone.handle(.start)
        let stranger = ConnectionID(value: 77)
        lone.handle(.connectionClosed(stranger, .fin))
        lone.handle(.connectionFailed(stranger, SessionPair.refused))
        lone.receive(Message.encodedKeepalive, on: stranger)
        lone.receive(Message.encodedKeepalive)  // still dialling
        #expect(lone.takeOutputs().isEmpty)
        lone.opened(stranger)
        #expect(lone.takeOutputs() == [.close(stranger)])
        lone.handle(.stop(.administrativeShutdown, communication: nil))
        #expect(lone.takeOutputs() == [.close(LoneSession.dial), .stateChanged(from: .connect, to: .idle)])
    }
}
