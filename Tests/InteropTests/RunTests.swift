// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import Measurement
import TestSupport
import Testing

extension InteropTests {
    /// Runs of many trials, sweeps, and how either ends.
    @Suite(.timeLimit(.minutes(3)))
    struct RunTests {
        private func measure(_ lab: TestLab, _ arguments: String...) throws -> RSLabCommand.Result {
            let result = try lab.run("failover", ["--measure", "--validation", "200ms", "--json"] + arguments)
            // 3: a machine that was busy with other things.
            try #require([0, 3].contains(result.status), "\(arguments): \(result.standardError)")
            return result
        }

        @Test func `a sweep measures every combination once a round, each in a lab of its own settings`() throws {
            try TestLab.named("interop-sweep") { lab in
                let result = try measure(
                    lab, "--fault", "terminate,freeze", "--bfd", "50msx3,off", "--hold", "3", "--trials", "2", "--seed",
                    "11")
                let sweep = try result.decode(Sweep.self)
                #expect(
                    sweep.combinations.map(\.settings) == [
                        .init(fault: .terminate, speaker: "builtin", bfd: "50msx3", hold: 3),
                        .init(fault: .freeze, speaker: "builtin", bfd: "50msx3", hold: 3),
                        .init(fault: .terminate, speaker: "builtin", bfd: "off", hold: 3),
                        .init(fault: .freeze, speaker: "builtin", bfd: "off", hold: 3),
                    ])
                var order = SweepOrder(seed: 11, combinationCount: 4)
                #expect(sweep.order == [order.nextRound(), order.nextRound()])
                #expect(sweep.ended.reason == .completed)
                for (combination, seed) in zip(sweep.combinations, order.combinationSeeds) {
                    let run = combination.run
                    #expect(run.seed == seed)
                    #expect(run.ended == RunEnd(.completed, maximum: 2))
                    #expect(run.trials.map(\.number) == [1, 2])
                    #expect(run.trials.allSatisfy { $0.subject.fault == combination.settings.fault })
                    let interval = combination.settings.bfd == "off" ? nil : Milliseconds(50)
                    #expect(run.settings?.timers.bfdInterval == interval)
                    #expect(run.settings?.timers.holdTime == Milliseconds(3000))
                }
                #expect(lab.remains.isEmpty)
            }
        }

        @Test(.measures) func `a run ends when it has reached its precision`() throws {
            try TestLab.with("interop-until", up: "--hold", "3") { lab in
                // A killed instance is detected within moments: on any machine known to within 10 s.
                let until = try measure(lab, "--until", "detection.median within 10s", "--trials", "12")
                    .decode(Run.self)
                if until.validTrials.count >= 6 {
                    #expect(until.ended == RunEnd(.targetReached, maximum: 12))
                    #expect(until.validTrials.count == 6)
                    #expect(until.trials.last?.validity.isValid == true)
                    #expect(until.precision?.isReached == true)
                } else {
                    #expect(until.ended == RunEnd(.maximumReached, maximum: 12))
                }

                // Interrupted midway: the finished trials are one JSON object, and the lab is as before.
                let partial = try interrupted(SIGINT, lab)
                #expect(partial.ended?.reason == .interrupted)
                #expect(partial.ended?.maximum == 1000)
                #expect((1..<1000).contains(partial.trials.count))
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.fault == nil)
                #expect(status.sessions_established == status.sessions)
                // The way a CI job that takes too long is ended.
                #expect(try interrupted(SIGTERM, lab).ended?.reason == .interrupted)
            }
        }

        /// A long run that gets a signal during its second trial or a later one.
        private func interrupted(_ signal: Int32, _ lab: TestLab) throws -> Run {
            let output = Pipe()
            let process = try RSLabCommand.start(
                [
                    "failover", "--name", lab.name, "--measure", "--fault", "terminate", "--validation", "500ms",
                    "--trials", "1000", "--json",
                ], output: output.fileHandleForWriting)
            defer {
                if process.isRunning { process.terminate() }
                process.waitUntilExit()
            }
            try output.fileHandleForWriting.close()
            try eventually("the first fault") { try lab.json(StatusOutput.self, "status").fault != nil }
            try eventually("its end") { try lab.json(StatusOutput.self, "status").fault == nil }
            try eventually("another fault") { try lab.json(StatusOutput.self, "status").fault != nil }
            kill(process.processIdentifier, signal)
            // To its end: the lab is restored first.
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 130)
            return try JSONDecoder().decode(Run.self, from: text)
        }

        @Test func `what cannot be measured is refused before anything is built`() throws {
            try TestLab.named("interop-refused") { lab in
                for (words, status, problem) in [
                    (["--fault", "kill,withdraw", "--speaker", "builtin,bird"], 64, "not for --speaker bird"),
                    (["--until", "p95 within 10 %", "--trials", "20"], 64, "takes 59 trials and more"),
                    (["--fault", "kill,klil"], 64, "klil"), (["--bfd", "300ms..10ms"], 64, "300ms..10ms"),
                ] {
                    let result = try lab.run("failover", ["--measure"] + words)
                    #expect(result.status == status, "\(words)")
                    #expect(result.standardError.contains(problem), "\(words): \(result.standardError)")
                }
                #expect(lab.remains.isEmpty)
            }
        }
    }
}
