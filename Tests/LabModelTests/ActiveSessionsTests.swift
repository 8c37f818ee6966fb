// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import LabModel
import Measurement
import RouteServer
import Testing
import WireFormat

/// The active instance's sessions, out of everything that a route server has.
@Suite struct ActiveSessionsTests {
    private func neighbor(
        _ peer: String, endpoint: String? = "rse", phase: Phase = .established, hold: UInt16? = 90
    ) throws -> NeighborSnapshot {
        let asn = ASN(65001)
        let routerID = IPv4Address(bits: 1)
        var statistics = SessionStatistics()
        statistics.negotiated = try hold.map {
            Negotiated(
                holdTimeSeconds: $0, keepaliveIntervalSeconds: $0 / 3, families: [.ipv4], fourOctetASN: true,
                peerRouterID: routerID, localAddress: try address("10.0.1.4"))
        }
        return NeighborSnapshot(
            configuration: SessionConfiguration(
                localASN: asn, peerASN: asn, routerID: routerID, peerAddress: try address(peer)),
            phase: phase, statistics: statistics, upDownTime: nil, endpoint: endpoint)
    }

    /// A session's view of a conversation, up at these intervals or not yet.
    private func bfd(_ peer: String, milliseconds interval: UInt32, multiplier: UInt8, isUp: Bool = true) throws
        -> BFDSessionSnapshot
    {
        func session(_ number: UInt32, multiplier: UInt8) throws -> BFDSession {
            BFDSession(
                configuration: BFDSessionConfiguration(
                    desiredMinTxInterval: .milliseconds(interval), requiredMinRxInterval: .milliseconds(interval),
                    detectMult: multiplier),
                localDiscr: try #require(Discriminator(number)), seed: UInt64(number), at: .zero)
        }
        var (near, far) = (try session(1, multiplier: 5), try session(2, multiplier: multiplier))
        for step in 0..<(isUp ? 1_000 : 0) {
            let now = Instant.zero + .milliseconds(Int64(step) * 10)
            near.handle(.timeReached, at: now)
            far.handle(.timeReached, at: now)
            while let output = near.nextOutput() {
                if case .transmit(let packet) = output { far.handle(.packet(packet), at: now) }
            }
            while let output = far.nextOutput() {
                if case .transmit(let packet) = output { near.handle(.packet(packet), at: now) }
            }
        }
        return BFDSessionSnapshot(near, peerAddress: try address(peer), endpoint: "rse")
    }

    private func sessions(_ neighbors: [NeighborSnapshot], bfd: [BFDSessionSnapshot] = []) throws -> ActiveSessions {
        ActiveSessions(
            at: [try address("10.0.1.203"), try address("10.0.1.204")], neighbors: neighbors, bfd: bfd)
    }

    @Test func `only Established sessions with the instance's addresses count`() throws {
        let sessions = try sessions([
            neighbor("10.0.1.203", endpoint: "rse1"), neighbor("10.0.1.204", endpoint: nil),
            neighbor("10.0.1.203", endpoint: "rse2", phase: .active), neighbor("10.0.2.203", endpoint: "rse3"),
        ])
        #expect(sessions.names.map(\.endpoint) == ["rse1", ""])
        let peers = [try address("10.0.1.203"), try address("10.0.1.204")]
        #expect(sessions.names.map(\.peer) == peers)
    }

    @Test func `timers are the negotiated ones, not the proposed ones`() throws {
        let timers = try sessions([neighbor("10.0.1.203", hold: nil), neighbor("10.0.1.204", hold: 30)])
            .timers(delays: .none, sender: .rslab)
        #expect(timers.holdTime == Milliseconds(30_000) && timers.keepaliveInterval == Milliseconds(10_000))
        #expect(timers.bfdInterval == nil && timers.bfdMultiplier == nil)
        #expect(timers.programmingDelay == nil && timers.failBackDelay == nil)
    }

    @Test func `a hold time of 0 is no timer that expires at once`() throws {
        let timers = try sessions([neighbor("10.0.1.203", hold: 0)]).timers(delays: .none, sender: .rslab)
        #expect(timers.holdTime == nil && timers.keepaliveInterval == nil)
    }

    @Test func `of several BFD sessions that are up, the slowest decides`() throws {
        let timers = try sessions(
            [neighbor("10.0.1.203")],
            bfd: [
                bfd("10.0.1.203", milliseconds: 50, multiplier: 3), bfd("10.0.1.204", milliseconds: 100, multiplier: 4),
                bfd("10.0.1.204", milliseconds: 300, multiplier: 3, isUp: false),
                bfd("10.0.2.203", milliseconds: 300, multiplier: 3),
            ]
        ).timers(delays: .none, sender: .rslab)
        #expect(timers.bfdInterval == Milliseconds(100) && timers.bfdMultiplier == 4)
        #expect(timers.bfdReverseInterval == Milliseconds(100) && timers.bfdReverseMultiplier == 5)
    }

    @Test func `the route server's deliberate delays belong to the timers`() throws {
        var delays = ProgrammingDelays.none
        delays.ribToTable = .seconds(2)
        delays.failback = .seconds(20)
        let timers = try sessions([neighbor("10.0.1.203")]).timers(delays: delays, sender: .daemon)
        #expect(timers.programmingDelay == Milliseconds(2_000) && timers.failBackDelay == Milliseconds(20_000))
    }

    @Test func `sessions with the same timers are alike, and the sender is the speaker`() throws {
        let both = [try neighbor("10.0.1.203"), try neighbor("10.0.1.204")]
        let fast = try bfd("10.0.1.203", milliseconds: 50, multiplier: 3)
        let slow = try bfd("10.0.1.204", milliseconds: 100, multiplier: 3)
        let alike = [fast, try bfd("10.0.1.204", milliseconds: 50, multiplier: 3)]
        #expect(try sessions(both).timers(delays: .none, sender: .rslab).sessionsDiffer == nil)
        #expect(try sessions(both, bfd: alike).timers(delays: .none, sender: .rslab).sessionsDiffer == nil)
        #expect(try sessions(both, bfd: alike).timers(delays: .none, sender: .daemon).sender == .daemon)
        // Another hold time, other intervals, or BFD on one of them only.
        for (neighbors, bfd) in [
            ([both[0], try neighbor("10.0.1.204", hold: 30)], []), (both, [fast, slow]), (both, [fast]),
        ] {
            #expect(try sessions(neighbors, bfd: bfd).timers(delays: .none, sender: .rslab).sessionsDiffer == true)
        }
    }
}
