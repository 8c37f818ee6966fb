// SPDX-License-Identifier: MIT-0
import BFD
import Causes
import TestSupport
import Testing
import WireFormat

@Suite struct BFDSessionTimingTests {
    // MARK: Detection

    private static let (intervals, multipliers): ([UInt32], [UInt8]) =
        TestLength.isLong
        ? ([1, 3, 10, 20, 50, 100, 300, 1000, 2500], [1, 2, 3, 5, 50]) : ([3, 20, 50, 300, 1000, 2500], [1, 3, 50])

    @Test(arguments: intervals, multipliers)
    func `a silent peer is down to the nanosecond`(interval: UInt32, detectMult: UInt8) throws {
        var pair = BFDPair(
            configuration(milliseconds: interval, detectMult: detectMult), seed: UInt64(interval),
            latency: .microseconds(137))
        try pair.runUntilSettled()
        let expected = Duration.milliseconds(Int64(interval) * Int64(detectMult))
        #expect(pair[.right].detectionTime == expected)
        pair.stopped = [.left]
        try pair.run(within: expected * 2) { $0[.right].sessionState == .down }
        let lastArrival = try #require(pair.arrivals[.right]?.last?.at)
        let down = try #require(pair.downs(of: .right).first)
        #expect(down.at - lastArrival == expected)
        #expect(down.cause == .controlDetectionTimeExpired)
        #expect(pair[.right].localDiag == .controlDetectionTimeExpired)
        #expect(pair[.right].remoteDiscr == nil)
        #expect(pair.violations == [])
    }

    /// The peer's Detect Mult, times the greater of our Required Min RX and its Desired Min TX (section 6.8.4).
    @Test(arguments: [
        (BFDSessionConfiguration(desiredMinTxInterval: .milliseconds(20), detectMult: 4), UInt32(50), UInt32(200)),
        (BFDSessionConfiguration(desiredMinTxInterval: .milliseconds(70), detectMult: 2), 50, 140),
        (BFDSessionConfiguration(desiredMinTxInterval: .milliseconds(1), detectMult: 255), 1, 255),
        (BFDSessionConfiguration(desiredMinTxInterval: .milliseconds(5000), detectMult: 3), 20, 15000),
    ])
    func `the detection time follows from the peer's values`(
        left: BFDSessionConfiguration, requiredMinRx: UInt32, expected: UInt32
    ) throws {
        let right = BFDSessionConfiguration(
            desiredMinTxInterval: .milliseconds(300), requiredMinRxInterval: .milliseconds(requiredMinRx),
            detectMult: 9)
        var pair = BFDPair(left: left, right: right)
        try pair.run(within: .seconds(60)) { $0.areSettled }
        pair.run(for: .seconds(10))
        #expect(pair[.right].detectionTime == .milliseconds(Int64(expected)))
        pair.cut = [.left]
        try pair.run(within: .seconds(60)) { $0[.right].sessionState == .down }
        let lastArrival = try #require(pair.arrivals[.right]?.last?.at)
        #expect(pair.now - lastArrival == .milliseconds(Int64(expected)))
    }

