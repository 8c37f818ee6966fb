// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import WireFormat

extension Scenario {
    /// The standby dies while the traffic is on its way to it, and the first fault is taken back at the end.
    static let sequence = Scenario(name: "trial-sequence") { .trial(try doubleFault(number: 1, standbyDown: 2_131)) }

    static let sequenceRun = Scenario(name: "run-of-sequences") {
        var run = Self.run(
            try [2_131, 2_090, 2_204].enumerated().map {
                try doubleFault(number: $0.offset + 1, standbyDown: UInt64($0.element))
            })
        run.budgets = [Budget(limit: Milliseconds(2_500)), Budget(statistic: .median, limit: Milliseconds(2_000))]
            .map { $0.judge(run.trials) }
        return .run(run)
    }

    /// The same script over two hold times.
    static let sequenceSweep = Scenario(name: "sweep-of-sequences") {
        let combinations = try [3, 9].map { hold in
            Sweep.Combination(
                settings: .init(script: "double-fault.yaml", speaker: "builtin", hold: hold),
                run: run([try doubleFault(number: 1, standbyDown: 2_000 + UInt64(hold))]))
        }
        return .sweep(
            Sweep(
                seed: 7, environment: combinations[0].run.environment, combinations: combinations, order: [[1, 0]],
                ended: RunEnd(.completed, maximum: 2)))
    }

    /// `standbyDown` is for how many milliseconds from the first fault on nothing serves.
    private static func doubleFault(number: Int, standbyDown: UInt64) throws -> Trial {
        let settings = TrialSettings(
            probing: ProbeSettings(sustainedValidation: brief),
            timers: SessionTimers(holdTime: Milliseconds(3_000), bfdInterval: Milliseconds(100), bfdMultiplier: 3))
        var recorder = Recorder(settings: settings.probing)
        recorder.probe(0..<1_000, answeredBy: Recorder.active)
        recorder.probe(1_000..<(1_000 + standbyDown), answeredBy: nil)
        recorder.probe((1_000 + standbyDown)..<6_000, answeredBy: Recorder.standby)
        recorder.probe(6_000..<6_004, answeredBy: nil)
        recorder.probe(6_004..<8_000, answeredBy: Recorder.active)
        recorder.end()
        let steps: [(planned: Double?, at: Int64, text: String)] = [
            (0, 999_700, "blackhole on instance-rs-az1"), (150, 1_149_700, "kill on instance-rs-az2"),
            (2_150, 3_149_750, "kill on instance-rs-az2 taken back"),
            (nil, 5_999_700, "blackhole on instance-rs-az1 taken back"),
        ]
        for (index, step) in steps.enumerated() {
            recorder.stamp(index < 2 ? .faultInjecting : .restoring, step.at)
            recorder.stamp(index < 2 ? .faultInjected : .restored, step.at + 180)
        }
        for (session, instant) in zip(Recorder.sessions, [1_287_000, 1_291_400] as [Int64]) {
            recorder.stamp(
                .sessionDown, instant, node: "rs", session: session,
                cause: .session(.bfdDown(.controlDetectionTimeExpired)))
        }
        recorder.stamp(
            .tableChanged, 999_700 + Int64(standbyDown) * 1_000, node: "vpc", to: Recorder.standbyAddress)
        recorder.stampFailBack(until: 6_004_000)
        var records = TrialRecords(ledger: recorder.ledger, events: recorder.events)
        records.steps = steps.map { step in
            PlayedStep(
                planned: step.planned.map(Milliseconds.init), text: step.text,
                instants: EventInstants(before: recorder.at(step.at), after: recorder.at(step.at + 180)))
        }
        records.asBefore = recorder.at(7_200_000)
        records.foreignCPUShare = 0.021
        return try Trial(
            number: number, subject: recorder.subject(nil),
            sequence: FaultSequence(steps: [
                .init(at: .zero, fault: FaultRequest(.blackhole, target: "instance-rs-az1")),
                .init(
                    at: Milliseconds(150),
                    fault: FaultRequest(
                        .kill, target: "instance-rs-az2",
                        parameters: FaultParameters(duration: Milliseconds(2_000)))),
            ]), settings: settings, records: records)
    }
}
