// SPDX-License-Identifier: MIT-0
import Foundation
import LabHost
import Measurement
import TestSupport
import Testing

extension InteropTests {
    /// What a run leaves behind to doubt it, or to repeat it.
    @Suite(.timeLimit(.minutes(3)))
    struct RepetitionTests {
        private func folder() throws -> URL {
            let folder = FileManager.default.temporaryDirectory.appending(path: "rslab-repeat-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return folder
        }

        private func measure(_ words: [String]) throws -> RSLabCommand.Result {
            let result = try RSLabCommand.run(["failover", "--json"] + words)
            // 3: a machine that was busy with other things.
            try #require([0, 3].contains(result.status), "\(words): \(result.standardError)")
            return result
        }

        @Test func `a run that is repeated from its JSON has the same template, settings, faults and phases`() throws {
            let folder = try folder()
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            let template = folder.appending(path: "mine.yaml")
            let text = try Fixture.text("templates/floating-ip.yaml")
            try Data(text.utf8).write(to: template)
            let result = try measure([
                "--measure", template.path(), "--fault", "blackhole", "--bfd", "20msx3", "--hold", "9", "--trials",
                "2", "--validation", "200ms",
            ])
            let original = try result.decode(Run.self)
            let file = folder.appending(path: "run.json")
            try Data(result.standardOutput.utf8).write(to: file)
            // It is in the result, so that the file may go.
            try FileManager.default.removeItem(at: template)
            let provenance = try #require(original.environment.provenance)
            #expect(provenance.template?.text == text)
            #expect(provenance.template?.digest == RunProvenance.digest(Array(text.utf8)))
            #expect(provenance.configurations?.contains { $0.file == "gobgpd.conf" && !$0.text.isEmpty } == true)
            #expect(!provenance.isOfRunningLab && provenance.repeats == nil)
            #expect(original.environment.hardware?.kernelParameters["kernel.sched_rt_runtime_us"] != nil)

            let again = try measure(["--repeat", file.path()]).decode(Run.self)
            #expect(again.seed == original.seed)
            #expect(again.environment.provenance?.repeats == file.path())
            #expect(again.environment.provenance?.template == provenance.template)
            #expect(again.environment.provenance?.command == provenance.command)
            #expect(again.settings?.timers == original.settings?.timers)
            #expect(again.trials.map(\.sequence) == original.trials.map(\.sequence))
            try #require(again.trials.count == original.trials.count)
            for (trial, old) in zip(again.trials, original.trials) {
                let (phase, oldPhase) = (try #require(trial.phase), try #require(old.phase))
                #expect(phase.range == oldPhase.range && phase.drawn < phase.range)
                #expect(abs((phase.drawn - oldPhase.drawn).value) < 0.1)
                // What rslab does between the drawn instant and the fault takes it some milliseconds.
                for phase in [phase, oldPhase] { #expect(phase.measured >= phase.baseline + phase.drawn) }
            }
        }

        @Test func `every probe of every trial is in the samples, as the trial counted it`() throws {
            let folder = try folder()
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            let file = folder.appending(path: "samples.csv")
            let run = try measure([
                "--measure", "--trials", "2", "--validation", "200ms", "--samples-out", file.path(),
            ]).decode(Run.self)
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let names = lines[0].split(separator: ",").map(String.init)
            let rows = lines.dropFirst().map { line in
                Dictionary(
                    zip(names, line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)),
                    uniquingKeysWith: { first, _ in first })
            }
            for trial in run.trials {
                let own = rows.filter { $0["trial"] == "\(trial.number)" }
                #expect(own.count == trial.counts.sent)
                #expect(own.count { $0["fate"] == "answered" } == trial.counts.answered)
                #expect(own.count { ["lost", "late"].contains($0["fate"]) } == trial.counts.lost)
                let answered = own.filter { $0["fate"] == "answered" }
                let known = Set([trial.subject.active, trial.subject.standby])
                #expect(answered.allSatisfy { known.contains($0["answered_by"] ?? "") })
                for row in answered.prefix(3) {
                    let sent = try #require(row["sent_ns"].flatMap { Int64($0) })
                    let received = try #require(row["received_ns"].flatMap { Int64($0) })
                    let roundTrip = try #require(row["round_trip_us"].flatMap { Double($0) })
                    #expect(abs(Double(received - sent) / 1_000 - roundTrip) < 0.001)
                }
            }
        }

        @Test func `a sweep is repeated with the same order and phases`() throws {
            let folder = try folder()
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            let result = try measure([
                "--measure", "--fault", "terminate,kill", "--trials", "1", "--validation", "200ms", "--hold", "9",
            ])
            let original = try result.decode(Sweep.self)
            let file = folder.appending(path: "sweep.json")
            try Data(result.standardOutput.utf8).write(to: file)
            let again = try measure(["--repeat", file.path()]).decode(Sweep.self)
            #expect(again.seed == original.seed && again.order == original.order)
            #expect(again.combinations.map(\.settings) == original.combinations.map(\.settings))
            let phases = again.combinations.map { $0.run.trials.map(\.phase?.drawn) }
            #expect(phases == original.combinations.map { $0.run.trials.map(\.phase?.drawn) })
        }
    }
}
