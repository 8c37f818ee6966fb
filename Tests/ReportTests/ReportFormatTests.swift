// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Report
import TestSupport
import Testing

/// Every format renders every run and sweep; a format of another project would stand beside these.
struct ReportFormatTests {
    private struct NoDocument: Error {}

    private func document(_ format: any ReportFormat.Type, of scenario: Scenario) throws -> String {
        let format = format.init(style: .plain, width: nil)
        return switch try scenario.result() {
        case .trial: throw NoDocument()
        case .run(let run): format.render(run)
        case .sweep(let sweep): format.render(sweep)
        }
    }

    @Test func `formats are found by their names`() {
        #expect(ReportFormats.names == ["text", "json"])
        #expect(ReportFormats.all.allSatisfy { format in ReportFormats.named(format.name) == format })
        #expect(ReportFormats.named("junit") == nil)
    }

    @Test(arguments: Scenario.runsAndSweeps)
    func `text is the report of the fixture, and nothing if nothing was measured`(scenario: Scenario) throws {
        let text = try document(TextFormat.self, of: scenario)
        if scenario.name == Scenario.noTrial.name {
            #expect(text.isEmpty)
        } else {
            #expect(text == (try Fixture.expected(scenario.name, actual: text)))
        }
    }

    @Test(arguments: Scenario.runsAndSweeps)
    func `JSON gives back what was measured`(scenario: Scenario) throws {
        let text = try document(JSONFormat.self, of: scenario)
        #expect(text.hasSuffix("}\n"))
        switch try scenario.result() {
        case .trial: throw NoDocument()
        case .run(let run): #expect(try JSONDecoder().decode(Run.self, from: Data(text.utf8)) == run)
        case .sweep(let sweep): #expect(try JSONDecoder().decode(Sweep.self, from: Data(text.utf8)) == sweep)
        }
    }

    @Test(.requiresJSONSchema, .waits) func `JSON conforms to the schemas of a trial, a run and a sweep`() throws {
        var cases: [JSONSchema.Case] = []
        // Of many trials that differ in their figures, some.
        func shortened(_ run: Run) -> Run {
            var run = run
            run.trials = Array(run.trials.prefix(TestLength.rounds(2, long: .max)))
            return run
        }
        let format = JSONFormat(style: .plain, width: nil)
        for scenario in Scenario.all {
            let (schema, output): (String, String)
            switch try scenario.result() {
            case .trial(let trial): (schema, output) = ("trial", JSONText.render(trial))
            case .run(let run): (schema, output) = ("run", format.render(shortened(run)))
            case .sweep(var sweep):
                for index in sweep.combinations.indices {
                    sweep.combinations[index].run = shortened(sweep.combinations[index].run)
                }
                (schema, output) = ("sweep", format.render(sweep))
            }
            cases.append(try .init(scenario.name, output, conformsTo: schema))
        }
        let (conforms, report) = try JSONSchema.validate(cases)
        #expect(conforms, "\(report)")
    }

    @Test(.requiresJSONSchema, .waits)
    func `a key that the schema of runs does not have is refused, however deep it is`()
        throws
    {
        let text = try document(JSONFormat.self, of: .fewTrials)
        let planted = text.replacing(#""attribution" : "fault","#, with: #""attribution" : "fault", "planted" : 1,"#)
        #expect(planted != text)
        let (conforms, report) = try JSONSchema.validate([.init("run", planted, conformsTo: "run")])
        #expect(!conforms)
        #expect(report.contains("loss_periods[0]: Additional properties are not allowed ('planted' was"), "\(report)")
    }

    @Test func `a run that was to have one trial is that trial, whatever its budget`() throws {
        let trial = try Scenario.kill.trial()
        var run = Scenario.run([trial])
        run.ended = RunEnd(.completed, maximum: 1)
        run.budgets = [Budget(limit: Milliseconds(200)).judge(run.trials)]
        run.environment.settings = [
            StatedSetting("selection", "rfc4271", .assumed)
        ]
        let text = TextFormat(style: .plain).render(run)
        let report = TextReport(style: .plain)
        #expect(text.hasPrefix(report.render(trial)))
        #expect(text.contains("budget"))
        #expect(text.hasSuffix(" selection: rfc4271\n"))
    }

    @Test func `settings that differ between labs are not reported as common`() throws {
        guard case .sweep(var sweep) = try Scenario.sweep.result() else { throw NoDocument() }
        let common = StatedSetting("selection", "rfc4271", .assumed)
        for index in sweep.combinations.indices {
            let own = StatedSetting("BFD", "\(index)", .asked)
            sweep.combinations[index].run.environment.settings = [own, common]
        }
        let text = TextFormat(style: .plain).render(sweep)
        #expect(text.contains("selection: rfc4271") && !text.contains("BFD: 0"))
    }
}
