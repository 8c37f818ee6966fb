// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

/// HoldTimer, KeepaliveTimer and the pause after a failure (RFC 4271 sections 8.1.3 and 10).
struct SessionTimerTests {
    private func isKeepalive(_ output: Session.Output) -> Bool {
        if case .transmit(_, Message.encodedKeepalive) = output { true } else { false }
    }

    @Test(arguments: [3, 9, 30, 90] as [UInt16])
    func `the session ends exactly one hold time after the last message`(seconds: UInt16) throws {
        var configuration = instanceConfiguration()
        configuration.holdTimeSeconds = seconds
        let pair = SessionPair(left: configuration, right: endpointConfiguration())
        pair.startBoth()
        try pair.run(for: .seconds(100))
        #expect(pair.areBothEstablished)
        let lastHeard = try #require(pair.times(.left, where: isKeepalive).last) + pair.latency
        pair.isCut = true
        pair.forgetRecords()
        try pair.run(for: .seconds(Int64(seconds) * 2))
        let ends = pair.times(.right) { $0 == .ended(.holdTimerExpired) }
        #expect(ends == [lastHeard + .seconds(Int64(seconds))])
        let sent = pair.outputs(.right).contains { output in
            if case .transmit(_, let octets) = output {
                octets == NotificationMessage(.holdTimerExpired).encoded()
            } else {
                false
            }
        }
        #expect(sent)
        #expect(pair[.right].phase == .active, "a passive session listens again at once")
    }

    @Test(arguments: [(90, 30), (9, 3), (3, 1)] as [(UInt16, Int64)])
    func `KEEPALIVEs come in a jittered rhythm, whose first interval is any part of one`(
        holdTime: UInt16, interval: Int64
    ) throws {
        var configuration = instanceConfiguration()
        configuration.holdTimeSeconds = holdTime
        let pair = SessionPair(left: configuration, right: endpointConfiguration())
        pair.startBoth()
        try pair.run(for: .seconds(1000))
        let times = pair.times(.left, where: isKeepalive)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(gaps.count > 10)
        // RFC 4271 section 10.
        let shortest = Duration.milliseconds(750 * interval)
        #expect(gaps.dropFirst().allSatisfy { (shortest ... .seconds(interval)).contains($0) })
        #expect(try #require(gaps.first) <= .seconds(interval))
        #expect(Set(gaps).count > gaps.count / 2, "jitter varies")
        #expect(pair.outputs(.right).allSatisfy { if case .ended = $0 { false } else { true } })
    }

    @Test func `sessions that come up together do not send in step`() throws {
        // The seeds of two sessions of one instance.
        let firsts = try (0..<200 as Range<UInt64>).map { seed -> Duration in
            var configuration = instanceConfiguration()
            configuration.holdTimeSeconds = 3
            let pair = SessionPair(left: configuration, right: endpointConfiguration(), seed: seed)
            pair.startBoth()
            try pair.run(for: .milliseconds(50))
            // What an instance announces first restarts the timer.
            pair.send(.endOfRIB(.ipv4), from: .left)
            let announced = pair.now
            try pair.run(for: .seconds(3))
            let next = pair.times(.left, where: isKeepalive).first { $0 > announced }
            return try #require(next) - announced
        }
        // Uniform over the interval: each quarter has its share.
        for quarter in 0..<4 {
            let share = firsts.count {
                $0 / .milliseconds(250) >= Double(quarter) && $0 / .milliseconds(250) < Double(quarter + 1)
            }
            #expect((25...75).contains(share), "\(share) of 200 in quarter \(quarter)")
        }
    }

    @Test func `an UPDATE restarts the timers like a KEEPALIVE`() throws {
        var configuration = instanceConfiguration()
        configuration.holdTimeSeconds = 3
        let lone = LoneSession.inEstablished(configuration)
        let marker = String(repeating: "ff", count: 16)
        for _ in 0..<10 {
            lone.pass(.seconds(2))
            lone.receive(hex(marker + "0017 02 0000 0000"))
        }
        #expect(lone.phase == .established)
        // Any message sent counts as our own KEEPALIVE.
        lone.send(.endOfRIB(.ipv4))
        let keepalives = lone.statistics.sent.keepalives
        for _ in 0..<10 {
            lone.pass(.milliseconds(700))
            lone.send(.endOfRIB(.ipv4))
            lone.receive(Message.encodedKeepalive)
        }
        #expect(lone.statistics.sent.keepalives == keepalives)
    }

    @Test func `a hold time of 0 switches both timers off`() throws {
        var configuration = instanceConfiguration()
        configuration.holdTimeSeconds = 0
        let pair = SessionPair(left: configuration, right: endpointConfiguration())
        pair.startBoth()
        try pair.run(for: .seconds(1))
        pair.forgetRecords()
        pair.isCut = true
        try pair.run(for: .seconds(86_400))
        #expect(pair.areBothEstablished)
        #expect(pair.outputs(.left).isEmpty && pair.outputs(.right).isEmpty)
        #expect(pair[.left].nextDeadline == nil)
    }

