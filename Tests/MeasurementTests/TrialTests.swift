// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Testing
import WireFormat

struct TrialTests {
    private func doubts(_ planted: PlantedTrial, foreignCPUShare: Double? = nil) throws -> [Validity.Doubt] {
        try planted.trial(foreignCPUShare: foreignCPUShare).validity.reasons.map(\.doubt)
    }

    @Test func `a clean trial is valid`() throws {
        let trial = try PlantedTrial.oneLost.trial(foreignCPUShare: 0.1)
        #expect(trial.validity.isValid)
        #expect(trial.convergence?.time == Milliseconds(1.35))
        #expect(trial.convergence?.eventUncertainty == Milliseconds(0.1))
        #expect(trial.servedBefore == "az1")
        #expect(trial.servedAfter == "az2")
        #expect(trial.expectedDetection.verdict == .inside)
        #expect(trial.expectedOutage.verdict == .inside)
        #expect(trial.failBack == nil)
    }

    @Test func `convergence is not 0 because nothing was lost`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<102, answeredWith: 61)
        planted.plant(102..<200, answeredWith: 62)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        let trial = try planted.trial()
        #expect(trial.outage.lostCount == 0)
        #expect(trial.convergence?.time == Milliseconds(2.35))
        #expect(trial.validity.isValid)
    }

    @Test(arguments: [FaultName.endpointDown, .grey, .soak])
    func `a fault that moves nothing is valid without convergence, and not with it`(fault: FaultName) throws {
        var planted = PlantedTrial()
        planted.fault = fault
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<200, answeredWith: fault == .grey ? nil : 61)
        planted.plantEnd()
        planted.stamp(.faultInjecting, 99_700)
        planted.stamp(.faultInjected, 99_800)
        let stayed = try planted.trial()
        #expect(stayed.validity.isValid, "\(stayed.validity.reasons)")
        #expect(stayed.convergence == nil)

        var moved = PlantedTrial.oneLost
        moved.fault = fault
        #expect(try doubts(moved).contains(.moved))
    }

    @Test func `an UPDATE is detected in the wake-up that finds another best path`() throws {
        var planted = PlantedTrial()
        planted.fault = .withdraw
        planted.plant(0..<102, answeredWith: 61)
        planted.plant(102..<200, answeredWith: 62)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        planted.events.removeAll { $0.kind == .sessionDown }
        let trial = try planted.trial()
        #expect(trial.validity.isValid)
        #expect(trial.timeline.detection == Milliseconds(0.45))
        #expect(trial.timeline.anomalies.isEmpty)
    }

    @Test func `steal, late wake-ups and a coarse clock make a trial doubtful`() throws {
        func doubts(_ machine: MachineConditions) throws -> [Validity.Doubt] {
            try PlantedTrial.oneLost.trial(machine: machine).validity.reasons.map(\.doubt)
        }
        let late = Milliseconds(5)
        #expect(try doubts(.init(stealShare: 0.05, timerLateness: ["rs": late], clockSource: "tsc")) == [])
        #expect(try doubts(.init(stealShare: 0.051)) == [.steal])
        #expect(try doubts(.init(timerLateness: ["rs": late + Milliseconds(0.1), "az2": late])) == [.timerLate])
        #expect(try doubts(.init(loopLateness: ["vpc": late, "rs": late + Milliseconds(0.1)])) == [.timerLate])
        #expect(try doubts(.init(clockSource: "hpet")) == [.coarseClock])
        let reason = try PlantedTrial.oneLost.trial(machine: .init(clockSource: "hpet")).validity.reasons.first
        #expect(reason?.clockSource == "hpet")
    }

    @Test func `without a stamped fault there is no trial`() {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.kind == .faultInjecting }
        #expect(throws: TrialError.faultNotStamped) { try planted.trial() }
    }

    @Test func `loss before the fault makes a trial invalid`() throws {
        var planted = PlantedTrial.oneLost
        planted.ledger = ProbeLedger(settings: planted.settings, instances: PlantedTrial.instances)
        planted.plant(0..<50, answeredWith: 61)
        planted.plant(50..<52, answeredWith: nil)
        planted.plant(52..<100, answeredWith: 61)
        planted.plant(101..<200, answeredWith: 62)
        planted.plantEnd()
        #expect(try doubts(planted) == [.lossBefore])
        #expect(try planted.trial().validity.reasons.first?.count == 2)
    }

    @Test func `loss after convergence makes a trial invalid`() throws {
        var planted = PlantedTrial.oneLost
        planted.plant(201..<202, answeredWith: nil)
        planted.plant(202..<260, answeredWith: 62)
        #expect(try doubts(planted) == [])  // beyond the 50 ms that are to be validated
        planted.settings.sustainedValidation = Milliseconds(150)
        #expect(try doubts(planted) == [.lossAfter])
    }

    @Test func `a validation cut short makes a trial invalid`() throws {
        var planted = PlantedTrial.oneLost
        planted.settings.sustainedValidation = Milliseconds(98)
        #expect(try doubts(planted) == [])
        planted.settings.sustainedValidation = Milliseconds(101)
        #expect(try doubts(planted) == [.notValidated])
        planted.stamp(.restoring, 140_000)
        planted.settings.sustainedValidation = Milliseconds(50)
        #expect(try doubts(planted) == [.notValidated])
    }

    @Test func `a standby that never answers makes a trial invalid`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<200, answeredWith: nil)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        let trial = try planted.trial()
        #expect(trial.validity.reasons.map(\.doubt) == [.notConverged])
        #expect(trial.convergence == nil)
        #expect(trial.timeline[.served]?.isMissing == true)
        #expect(trial.expectedOutage.verdict == .tooLong)  // 99 ms at the least, and a kill allows 20
    }

    @Test func `only the active instance may answer before the fault`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 62)
        planted.plant(100..<200, answeredWith: 62)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        #expect(try Set(doubts(planted)) == [.activeSilent, .standbyEarly, .outOfOrder])
    }

    @Test func `replies of an unknown instance make a trial invalid`() throws {
        var planted = PlantedTrial.oneLost
        planted.ledger.record(.received(sequence: 150, at: PlantedTrial.at(150_090), timeToLive: 255))
        #expect(try doubts(planted) == [.unknownResponder, .duplicates])
    }

    @Test func `a late prober, a busy machine and a dead prober make a trial invalid`() throws {
        var planted = PlantedTrial.oneLost
        #expect(try doubts(planted, foreignCPUShare: 0.25) == [])
        #expect(try doubts(planted, foreignCPUShare: 0.26) == [.foreignCPU])
        planted.plantEnd(lateness: Milliseconds(5))
        #expect(try doubts(planted) == [])
        planted.plantEnd(lateness: Milliseconds(5.001))
        #expect(try doubts(planted) == [.proberLate])
        // The stamps themselves count too, whatever the prober reports.
        planted.plantEnd()
        planted.ledger.record(.transmitted(sequence: 10, at: PlantedTrial.at(16_000)))
        planted.ledger.record(.received(sequence: 10, at: PlantedTrial.at(16_050), timeToLive: 61))
        #expect(try doubts(planted) == [.duplicates, .proberLate])
        var dead = PlantedTrial()
        dead.plant(0..<100, answeredWith: 61)
        dead.plant(101...200, answeredWith: 62)
        dead.stampFailover(from: 99_700)
        #expect(try doubts(dead) == [.proberDied])
    }

    @Test func `fail-back has its own bracket, and its loss is not the fault's`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<103, answeredWith: nil)
        planted.plant(103..<300, answeredWith: 62)
        planted.plant(300..<305, answeredWith: nil)
        planted.plant(305..<400, answeredWith: 61)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        planted.stamp(.restoring, 299_800)
        planted.stamp(.restored, 300_200)
        let trial = try planted.trial()
        #expect(trial.validity.isValid)
        #expect(trial.outage.lostCount == 3)
        #expect(trial.counts.lost == 8)
        let failBack = try #require(trial.failBack)
        #expect(failBack.outage.lower == Milliseconds(4))
        #expect(failBack.outage.upper == Milliseconds(6))
        #expect(failBack.outage.lostBeforeCount == 0)
        #expect(failBack.convergence?.time == Milliseconds(5.25))
        #expect(failBack.restore.uncertainty == Milliseconds(0.4))
        #expect(trial.servedAfter == "az2")
    }

    @Test func `an instance that does not serve again has no fail-back`() throws {
        var planted = PlantedTrial.oneLost
        planted.stamp(.restoring, 160_000)
        let failBack = try #require(try planted.trial().failBack)
        #expect(failBack.convergence == nil)
        #expect(failBack.restore.after == nil)
        #expect(failBack.outage.lostCount == 0)
    }

    private func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test func `a trial survives JSON`() throws {
        var planted = PlantedTrial.oneLost
        planted.stamp(.restoring, 190_000)
        let trial = try planted.trial(foreignCPUShare: 0.125)
        let decoded = try JSONDecoder().decode(Trial.self, from: Data(try encode(trial).utf8))
        #expect(decoded == trial)
    }

    @Test func `a trial's keys are stable`() throws {
        let json = try encode(try PlantedTrial.oneLost.trial())
        for part in [
            #""schema":1"#, #""trial":1"#, #""fault":{"after_ns":99800000,"before_ns":99700000}"#,
            #""outage":{"event_to_first_loss_ms":0.3,"#, #""lower_ms":0"#, #""upper_ms":2"#, #""loss_derived_ms":1"#,
            #""pre_loss":0"#, #""post_loss":0"#, #""name":"best-path""#, #""since_fault_ms":0.45"#,
            #""time_ms":1.35"#, #""valid":true"#, #""verdict":"inside""#, #""max_prober_lateness_ms":5"#,
        ] {
            #expect(json.contains(part), "\(part) in \(json)")
        }
        #expect(!json.contains("null"))
    }

    @Test func `a run survives JSON and carries its summary`() throws {
        let trial = try PlantedTrial.oneLost.trial()
        var invalid = trial
        invalid.validity.reasons = [.init(.lossBefore)]
        let environment = RunEnvironment(
            kernel: "6.1", machine: "x86_64", cpuCount: 2, virtualization: "kvm", versions: ["rslab": "0.1"],
            clocks: .init(monotonic: Instant(nanoseconds: 5), realTime: 1_700_000_000_000_000_000))
        let run = Run(
            lab: "vpc-rs", seed: .max, environment: environment, settings: trial.settings,
            trials: Array(repeating: trial, count: 6) + [invalid])
        let json = try encode(run)
        #expect(json.contains(#""seed":"18446744073709551615""#))
        #expect(json.contains(#""trials":7,"valid":6"#))
        let decoded = try JSONDecoder().decode(Run.self, from: Data(json.utf8))
        #expect(decoded == run)
        #expect(decoded.summary.outage?.median == 1)
        #expect(decoded.summary.outageUpper?.maximum == 2)
        #expect(decoded.summary.outage?.medianInterval?.lowerRank == 1)
        #expect(decoded.validTrials.count == 6)
    }
}