    @Test func `a one-way cut takes both down, and only the deaf side by its timer`() throws {
        var pair = BFDPair(configuration(milliseconds: 20))
        try pair.runUntilSettled()
        pair.cut = [.left]
        try pair.run { $0[.left].sessionState == .down }
        #expect(pair.downs(of: .right).map(\.cause) == [.controlDetectionTimeExpired])
        #expect(
            pair.downs(of: .left).map(\.cause) == [.neighborSignaledSessionDown(.controlDetectionTimeExpired)])
        // Reported at once, not with the next packet.
        let rightDown = try #require(pair.downs(of: .right).first?.at)
        let leftDown = try #require(pair.downs(of: .left).first?.at)
        #expect(leftDown - rightDown == pair.latency)
        // It hears the peer again, and comes up again.
        pair.cut = []
        try pair.run { $0.areBothUp }
        #expect(pair.violations == [])
    }

    @Test func `Init without a peer falls back to Down`() throws {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.hear(.down)
        let heard = lone.now
        #expect(lone.session.sessionState == .initializing)
        while lone.session.sessionState != .down { lone.runToDeadline() }
        #expect(lone.now - heard == .milliseconds(60))
        #expect(lone.downs.isEmpty, "a session that was never Up has no cause for BGP")
        #expect(lone.session.remoteDiscr == nil)
        #expect(lone.session.remoteMinRxInterval == Microseconds(1))
    }

    @Test func `a late wake-up with packets waiting is no failure`() {
        var lone = LoneSession(configuration(milliseconds: 20))
        lone.bring(to: .up)
        lone.now = lone.now + .seconds(1)
        lone.hear(.up)
        lone.handle(.timeReached)
        #expect(lone.session.sessionState == .up)
    }

    @Test func `no session goes down by itself in minutes of 20 ms times 3, whatever the clocks' drift`() throws {
        var pair = BFDPair(
            left: configuration(milliseconds: 20), right: configuration(milliseconds: 20), latency: .microseconds(50),
            latencyVariation: .milliseconds(4),
            clocks: [
                .left: .init(offset: .seconds(1_000_000), partsPerMillion: 200),
                .right: .init(offset: .seconds(3), partsPerMillion: -200),
            ])
        try pair.run { $0.areBothUp }
        pair.keepsRecords = false
        let seconds = TestLength.rounds(60, long: 600)
        pair.run(for: .seconds(seconds))
        for side in BFDPair.Side.allCases {
            #expect(pair[side].sessionState == .up)
            #expect(pair[side].statistics.downs == 0)
            #expect(pair[side].statistics.ups == 1)
            // One each 17.5 ms on average, with a hundredth for chance and the first seconds.
            #expect(abs(Double(pair[side].statistics.sentPackets) * 0.0175 / Double(seconds) - 1) < 0.01)
        }
        #expect(pair.violations == [])
    }

    // MARK: Jitter

    /// The gaps between packets of a session that is Up, as fractions of its interval.
    private func gaps(_ count: Int, detectMult: UInt8, seed: UInt64) throws -> [Double] {
        var pair = BFDPair(configuration(milliseconds: 100, detectMult: detectMult), seed: seed)
        try pair.runUntilSettled()
        pair.forgetRecords()
        while pair.transmissions(of: .left).count <= count { pair.run(for: .milliseconds(Int64(count) * 30)) }
        let times = pair.transmissions(of: .left).map(\.at).prefix(count + 1)
        #expect(pair.violations == [])
        #expect(pair.downs(of: .left).isEmpty && pair.downs(of: .right).isEmpty)
        return zip(times, times.dropFirst()).map { Double(($1 - $0).nanoseconds) / 100_000_000 }
    }

    @Test(arguments: [(UInt8(3), 0.75...1.0), (1, 0.75...0.9), (255, 0.75...1.0)])
    func `each interval is jittered on its own, evenly and within bounds`(
        detectMult: UInt8, bounds: ClosedRange<Double>
    ) throws {
        let count = TestLength.rounds(1_500, long: 10_000)
        let gaps = try gaps(count, detectMult: detectMult, seed: 11)
        #expect(gaps.count == count)
        #expect(gaps.allSatisfy { bounds.contains($0) })
        let width = bounds.upperBound - bounds.lowerBound
        let mean = gaps.reduce(0, +) / Double(count)
        // Five standard deviations, here and below.
        let deviation = 1 / Double(count).squareRoot()
        #expect(abs(mean - (bounds.lowerBound + width / 2)) < 5 * deviation * width / 12.squareRoot())
        // Ten classes.
        var counts = Array(repeating: 0, count: 10)
        for gap in gaps { counts[min(9, Int((gap - bounds.lowerBound) / width * 10))] += 1 }
        let expected = Double(count) / 10
        #expect(counts.allSatisfy { abs(Double($0) - expected) <= 5 * (expected * 0.9).squareRoot() }, "\(counts)")
        // No gap predicts the next one.
        let covariance =
            zip(gaps, gaps.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) } / Double(count - 1)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        #expect(abs(covariance / variance) < 5 * deviation)
    }

    @Test func `the same seed gives the same conversation, and another seed another`() throws {
        func times(_ seed: UInt64) throws -> [Instant] {
            var pair = BFDPair(configuration(milliseconds: 20), seed: seed)
            pair.run(for: .seconds(5))
            return pair.transmissions(of: .left).map(\.at)
        }
        #expect(try times(5) == times(5))
        #expect(try times(5) != times(6))
        // Two sessions of one system differ, even with the same seed.
        var gaps: Set<Duration> = []
        for value in 1...20 as ClosedRange<UInt32> {
            var session = BFDSession(
                configuration: configuration(milliseconds: 20), localDiscr: discriminator(value), seed: 1, at: .zero)
            session.handle(.timeReached, at: .zero)
            gaps.insert(try #require(session.nextDeadline) - .zero)
        }
        #expect(gaps.count == 20)
    }
}
