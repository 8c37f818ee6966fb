// SPDX-License-Identifier: MIT-0
import Causes
import Foundation
import Measurement
import Testing
import WireFormat

/// Each contradiction is planted into a failover that is valid without it.
struct TrialContradictionTests {
    private static let session = PlantedTrial.session1

    /// A blackhole at 100 ms that BFD (50 ms x 3) finds: nothing is answered from 100 to 240 ms.
    ///
    /// `lastPacket` is when the route server had heard the first session last, in microseconds.
    private func blackhole(lastPacket: Int64 = 88_000, gap: Double = 45, silent: Range<UInt64> = 100..<240)
        -> PlantedTrial
    {
        var planted = PlantedTrial()
        planted.fault = .blackhole
        planted.timers = SessionTimers(
            holdTime: Milliseconds(90_000), keepaliveInterval: Milliseconds(30_000), bfdInterval: Milliseconds(50),
            bfdMultiplier: 3)
        planted.plant(0..<100, answeredWith: PlantedTrial.activeTTL)
        planted.plant(silent, answeredWith: nil)
        planted.plant(240..<400, answeredWith: PlantedTrial.standbyTTL)
        planted.plantEnd()
        planted.stamp(.faultInjecting, 99_900)
        planted.stamp(.faultInjected, 99_950)
        for (session, last, down) in [
            (PlantedTrial.session1, lastPacket, Int64(238_080)), (PlantedTrial.session2, Int64(89_000), 239_050),
        ] {
            planted.stamp(
                .bfdDown, down, node: "rs", cause: .bfd(.controlDetectionTimeExpired), session: session)
            planted.events[planted.events.count - 1].heard = LastHeard(
                at: PlantedTrial.at(last),
                gaps: [Milliseconds(41), Milliseconds(session == Self.session ? gap : 40), Milliseconds(39)],
                interval: Milliseconds(50), timer: Milliseconds(150))
            planted.stamp(
                .sessionDown, down + 20, node: "rs",
                cause: .session(.bfdDown(.controlDetectionTimeExpired)), session: session)
        }
        planted.stamp(.bestPathChanged, 239_080, node: "rs", nextHop: PlantedTrial.standbyNextHop)
        write(.tableWritten, 239_200, by: 77, in: &planted)
        write(.tableChanged, 239_210, by: 77, in: &planted)
        return planted
    }

    private func write(_ kind: TraceEvent.Kind, _ at: Int64, by writer: UInt32, in planted: inout PlantedTrial) {
        planted.stamp(
            kind, at, node: kind == .tableWritten ? "rs" : "vpc", nextHop: PlantedTrial.standbyNextHop, table: "rt")
        planted.events[planted.events.count - 1].writer = writer
    }

    private func reasons(_ planted: PlantedTrial) throws -> [Validity.Reason] {
        try planted.trial().validity.reasons
    }

    @Test func `an undisturbed failover is valid, and its detection is predicted`() throws {
        let trial = try blackhole().trial()
        #expect(trial.validity.reasons == [])
        let first = try #require(trial.evidence.first)
        #expect(first.detector == .bfd)
        #expect(first.ageAtFault == Milliseconds(11.9))
        #expect(first.longestGap == Milliseconds(45))
        #expect(first.predicted == Milliseconds(138.1))
        #expect(first.residual == Milliseconds(0.08))
    }

    @Test func `a peer that was silent for longer than agreed is named, whether in a gap or at the fault`() throws {
        let late = try reasons(blackhole(gap: 85))
        #expect(late.map(\.doubt) == [.peerLate])
        #expect(late.first?.session == Self.session)
        #expect(late.first?.time == Milliseconds(85))
        // At the fault nothing had been heard for 84.9 ms; the timer of that last packet then explains the detection.
        var early = blackhole(lastPacket: 15_000)
        early.events[2].at = PlantedTrial.at(165_050)
        early.events[3].at = PlantedTrial.at(165_070)
        #expect(try reasons(early).map(\.doubt) == [.peerLate])
        // Jitter only shortens an interval, but a scheduler may add some milliseconds.
        #expect(try reasons(blackhole(gap: 54.9)).isEmpty)
    }

    @Test func `a timer that expires at another time than the last packet says is named`() throws {
        let unexplained = try reasons(blackhole(lastPacket: 80_000))
        #expect(unexplained.map(\.doubt) == [.detectionUnexplained])
        #expect(unexplained.first?.allowedTime == Milliseconds(130.1))
    }

    @Test func `a hold timer is judged by the last message of BGP`() throws {
        var planted = blackhole()
        planted.events.removeAll { $0.kind == .bfdDown }
        for index in planted.events.indices where planted.events[index].kind == .sessionDown {
            planted.events[index].cause = .session(.holdTimerExpired)
            planted.events[index].heard = LastHeard(
                at: planted.events[index].at + .milliseconds(-3000), gaps: [], interval: nil, timer: Milliseconds(3000))
        }
        planted.timers = SessionTimers(holdTime: Milliseconds(3000), keepaliveInterval: Milliseconds(1000))
        let trial = try planted.trial()
        #expect(trial.evidence.map(\.detector) == [.holdTimer, .holdTimer])
        // The KEEPALIVE before came almost three seconds earlier, though one a second is agreed.
        #expect(trial.validity.reasons.map(\.doubt) == [.peerLate, .peerLate])
    }

