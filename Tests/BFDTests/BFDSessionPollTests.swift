// SPDX-License-Identifier: MIT-0
import BFD
import Causes
import TestSupport
import Testing
import WireFormat

@Suite struct BFDSessionPollTests {
    @Test func `a session that comes up speeds up at once and announces it with a Poll`() throws {
        var pair = BFDPair(configuration(milliseconds: 20))
        try pair.run { $0.areBothUp }
        pair.run(for: .milliseconds(200))
        for side in BFDPair.Side.allCases {
            let packets = pair.transmissions(of: side).filter { $0.packet.state == .up }
            let polls = packets.filter { $0.packet.isPoll }
            #expect(packets.first?.packet.isPoll == false, "news are no scheduled packet, where a Poll may begin")
            #expect(packets.first?.packet.desiredMinTxInterval == .milliseconds(20))
            #expect(polls.count == 1)
            #expect(packets.filter { $0.packet.isFinal }.count == 1)
            let scheduled = packets.filter { !$0.packet.isFinal }.map(\.at)
            for (earlier, later) in zip(scheduled, scheduled.dropFirst()) {
                #expect(later - earlier <= .milliseconds(20))
            }
        }
        #expect(pair.violations == [])
    }

    @Test func `a Poll is answered at once, without the P bit and beside the schedule`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .up)
        let scheduled = lone.session.nextDeadline
        var poll = lone.packet(.up)
        poll.isPoll = true
        lone.receive(poll)
        #expect(lone.sent.count == 1)
        #expect(lone.sent.first?.isFinal == true && lone.sent.first?.isPoll == false)
        #expect(lone.session.nextDeadline == scheduled)
    }

    @Test(arguments: SessionState.allCases)
    func `a Poll is answered in every state`(state: SessionState) {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: state)
        lone.forgetOutputs()
        var poll = lone.packet(.adminDown)
        poll.isPoll = true
        lone.receive(poll)
        #expect(lone.sent.filter { $0.isFinal && !$0.isPoll }.count == 1)
    }

    @Test func `a slower transmission waits for the Final`() throws {
        var pair = BFDPair(configuration(milliseconds: 20), latency: .milliseconds(150))
        try pair.runUntilSettled()
        pair.forgetRecords()
        let changed = pair.now
        pair.handle(.setIntervals(desiredMinTx: .milliseconds(400), requiredMinRx: .milliseconds(20)), on: .left)
        #expect(pair[.left].desiredMinTxInterval == .milliseconds(400))
        #expect(pair[.left].transmitInterval == .milliseconds(20))
        try pair.run { ($0.arrivals[.left]?.last?.packet.isFinal ?? false) }
        let final = pair.now
        #expect(pair[.left].transmitInterval == .milliseconds(400))
        #expect(final - changed >= .milliseconds(300))
        let before = pair.transmissions(of: .left).filter { $0.at < final }
        #expect(before.count >= 15)
        for (earlier, later) in zip(before, before.dropFirst()) { #expect(later.at - earlier.at <= .milliseconds(20)) }
        for (_, packet) in before {
            #expect(packet.isPoll)
            #expect(packet.desiredMinTxInterval == .milliseconds(400))
        }
        pair.run(for: .seconds(10))
        let after = pair.transmissions(of: .left).filter { $0.at > final && !$0.packet.isFinal }
        #expect(after.allSatisfy { !$0.packet.isPoll })
        for (earlier, later) in zip(after, after.dropFirst()) {
            #expect(later.at - earlier.at >= .milliseconds(300))
        }
        #expect(pair[.right].detectionTime == .milliseconds(1200))
        #expect(pair.areBothUp && pair[.left].statistics.downs == 0 && pair[.right].statistics.downs == 0)
        #expect(pair.violations == [])
    }

    @Test func `a faster transmission does not wait`() throws {
        var pair = BFDPair(
            left: configuration(milliseconds: 500), right: configuration(milliseconds: 20),
            latency: .milliseconds(150))
        try pair.runUntilSettled()
        pair.forgetRecords()
        pair.handle(.setIntervals(desiredMinTx: .milliseconds(20), requiredMinRx: .milliseconds(500)), on: .left)
        let changed = pair.now
        #expect(pair[.left].transmitInterval == .milliseconds(20))
        pair.run(for: .milliseconds(100))
        let packets = pair.transmissions(of: .left)
        let first = try #require(packets.first)
        #expect(first.at - changed <= .milliseconds(20))
        #expect(packets.count >= 5 && packets.allSatisfy { $0.packet.isPoll })
        pair.run(for: .seconds(2))
        #expect(pair[.right].detectionTime == .milliseconds(60))
        #expect(pair.transmissions(of: .left).last?.packet.isPoll == false)
        #expect(pair.violations == [])
    }

    @Test func `a shorter detection time waits for the Final, a longer one does not`() throws {
        var pair = BFDPair(
            left: configuration(milliseconds: 300),
            right: BFDSessionConfiguration(
                desiredMinTxInterval: .milliseconds(20), requiredMinRxInterval: .milliseconds(300)),
            latency: .milliseconds(100))
        try pair.runUntilSettled()
        pair.handle(.setIntervals(desiredMinTx: .milliseconds(300), requiredMinRx: .milliseconds(50)), on: .left)
        #expect(pair[.left].requiredMinRxInterval == .milliseconds(50))
        #expect(pair[.left].detectionTime == .milliseconds(900))
        try pair.run { ($0.arrivals[.left]?.last?.packet.isFinal ?? false) }
        #expect(pair[.left].detectionTime == .milliseconds(150))
        pair.run(for: .seconds(5))
        // By the time of the Final the peer used the new rate, so nothing was missed.
        #expect(pair[.left].statistics.downs == 0)
        pair.handle(.setIntervals(desiredMinTx: .milliseconds(300), requiredMinRx: .milliseconds(300)), on: .left)
        #expect(pair[.left].detectionTime == .milliseconds(900))
        pair.run(for: .seconds(5))
        #expect(pair[.left].statistics.downs == 0 && pair[.right].statistics.downs == 0)
        #expect(pair.violations == [])
    }

    @Test func `a peer that asks for faster packets gets them at once`() throws {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.peerDetectMult = 255
        lone.bring(to: .up)
        var slow = lone.packet(.up)
        slow.requiredMinRxInterval = .milliseconds(1000)
        lone.receive(slow)
        #expect(lone.session.transmitInterval == .milliseconds(1000))
        lone.run(for: .milliseconds(1100), hearing: slow)
        lone.runToDeadline()
        let last = lone.now
        lone.forgetOutputs()

        var fast = slow
        fast.requiredMinRxInterval = .milliseconds(50)
        lone.now = last + .milliseconds(10)
        lone.receive(fast)
        #expect(lone.sent.isEmpty)
        let deadline = try #require(lone.session.nextDeadline)
        #expect(deadline - last >= .microseconds(37_500) && deadline - last <= .milliseconds(50))

        // If that time has already passed, one is sent with the Poll.
        lone.receive(slow)
        lone.now = last + .milliseconds(51)
        lone.receive(fast)
        #expect(lone.sent.count == 1)
    }

    @Test func `a peer that wants no packets gets only answers`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .up)
        var silence = lone.packet(.up)
        silence.requiredMinRxInterval = .zero
        lone.run(for: .seconds(10), hearing: silence)
        #expect(lone.sent.isEmpty)
        silence.isPoll = true
        lone.receive(silence)
        #expect(lone.sent.map(\.isFinal) == [true])
        // After one detection time without the peer its request is forgotten (section 6.8.18).
        lone.forgetOutputs()
        lone.run(for: .seconds(5))
        #expect(lone.session.sessionState == .down)
        #expect((4...8).contains(lone.sent.count))
    }

    @Test func `another multiplier needs no Poll`() throws {
        var pair = BFDPair(configuration(milliseconds: 20))
        try pair.runUntilSettled()
        pair.forgetRecords()
        pair.handle(.setDetectMult(7), on: .left)
        pair.run(for: .milliseconds(21))
        #expect(pair[.right].detectionTime == .milliseconds(140))
        pair.run(for: .seconds(1))
        #expect(pair.transmissions(of: .left).allSatisfy { !$0.packet.isPoll && !$0.packet.isFinal })
        #expect(pair[.left].detectionTime == .milliseconds(60))
    }

    @Test(arguments: 1...TestLength.rounds(UInt64(8), long: 20))
    func `both sides change everything at the same time`(seed: UInt64) throws {
        var pair = BFDPair(configuration(milliseconds: 50, detectMult: 5), seed: seed, latency: .milliseconds(20))
        try pair.runUntilSettled()
        for (step, interval) in [UInt32(200), 20, 300, 40, 1000, 10].enumerated() {
            for side in BFDPair.Side.allCases {
                let other = side == .left ? interval : interval * 2
                pair.handle(
                    .setIntervals(desiredMinTx: .milliseconds(interval), requiredMinRx: .milliseconds(other)),
                    on: side)
            }
            pair.run(for: .milliseconds(Int64(seed) * 7 + Int64(step)))
        }
        pair.run(for: .seconds(5))
        #expect(pair.areBothUp && pair[.left].statistics.downs == 0 && pair[.right].statistics.downs == 0)
        #expect(pair[.left].transmitInterval == .milliseconds(20), "the right wants 20 ms at least")
        #expect(pair[.right].transmitInterval == .milliseconds(10))
        #expect(pair[.left].detectionTime == .milliseconds(50))
        #expect(pair[.right].detectionTime == .milliseconds(100))
        #expect(pair.transmissions(of: .left).last?.packet.isPoll == false)
        #expect(pair.violations == [])
    }

    @Test(arguments: [BFDPair.Side.left, .right], [0, 1, 2, 5, 20])
    func `a lost Poll or Final is repeated`(loser: BFDPair.Side, count: Int) throws {
        var pair = BFDPair(configuration(milliseconds: 20, detectMult: 50))
        try pair.runUntilSettled()
        pair.forgetRecords()
        let lossEnds = pair.now + .milliseconds(Int64(count) * 20)
        // On the left the Poll is lost, on the right the Final.
        pair.drops = { side, packet in side == loser && (packet.isPoll || packet.isFinal) }
        pair.handle(.setIntervals(desiredMinTx: .milliseconds(100), requiredMinRx: .milliseconds(20)), on: .left)
        pair.run(until: lossEnds)
        if count > 0 { #expect(pair[.left].transmitInterval == .milliseconds(20)) }
        pair.drops = { _, _ in false }
        pair.run(for: .milliseconds(30))
        #expect(pair[.left].transmitInterval == .milliseconds(100))
        #expect(pair[.left].statistics.downs == 0 && pair[.right].statistics.downs == 0)
        pair.forgetRecords()
        pair.run(for: .seconds(1))
        #expect(pair.transmissions(of: .left).allSatisfy { !$0.packet.isPoll })
        #expect(pair.violations == [])
    }

    @Test func `what changes during a Poll gets a Poll of its own`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.peerDetectMult = 255
        lone.bring(to: .up)
        lone.handle(.setIntervals(desiredMinTx: .milliseconds(100), requiredMinRx: .milliseconds(20)))
        lone.runToDeadline()
        #expect(lone.sent.last?.isPoll == true)
        lone.handle(.setIntervals(desiredMinTx: .milliseconds(300), requiredMinRx: .milliseconds(20)))

        // The Final may answer the first Poll: no slower than that one announced.
        var final = lone.packet(.up)
        final.isFinal = true
        lone.receive(final)
        #expect(lone.session.transmitInterval == .milliseconds(100))
        lone.forgetOutputs()
        lone.receive(final)
        #expect(lone.session.transmitInterval == .milliseconds(100), "a second Final is for the same Poll")

        // The next begins only after a packet without the F bit.
        lone.runToDeadline()
        #expect(lone.sent.last?.isPoll == false)
        lone.hear(.up)
        lone.handle(.setDetectMult(3))
        lone.now = lone.now + .milliseconds(55)
        lone.hear(.up)
        lone.now = lone.now + .milliseconds(55)
        lone.hear(.up)
        #expect(lone.sent.last?.isPoll == true)
        lone.receive(final)
        #expect(lone.session.transmitInterval == .milliseconds(300))
    }

    @Test func `an unsolicited Final changes nothing`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .up)
        lone.handle(.setIntervals(desiredMinTx: .milliseconds(100), requiredMinRx: .milliseconds(20)))
        var final = lone.packet(.up)
        final.isFinal = true
        lone.receive(final)
        #expect(lone.session.transmitInterval == .milliseconds(20), "the Poll is not sent yet")
    }

    // MARK: Demand mode of the peer

    @Test func `a peer in Demand mode gets no periodic packets`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .up)
        var demand = lone.packet(.up)
        demand.isDemand = true
        lone.run(for: .seconds(5), hearing: demand)
        #expect(lone.sent.isEmpty)
        #expect(lone.session.sessionState == .up)

        // A change is announced by a Poll Sequence, at once and until it is answered.
        lone.handle(.setDetectMult(9))
        #expect(lone.sent.map(\.isPoll) == [true])
        lone.run(for: .milliseconds(100), hearing: demand)
        #expect(lone.sent.count >= 5)
        #expect(lone.sent.allSatisfy { $0.isPoll && $0.detectMult == 9 })
        var final = demand
        final.isFinal = true
        lone.receive(final)
        lone.forgetOutputs()
        lone.run(for: .seconds(5), hearing: demand)
        #expect(lone.sent.isEmpty)

        // When Demand mode ends they start again at once.
        lone.hear(.up)
        #expect(lone.sent.count == 1)
    }

    @Test func `Demand mode ends with the session`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .up)
        var demand = lone.packet(.up)
        demand.isDemand = true
        lone.run(for: .seconds(1), hearing: demand)
        #expect(lone.sent.isEmpty)
        lone.run(for: .seconds(5))
        #expect(lone.session.sessionState == .down)
        #expect((4...8).contains(lone.sent.count))
        #expect(lone.sent.first?.diagnostic == .controlDetectionTimeExpired)
    }
}
