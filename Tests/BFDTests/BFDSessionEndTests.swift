// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

@Suite struct BFDSessionEndTests {
    // MARK: AdminDown

    @Test(arguments: BFDPair.Side.allCases)
    func `AdminDown is sent and understood, and is not a failure of the path`(side: BFDPair.Side) throws {
        var pair = BFDPair(configuration(milliseconds: 20))
        try pair.runUntilSettled()
        pair.forgetRecords()
        let start = pair.now
        pair.handle(.adminDown(.administrativelyDown), on: side)
        try pair.run { $0[side.other].sessionState == .down }
        #expect(pair.now - start == pair.latency, "said at once")
        #expect(pair[side.other].localDiag == .neighborSignaledSessionDown)
        #expect(pair[side.other].remoteDiag == .administrativelyDown)
        #expect(pair.downs(of: side).map(\.cause) == [.adminDown(.administrativelyDown)])
        #expect(pair.downs(of: side.other).map(\.cause) == [.neighborAdminDown])

        // Both stay as they are, and keep telling each other, slowly.
        pair.forgetRecords()
        pair.run(for: .seconds(60))
        #expect(pair[side].sessionState == .adminDown)
        #expect(pair[side.other].sessionState == .down)
        #expect(pair[side.other].remoteSessionState == .adminDown)
        for each in BFDPair.Side.allCases {
            #expect((60...83).contains(pair.transmissions(of: each).filter { !$0.packet.isFinal }.count))
        }

        // It may be discarded once it has been sent for one detection time of the peer.
        #expect(pair[side].removalInstant == start + .seconds(3))
        #expect(pair[side.other].removalInstant == nil)
        pair.handle(.adminUp, on: side)
        #expect(pair[side].removalInstant == nil)
        try pair.run { $0.areBothUp }
        try pair.runUntilSettled()
        #expect(pair.violations == [])
    }

    @Test func `two sides in AdminDown come up again, in whichever order`() throws {
        for first in BFDPair.Side.allCases {
            var pair = BFDPair(configuration(milliseconds: 50))
            try pair.runUntilSettled()
            for side in BFDPair.Side.allCases { pair.handle(.adminDown(.administrativelyDown), on: side) }
            pair.run(for: .seconds(20))
            #expect(pair[.left].sessionState == .adminDown && pair[.right].sessionState == .adminDown)
            pair.handle(.adminUp, on: first)
            pair.run(for: .seconds(5))
            #expect(pair[first].sessionState == .down)
            pair.handle(.adminUp, on: first.other)
            try pair.run { $0.areBothUp }
            #expect(pair.violations == [])
        }
    }