    @Test func `a peer that says nothing after TCP opened is given up after four minutes`() throws {
        let lone = LoneSession.inOpenSent()
        lone.pass(.seconds(239))
        #expect(lone.phase == .openSent)
        _ = lone.takeOutputs()
        lone.pass(.seconds(1))
        #expect(lone.phase == .idle)
        #expect(try lone.takeNotifications() == [NotificationMessage(.holdTimerExpired)])
    }

    /// The hold time that the peer proposes, and when the session is given up.
    @Test(arguments: [(90, 90), (3, 3), (0, 240)] as [(UInt16, Int64)])
    func `a peer that falls silent after its OPEN is given up`(holdTime: UInt16, seconds: Int64) {
        let lone = LoneSession.inOpenSent()
        lone.receive(peerOpen(holdTimeSeconds: holdTime).encoded())
        lone.pass(.seconds(seconds) - .nanoseconds(1))
        #expect(lone.phase == .openConfirm)
        lone.pass(.nanoseconds(1))
        #expect(lone.phase == .idle)
        #expect(lone.statistics.lastEnd == .holdTimerExpired)
    }

    /// The hold time that the peer proposes, and how long it may read nothing (RFC 9687 section 3.4).
    @Test(arguments: [(3, 480), (90, 480), (300, 600)] as [(UInt16, Int64)])
    func `a peer that sends and never reads is given up after the send hold time`(
        holdTime: UInt16, seconds: Int64
    ) throws {
        var configuration = instanceConfiguration()
        configuration.holdTimeSeconds = holdTime
        let lone = LoneSession.inEstablished(configuration, peer: peerOpen(holdTimeSeconds: holdTime))
        lone.isPeerReading = false
        let end = lone.now + .seconds(seconds)
        func passWithKeepalives(until end: Instant) {
            while lone.now < end {
                lone.receive(Message.encodedKeepalive)
                lone.pass(min(.seconds(1), end - lone.now))
            }
        }
        passWithKeepalives(until: end - .nanoseconds(1))
        #expect(lone.phase == .established)
        _ = lone.takeOutputs()
        lone.pass(.nanoseconds(1))
        #expect(
            lone.takeOutputs().prefix(2) == [.close(LoneSession.dial), .ended(.sendHoldTimerExpired)],
            "a NOTIFICATION would not be read")
        #expect(lone.phase == .idle)
    }

    @Test func `a peer that reads now and then keeps its session`() {
        let lone = LoneSession.inEstablished()
        for _ in 0..<5 {
            lone.isPeerReading = false
            for _ in 0..<47 {
                lone.pass(.seconds(10))
                lone.receive(Message.encodedKeepalive)
            }
            lone.handle(.sent(LoneSession.dial, octetCount: 19))
        }
        #expect(lone.phase == .established)
        #expect(lone.now == .zero + .seconds(2350))
    }

    /// Pauses between the end of an attempt and the next dial, when each attempt is refused.
    private func pauses(_ lone: LoneSession, count: Int, uptime: Duration?) throws -> [Duration] {
        var pauses: [Duration] = []
        for _ in 0..<count {
            let id = try #require(
                lone.takeOutputs().compactMap { if case .connect(let id) = $0 { id } else { nil } }.last)
            lone.opened(id)
            lone.receive(peerOpen().encoded(), on: id)
            if let uptime {
                lone.receive(Message.encodedKeepalive, on: id)
                lone.pass(uptime)
            }
            let ended = lone.now
            lone.receive(NotificationMessage(.cease(.administrativeReset)).encoded(), on: id)
            #expect(lone.phase == .idle)
            let next = try #require(lone.nextDeadline)
            pauses.append(next - ended)
            lone.pass(next - ended)
        }
        return pauses
    }

    @Test func `pauses after failures double up to a minute`() throws {
        let lone = LoneSession()
        lone.handle(.start)
        let pauses = try pauses(lone, count: 10, uptime: nil)
        for (pause, full) in zip(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60] as [Int64]) {
            #expect((.milliseconds(750 * full) ... .seconds(full)).contains(pause))
        }
    }

    @Test func `a session that stayed up is tried again after the first pause`() throws {
        let lone = LoneSession()
        lone.handle(.start)
        _ = try pauses(lone, count: 4, uptime: nil)
        let pauses = try pauses(lone, count: 3, uptime: .seconds(16))
        #expect(pauses.allSatisfy { (.milliseconds(750) ... .seconds(1)).contains($0) })
    }

    @Test func `absurd durations neither trap nor spin`() throws {
        var configuration = instanceConfiguration()
        configuration.connectRetry = .zero
        configuration.idleHold = .seconds(-5)
        configuration.idleHoldMax = .seconds(Int64.max / 2)
        let pair = SessionPair(left: configuration, right: endpointConfiguration())
        pair.absent = [.right]
        pair.handle(.start, .left)
        try pair.run(for: .seconds(1))
        #expect(pair.times(.left) { if case .connect = $0 { true } else { false } }.count <= 140)
    }
}
