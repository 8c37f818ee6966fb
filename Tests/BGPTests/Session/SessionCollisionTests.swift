// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

/// Two connections at once (RFC 4271 section 6.8).
struct SessionCollisionTests {
    private static let cease = NotificationMessage(.cease(.connectionCollisionResolution))

    /// A session with one connection of each direction, both in OpenSent.
    private func colliding(_ configuration: SessionConfiguration) -> LoneSession {
        let lone = LoneSession.inOpenSent(configuration)
        lone.opened(LoneSession.incoming)
        _ = lone.takeOutputs()
        return lone
    }

    /// The local identifier; the peer's is 10.0.1.230.
    @Test(arguments: [("10.0.1.102", ConnectionDirection.incoming), ("10.0.1.240", .outgoing)], [true, false])
    func `the connection of the higher identifier stays, whichever OPEN comes first`(
        local: (String, ConnectionDirection), dialFirst: Bool
    ) throws {
        var configuration = instanceConfiguration()
        configuration.routerID = v4(local.0)
        let lone = colliding(configuration)
        let order = dialFirst ? [LoneSession.dial, LoneSession.incoming] : [LoneSession.incoming, LoneSession.dial]
        for id in order { lone.receive(peerOpen().encoded(), on: id) }
        let winner = local.1 == .outgoing ? LoneSession.dial : LoneSession.incoming
        let loser = local.1 == .outgoing ? LoneSession.incoming : LoneSession.dial
        let outputs = lone.takeOutputs()
        #expect(outputs.contains(.transmit(loser, Self.cease.encoded())))
        #expect(outputs.contains(.close(loser)) && !outputs.contains(.close(winner)))
        #expect(lone.phase == .openConfirm)
        lone.receive(Message.encodedKeepalive, on: winner)
        #expect(lone.phase == .established)
    }

    /// The local AS; the peer's is 65000, and both have the same identifier (RFC 6286 section 2.3).
    @Test(arguments: [(64999, LoneSession.dial), (65001, LoneSession.incoming)] as [(UInt32, ConnectionID)])
    func `among equal identifiers the connection of the higher AS stays`(localASN: UInt32, loser: ConnectionID) {
        var configuration = instanceConfiguration()
        configuration.localASN = ASN(localASN)
        let lone = colliding(configuration)
        for id in [LoneSession.dial, LoneSession.incoming] {
            lone.receive(peerOpen(identifier: "10.0.1.102").encoded(), on: id)
        }
        #expect(lone.takeOutputs().contains(.close(loser)))
        #expect(lone.phase == .openConfirm)
    }