    @Test func `a second AdminDown changes only the diagnostic, and adminUp in another state does nothing`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .up)
        lone.handle(.adminUp)
        #expect(lone.session.sessionState == .up)
        lone.handle(.adminDown(.administrativelyDown))
        let removal = lone.session.removalInstant
        lone.forgetOutputs()
        lone.now = lone.now + .milliseconds(1)
        lone.handle(.adminDown(.concatenatedPathDown))
        #expect(lone.session.removalInstant == removal)
        #expect(lone.sent.map(\.diagnostic) == [.concatenatedPathDown])
        #expect(lone.downs.isEmpty)
    }

    @Test func `a session that was never Up gives BGP no cause`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .initializing)
        lone.hear(.adminDown)
        #expect(lone.session.sessionState == .down)
        lone.hear(.down)
        lone.run(for: .seconds(5))
        #expect(lone.session.sessionState == .down)
        lone.handle(.adminDown(.administrativelyDown))
        lone.handle(.adminUp)
        #expect(lone.downs.isEmpty)
        #expect(lone.session.statistics.downs == 0)
    }

    // MARK: Restart

    @Test(arguments: 1...20)
    func `a restarted peer takes the session down and up again`(seed: UInt64) throws {
        var pair = BFDPair(configuration(milliseconds: 300), seed: seed)
        try pair.runUntilSettled()
        pair.run(for: .milliseconds(Int64(seed) * 13))
        pair.forgetRecords()
        let former = pair[.left].localDiscr
        let start = pair.now
        pair.restart(.left, configuration(milliseconds: 300))
        let present = pair[.left].localDiscr
        #expect(former != present)
        try pair.run { $0.areBothUp && $0[.right].remoteDiscr == present }
        // Its Down was enough, long before the detection time.
        #expect(pair.now - start < .milliseconds(20))
        #expect(pair.downs(of: .right).map(\.cause) == [.neighborSignaledSessionDown(.noDiagnostic)])
        #expect(pair.findings(of: .right).contains(.remoteDiscriminatorChanged(from: former, to: present)))
        try pair.runUntilSettled()
        #expect(pair.violations == [])
    }

    @Test func `a peer that returns after a detection time finds no trace of its old session`() throws {
        var pair = BFDPair(configuration(milliseconds: 50))
        try pair.runUntilSettled()
        pair.stopped = [.left]
        pair.run(for: .seconds(2))
        #expect(pair[.right].remoteDiscr == nil)
        pair.forgetRecords()
        pair.restart(.left, configuration(milliseconds: 50))
        pair.stopped = []
        try pair.run { $0.areBothUp }
        #expect(pair.findings(of: .right).isEmpty)
        #expect(pair.violations == [])
    }

    @Test func `a peer that was stopped for long goes down by itself, and both come up again`() throws {
        var pair = BFDPair(configuration(milliseconds: 20))
        try pair.runUntilSettled()
        pair.stopped = [.left]
        pair.run(for: .seconds(10))
        pair.stopped = []
        try pair.run { $0.areBothUp && $0[.left].statistics.downs == 1 }
        try pair.runUntilSettled()
        #expect(pair[.right].statistics.downs == 1)
        #expect(pair.violations == [])
    }

    // MARK: Anything

    /// Loss, cuts, restarts, stops and every input at random; the pair checks what must never happen.
    @Test(arguments: 1...TestLength.rounds(UInt64(8), long: 40))
    func `no impossible state is ever reached, and the sessions recover`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func interval() -> UInt32 { [3, 10, 50, 300, 1500].randomElement(using: &random) ?? 50 }
        func anyConfiguration() -> BFDSessionConfiguration {
            BFDSessionConfiguration(
                desiredMinTxInterval: .milliseconds(interval()), requiredMinRxInterval: .milliseconds(interval()),
                detectMult: .random(in: 1...6, using: &random))
        }
        var pair = BFDPair(
            left: anyConfiguration(), right: anyConfiguration(), seed: seed, latency: .microseconds(300),
            latencyVariation: .milliseconds(Int64.random(in: 0...30, using: &random)),
            clocks: [.left: .init(offset: .seconds(5), partsPerMillion: .random(in: -500...500, using: &random))])
        pair.keepsRecords = false
        for _ in 0..<60 {
            let side = BFDPair.Side.allCases.randomElement(using: &random) ?? .left
            switch Int.random(in: 0..<9, using: &random) {
            case 0: pair.loss = Double.random(in: 0...0.7, using: &random)
            case 1: pair.cut = [[], [.left], [.right], [.left, .right]].randomElement(using: &random) ?? []
            case 2: pair.stopped = [[], [], [.left], [.right]].randomElement(using: &random) ?? []
            case 3: pair.restart(side, anyConfiguration())
            case 4: pair.handle(.adminDown(.administrativelyDown), on: side)
            case 5: pair.handle(.adminUp, on: side)
            case 6: pair.handle(.setDetectMult(.random(in: 0...6, using: &random)), on: side)
            default:
                pair.handle(
                    .setIntervals(
                        desiredMinTx: .milliseconds(interval()), requiredMinRx: .milliseconds(interval())), on: side)
            }
            pair.run(for: .milliseconds(Int64.random(in: 0...1500, using: &random)))
        }
        pair.loss = 0
        pair.cut = []
        pair.stopped = []
        pair.latencyVariation = .zero
        for side in BFDPair.Side.allCases {
            pair.handle(.adminUp, on: side)
            pair.handle(.setDetectMult(3), on: side)
            pair.handle(
                .setIntervals(desiredMinTx: .milliseconds(100), requiredMinRx: .milliseconds(100)), on: side)
        }
        try pair.run(within: .seconds(20)) { $0.areBothUp }
        pair.run(for: .seconds(5))
        let downs = BFDPair.Side.allCases.map { pair[$0].statistics.downs }
        pair.run(for: .seconds(30))
        #expect(pair.areBothUp)
        for side in BFDPair.Side.allCases {
            #expect(pair[side].transmitInterval == .milliseconds(100))
            #expect(pair[side].detectionTime == .milliseconds(300))
        }
        #expect(BFDPair.Side.allCases.map { pair[$0].statistics.downs } == downs)
        #expect(pair.violations == [])
    }

    @Test(arguments: 1...TestLength.rounds(UInt64(5), long: 20))
    func `packets of any content never trap, and no timer stands still`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var lone = LoneSession(configuration(milliseconds: 20))
        for _ in 0..<2000 {
            var packet = lone.packet(SessionState.allCases.randomElement(using: &random) ?? .up)
            packet.diagnostic = Diagnostic(code: .random(in: 0...255, using: &random))
            packet.isPoll = .random(using: &random)
            packet.isFinal = .random(using: &random)
            packet.isDemand = .random(using: &random)
            packet.detectMult = .random(in: 0...255, using: &random)
            let extremes: [UInt32] = [0, 1, 20_000, .max]
            packet.desiredMinTxInterval = Microseconds(extremes.randomElement(using: &random) ?? 0)
            packet.requiredMinRxInterval = Microseconds(extremes.randomElement(using: &random) ?? 0)
            if Int.random(in: 0..<10, using: &random) == 0 { packet.yourDiscriminator = nil }
            lone.now = lone.now + .milliseconds(Int64.random(in: 0...100, using: &random))
            lone.receive(packet)
            lone.handle(.timeReached)
            if let deadline = lone.session.nextDeadline { #expect(deadline > lone.now) }
            for sent in lone.sent {
                #expect(!(sent.isPoll && sent.isFinal))
                #expect(sent.state == .up || sent.desiredMinTxInterval >= .oneSecond)
                #expect(sent.receptionError == nil)
            }
            lone.forgetOutputs()
        }
        #expect(lone.session.statistics.receivedPackets > 1000)
    }
}