    @Test func `the active instance cannot answer what a fault keeps from it`() throws {
        var planted = blackhole(silent: 100..<200)
        planted.plant(200..<203, answeredWith: PlantedTrial.activeTTL)
        planted.plant(203..<240, answeredWith: nil)
        let reasons = try reasons(planted)
        #expect(reasons.map(\.doubt) == [.severalPeriods, .activeAnswered])
        #expect(reasons.last?.count == 3)
        #expect(reasons.last?.sinceFault == Milliseconds(100.1))
    }

    @Test func `a standby that loses the traffic again is named, though nothing is lost`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: PlantedTrial.activeTTL)
        planted.plant(100...100, answeredWith: nil)
        planted.plant(101..<150, answeredWith: PlantedTrial.standbyTTL)
        planted.plant(150..<153, answeredWith: PlantedTrial.activeTTL)
        planted.plant(153...200, answeredWith: PlantedTrial.standbyTTL)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        let reasons = try reasons(planted)
        #expect(reasons.map(\.doubt) == [.standbyLost])
        #expect(reasons.first?.count == 3)
    }

    @Test func `a second responder is named`() throws {
        var planted = blackhole()
        for sequence in 300..<310 as Range<UInt64> {
            planted.ledger.record(
                .received(
                    sequence: sequence, at: PlantedTrial.at(Int64(sequence) * 1000 + 70),
                    timeToLive: PlantedTrial.standbyTTL))
        }
        let reasons = try reasons(planted)
        #expect(reasons.map(\.doubt) == [.duplicates])
        #expect(reasons.first?.count == 10)
    }

    @Test func `ghost replies with the standby's TTL come before a route leads there`() throws {
        var planted = blackhole(silent: 100..<180)
        planted.plant(180..<190, answeredWith: PlantedTrial.standbyTTL)
        planted.plant(190..<240, answeredWith: nil)
        let doubts = try reasons(planted).map(\.doubt)
        #expect(doubts.contains(.outOfOrder))
        #expect(doubts.contains(.lossAfter))
    }

    @Test func `a route that changes before anything was detected, or by another process, is named`() throws {
        var early = blackhole()
        early.events.removeAll { $0.kind == .tableChanged }
        write(.tableChanged, 120_000, by: 4711, in: &early)
        let reasons = try reasons(early)
        #expect(Set(reasons.map(\.doubt)) == [.outOfOrder, .foreignRoute])
        let foreign = try #require(reasons.first { $0.doubt == .foreignRoute })
        #expect(foreign.table == "rt")
        #expect(foreign.sinceFault == Milliseconds(20.1))
        // What the kernel itself removes is no hand.
        var kernel = blackhole()
        write(.tableChanged, 239_300, by: 0, in: &kernel)
        #expect(try self.reasons(kernel) == [])
    }

    @Test func `a fault that is gone, or lets a session come back, before it is taken back is named`() throws {
        var back = blackhole()
        back.stamp(.sessionEstablished, 300_000, node: "rs", session: Self.session)
        #expect(try reasons(back).map(\.doubt) == [.faultHealed])
        back.stamp(.restoring, 296_000)
        #expect(try reasons(back) == [])
        var gone = blackhole()
        gone.foundGoneAt = PlantedTrial.at(390_000)
        #expect(try reasons(gone).map(\.doubt) == [.faultHealed])
    }

    @Test func `an outage that does not span the standby's first answer is named`() throws {
        var planted = blackhole(silent: 100..<150)
        planted.plant(150..<240, answeredWith: nil)
        #expect(try reasons(planted) == [])
        var short = PlantedTrial()
        short = blackhole(silent: 100..<104)
        short.plant(104..<240, answeredWith: 250)
        let doubts = Set(try reasons(short).map(\.doubt))
        #expect(doubts.isSuperset(of: [.outsideBracket, .unknownResponder]))
    }

    @Test func `every doubt survives JSON`() throws {
        var reason = Validity.Reason(.outOfOrder) {
            $0.step = .tableChanged
            $0.cause = .detected
            $0.time = Milliseconds(9)
            $0.session = Self.session
            $0.timesToLive = [61]
        }
        for doubt in Validity.Doubt.allCases {
            reason.doubt = doubt
            let trial = try blackhole().trial()
            var doubted = trial
            doubted.validity.reasons = [reason]
            let decoded = try JSONDecoder().decode(Trial.self, from: JSONEncoder().encode(doubted))
            #expect(decoded == doubted)
        }
    }
}