    @Test func `an Established connection stays, and is probed in case it is dead`() {
        let lone = LoneSession.inEstablished()
        lone.pass(.seconds(2))
        lone.opened(LoneSession.incoming)
        #expect(lone.phase == .established)
        _ = lone.takeOutputs()
        lone.receive(peerOpen().encoded(), on: LoneSession.incoming)
        #expect(
            lone.takeOutputs() == [
                .transmit(LoneSession.dial, Message.encodedKeepalive),
                .transmit(LoneSession.incoming, Self.cease.encoded()), .close(LoneSession.incoming),
            ])
        #expect(lone.phase == .established)
        // Octets in flight on the closed connection are ignored.
        lone.receive(Message.encodedKeepalive, on: LoneSession.incoming)
        #expect(lone.takeOutputs().isEmpty)
    }

    @Test func `a second connection takes over when the first dies before its OPEN`() {
        let lone = LoneSession.inEstablished()
        lone.opened(LoneSession.incoming)
        lone.handle(.connectionClosed(LoneSession.dial, .reset))
        #expect(lone.phase == .openSent)
        lone.receive(peerOpen().encoded(), on: LoneSession.incoming)
        lone.receive(Message.encodedKeepalive, on: LoneSession.incoming)
        #expect(lone.phase == .established)
    }

    @Test func `a peer that connects again has given up its silent connection`() {
        let lone = LoneSession(endpointConfiguration())
        lone.handle(.start)
        lone.opened(LoneSession.incoming)
        _ = lone.takeOutputs()
        lone.opened(LoneSession.secondIncoming)
        #expect(lone.takeOutputs().contains(.close(LoneSession.incoming)))
        let open = peerOpen(asn: 65001, identifier: "10.0.1.102")
        lone.receive(open.encoded(), on: LoneSession.secondIncoming)
        lone.receive(Message.encodedKeepalive, on: LoneSession.secondIncoming)
        #expect(lone.phase == .established)
    }

    @Test func `of two connections from the peer, the one that spoke last stays`() {
        let lone = LoneSession(endpointConfiguration())
        let open = peerOpen(asn: 65001, identifier: "10.0.1.102").encoded()
        lone.handle(.start)
        lone.opened(LoneSession.incoming)
        lone.receive(open, on: LoneSession.incoming)
        lone.opened(LoneSession.secondIncoming)
        #expect(lone.phase == .openConfirm)
        lone.receive(open, on: LoneSession.secondIncoming)
        #expect(lone.takeOutputs().contains(.close(LoneSession.incoming)))
        lone.receive(Message.encodedKeepalive, on: LoneSession.secondIncoming)
        #expect(lone.phase == .established)
    }

    @Test func `a dial that is under way is given up once the peer's connection is Established`() {
        let lone = LoneSession()
        lone.handle(.start)
        lone.opened(LoneSession.incoming)
        lone.receive(peerOpen().encoded(), on: LoneSession.incoming)
        lone.receive(Message.encodedKeepalive, on: LoneSession.incoming)
        #expect(lone.phase == .established)
        #expect(lone.takeOutputs().contains(.close(LoneSession.dial)))
        // The shell had already opened it when it was told.
        lone.opened(LoneSession.dial)
        #expect(lone.takeOutputs() == [.close(LoneSession.dial)])
    }

    @Test func `a peer that closes ours as the loser of a collision is tried again soon, not later and later`() throws {
        let lone = LoneSession()
        lone.handle(.start)
        for _ in 0..<8 {
            let id = try #require(
                lone.takeOutputs().compactMap { if case .connect(let id) = $0 { id } else { nil } }.last)
            lone.opened(id)
            lone.receive(peerOpen().encoded(), on: id)
            lone.receive(Self.cease.encoded(), on: id)
            #expect(lone.phase == .active)
            lone.pass(.seconds(1))
        }
    }

    /// Both dial at the same instant, over many kinds of network: a seed each.
    @Test func `two sessions that start together meet, and stay together`() throws {
        var collisions = 0
        var flappedRuns = 0
        let seeds = TestLength.rounds(150, long: 500)
        for seed in 0..<UInt64(seeds) {
            var left = instanceConfiguration()
            var right = endpointConfiguration()
            right.isPassive = false
            if seed.isMultiple(of: 3) { left.routerID = v4("10.0.1.250") }
            if seed.isMultiple(of: 5) { right.routerID = left.routerID }
            let pair = SessionPair(
                left: left, right: right, seed: seed, latency: .microseconds(Int64(50 + seed * 100)),
                latencyVariation: .microseconds(Int64(seed % 7) * 3000))
            pair.startBoth()
            try #require(try pair.run(within: .seconds(30)) { $0.areBothEstablished }, "seed \(seed)")
            // Remains of the other connection are settled; then nothing more happens.
            try pair.run(for: .seconds(5))
            let flaps = pair[.left].statistics.flaps
            if pair[.left].statistics.sent.opens > 1 { collisions += 1 }
            if flaps > 0 { flappedRuns += 1 }
            try pair.run(for: .seconds(200))
            try #require(pair.areBothEstablished, "seed \(seed)")
            try #require(pair[.left].statistics.flaps == flaps, "seed \(seed)")
        }
        #expect(collisions > seeds * 9 / 10, "the runs are about collisions")
        // One side may be Established on the losing connection before the winner's OPEN reaches it; then both
        // connections fall, and jitter keeps the next attempts apart.
        #expect(flappedRuns <= seeds / 50)
    }
}
