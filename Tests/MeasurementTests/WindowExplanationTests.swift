// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import Testing
import WireFormat

/// Trials outside their windows, each for a planted reason.
struct WindowExplanationTests {
    private static let expired = SessionEnd.bfdDown(.controlDetectionTimeExpired)

    /// A blackhole at 99.7 ms with BFD 50 ms x 3 and a hold time of 90 s.
    ///
    /// The sessions are down and the standby answers at these microseconds after it.
    private func blackhole(
        detected: [Int64], cause: SessionEnd = expired, bestPathAfter: Int64 = 50, servedAfter: Int64 = 1_000
    ) -> PlantedTrial {
        let start: Int64 = 99_700
        var planted = PlantedTrial()
        planted.fault = .blackhole
        planted.timers = SessionTimers(
            holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(50), bfdMultiplier: 3)
        let path = start + (detected.max() ?? 0) + bestPathAfter
        let served = UInt64((path + servedAfter) / 1_000)
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<served, answeredWith: nil)
        planted.plant(served...(served + 100), answeredWith: 62)
        planted.plantEnd()
        planted.stamp(.faultInjecting, start)
        planted.stamp(.faultInjected, start + 100)
        for (session, after) in zip([PlantedTrial.session1, PlantedTrial.session2], detected) {
            planted.stamp(.sessionDown, start + after, node: "rs", cause: .session(cause), session: session)
        }
        planted.stamp(.bestPathChanged, path, node: "rs", nextHop: PlantedTrial.standbyNextHop)
        planted.stamp(.tableWritten, path + 100, node: "rs", nextHop: PlantedTrial.standbyNextHop, table: "rt")
        planted.stamp(.tableChanged, path + 120, node: "vpc", nextHop: PlantedTrial.standbyNextHop, table: "rt")
        return planted
    }

    @Test func `a value inside its window needs no explanation`() throws {
        let trial = try blackhole(detected: [110_000, 140_000]).trial()
        #expect(trial.expectedDetection.verdict == .inside)
        #expect(trial.expectedOutage.verdict == .inside)
        #expect(trial.expectedDetection.explanations == nil)
        #expect(trial.expectedOutage.explanations == nil)
    }

    @Test func `a detection timer that was served late`() throws {
        let machine = MachineConditions(timerLateness: ["rs": Milliseconds(3.94), "az2": Milliseconds(9)])
        let trial = try blackhole(detected: [110_000, 174_100]).trial(machine: machine)
        #expect(trial.expectedDetection.verdict == .tooLong)
        #expect(
            trial.expectedDetection.explanations == [
                .spread(
                    first: "rse-1 - 10.0.0.10", Milliseconds(110), last: "rse-2 - 10.0.0.10", Milliseconds(174.1)),
                .latePacketOrTimer(Milliseconds(24.1)), .lateTimer(node: "rs", Milliseconds(3.94)),
            ])
        #expect(trial.expectedDetection.outsideBy == Milliseconds(4.1))
        #expect(trial.expectedOutage.explanations?.contains(.detection(.tooLong)) == true)
    }

    @Test func `a timer that was late for long enough needs no other packet`() throws {
        let machine = MachineConditions(timerLateness: ["rs": Milliseconds(24.1)])
        let trial = try blackhole(detected: [174_100, 174_100]).trial(machine: machine)
        #expect(
            trial.expectedDetection.explanations == [.lateTimer(node: "rs", Milliseconds(24.1))])
    }

    @Test func `a fault that took long to be put in place`() throws {
        var planted = blackhole(detected: [180_000, 180_000])
        planted.events.removeAll { $0.kind == .faultInjected }
        planted.stamp(.faultInjected, 99_700 + 31_000)
        let detection = try planted.trial().expectedDetection
        #expect(detection.outsideBy == Milliseconds(10))
        #expect(detection.explanations == [.packetsUntilInPlace(Milliseconds(31))])
    }

    @Test func `BFD that did not find it`() throws {
        let trial = try blackhole(detected: [900_000, 900_000], cause: .holdTimerExpired).trial(foreignCPUShare: 0.5)
        #expect(
            trial.expectedDetection.explanations == [
                .notByBFD(.event(.session(.holdTimerExpired))), .busyMachine(foreignCPU: 0.5, steal: nil),
            ])
    }

    @Test func `a last control packet that was older than the interval allows`() throws {
        let trial = try blackhole(detected: [60_000, 70_000]).trial()
        #expect(trial.expectedDetection.verdict == .tooShort)
        #expect(
            trial.expectedDetection.explanations == [.earlyPacket(Milliseconds(80), interval: Milliseconds(50))])
        #expect(trial.expectedDetection.outsideBy == Milliseconds(10))
        #expect(trial.expectedOutage.explanations == [.detection(.tooShort)])
        #expect(trial.expectedOutage.outsideBy == Milliseconds(9))
    }

    @Test func `a hold timer that had run for too long when the fault came`() throws {
        var planted = blackhole(detected: [500, 500], cause: .holdTimerExpired)
        planted.timers = SessionTimers(holdTime: Milliseconds(3_000), keepaliveInterval: Milliseconds(1_000))
        planted.events.removeAll { $0.kind == .sessionDown }
        for session in [PlantedTrial.session1, PlantedTrial.session2] {
            planted.stamp(
                .sessionDown, 99_700 + 1_800_000, node: "rs", cause: .session(.holdTimerExpired), session: session)
        }
        #expect(
            try planted.trial().expectedDetection.explanations
                == [.earlyMessage(Milliseconds(1_200), interval: Milliseconds(1_000))])
    }

    @Test func `time that passed behind a detection that was inside`() throws {
        let trial = try blackhole(detected: [110_000, 130_000], bestPathAfter: 71_000).trial()
        #expect(trial.expectedDetection.verdict == .inside)
        #expect(trial.expectedOutage.verdict == .tooLong)
        #expect(
            trial.expectedOutage.explanations
                == [.detection(.inside), .gap(from: .detected, to: .bestPath, Milliseconds(71))])
        #expect(trial.expectedOutage.outsideBy == Milliseconds(30))
    }

    @Test func `an instance that went on answering`() throws {
        var planted = blackhole(detected: [110_000, 145_000])
        planted.ledger = ProbeLedger(settings: planted.settings, instances: PlantedTrial.instances)
        planted.plant(0..<180, answeredWith: 61)
        planted.plant(180..<246, answeredWith: nil)
        planted.plant(246..<400, answeredWith: 62)
        planted.plantEnd()
        let trial = try planted.trial()
        #expect(trial.expectedOutage.verdict == .tooShort)
        #expect(
            trial.expectedOutage.explanations == [.answeredUntil(Milliseconds(80.3))])
        #expect(trial.expectedOutage.outsideBy == Milliseconds(13))
    }

    @Test func `a standby that never answered`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<200, answeredWith: nil)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        #expect(
            try planted.trial().expectedOutage.explanations
                == [.detection(.inside), .neverAnswered(instance: "az2")])
    }

    @Test func `without a stamp it says so`() throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.kind == .sessionDown || $0.kind == .faultInjected }
        for session in [PlantedTrial.session1, PlantedTrial.session2] {
            planted.stamp(
                .sessionDown, 99_700 + 25_000, node: "rs", cause: .session(.closedByPeer(.fin)), session: session)
        }
        let detection = try planted.trial().expectedDetection
        #expect(detection.outsideBy == Milliseconds(5) && detection.explanations == [])
    }
}
