// SPDX-License-Identifier: MIT-0
import ArgumentParser
import Blueprints
import Foundation
import LabModel
import Report
import TestSupport
import Testing

@testable import rslab

/// The output of verbs that need no lab, validated with their schemas.
@Suite(.requiresJSONSchema, .waits) struct SchemaOutputTests {
    private static func fixture(_ path: String) -> String {
        RSLabCommand.repository.appending(path: "fixtures/\(path)").path()
    }

    private static let sample = fixture("templates/aws-sample-rs-cf.yaml")

    /// The schema's name and the words of the command, with the status that it ends with.
    private static let commands: [(schema: String, words: [String], status: Int32)] =
        [
            ("validate", ["validate"], 0), ("validate", ["validate", sample], 0),
            ("plan", ["up", "--dry-run", sample], 0),
            ("list-faults", ["failover", "--list-faults"], 0), ("schemas", ["schema"], 0),
            ("error", ["status", "--name", "no-such-lab"], 2), ("error", ["validate", "/no/such/file"], 2),
            ("error", ["validate", fixture("templates/bad/references.yaml")], 2),
        ]

    private static let plannedTemplates = [
        "floating-ip", "dual-stack", "inspection", "peers-elsewhere", "two-route-servers",
    ]
    .map { fixture("templates/\($0).yaml") }

    private static let listedFaults = Result { try RSLabCommand.run("failover", "--list-faults", "--json") }

    private func output(_ words: [String], status: Int32 = 0) throws -> String {
        let isList = words == ["failover", "--list-faults"]
        let result = try isList ? Self.listedFaults.get() : RSLabCommand.run(words + ["--json"])
        #expect(result.status == status, "\(words): \(result.standardError)")
        return result.standardOutput
    }

    @Test func `what verbs print conforms to their schemas, in the files and as rslab has them`() throws {
        var cases: [JSONSchema.Case] = []
        for (schema, words, status) in Self.commands {
            let output = try output(words, status: status)
            let document = try #require(Schema.all.first { $0.name == schema }).document
            let name = words.joined(separator: " ")
            cases.append(try .init(name, output, conformsTo: schema))
            cases.append(try .init(name, output, conformsToDocument: document))
        }
        for template in Self.plannedTemplates {
            let source = try TemplateOptions.parse([template]).read(options: LabOptions())
            let output = JSONText.render(PlanOutput(LabPlan(model: source.blueprint.model)))
            cases.append(try .init(template, output, conformsTo: "plan"))
        }
        let (conforms, report) = try JSONSchema.validate(cases)
        #expect(conforms, "\(report)")
    }

    @Test func `of a mistake in a script or a gobgpd.conf, the error says which file and what cannot be done`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rslab-schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appending(path: "script.yaml")
        try Data("- {at: 0ms, fault: klil}\n".utf8).write(to: script)
        let template = folder.appending(path: "template.yaml")
        let text = try Fixture.text("templates/floating-ip.yaml").replacing("as = 65001", with: "ass = 65001")
        try Data(text.utf8).write(to: template)
        let line = try #require(
            text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("ass =") })
        let written = text.split(separator: "\n", omittingEmptySubsequences: false)[line]
        let expectations = [
            (
                ["failover", "--measure", "--script", script.path()], "the script cannot be carried out",
                "\(script.path()):1:20: error: unknown fault 'klil'; did you mean 'kill'?"
            ),
            (
                ["validate", template.path()], "a speaker's configuration is wrong",
                "\(template.path()):\(line + 1):\(written.prefix { $0 == " " }.count + 1): error: unknown key 'ass'; did you"
                    + " mean 'as'?"
            ),
        ]
        var cases: [JSONSchema.Case] = []
        for (words, problem, finding) in expectations {
            let output = try output(words, status: 2)
            let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
            let error = try #require(object?["error"] as? [String: Any])
            #expect(error["problem"] as? String == problem)
            #expect((error["findings"] as? [String])?.contains(finding) == true, "\(output)")
            cases.append(try .init(words[0], output, conformsTo: "error"))
        }
        let (conforms, report) = try JSONSchema.validate(cases)
        #expect(conforms, "\(report)")
    }

    @Test func `a key that no schema has, one that is missing, and a value of another type are refused`() throws {
        let sound = try output(["failover", "--list-faults"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(sound.utf8)) as? [String: Any])
        let faults = try #require(object["faults"] as? [[String: Any]])
        func planted(_ change: (inout [String: Any]) -> Void) throws -> String {
            var copy = object
            var changed = faults
            change(&changed[3])
            copy["faults"] = changed
            return String(decoding: try JSONSerialization.data(withJSONObject: copy), as: UTF8.self)
        }
        let mistakes: [(output: String, reason: String)] = [
            (try planted { $0["planted"] = 1 }, "$.faults[3]: Additional properties are not allowed ('planted' was"),
            (try planted { $0["undo"] = nil }, "$.faults[3]: 'undo' is a required property"),
            (try planted { $0["bgp"] = 7 }, "$.faults[3].bgp: 7 is not of type 'string'"),
        ]
        var cases = try mistakes.enumerated().map { number, mistake in
            try JSONSchema.Case("planted \(number)", mistake.output, conformsTo: "list-faults")
        }
        cases.append(try .init("sound", sound, conformsTo: "list-faults"))
        let (conforms, report) = try JSONSchema.validate(cases)
        #expect(!conforms)
        let findings = report.split(separator: "\n")
        #expect(findings.count == mistakes.count, "\(report)")
        for (number, (finding, mistake)) in zip(findings, mistakes).enumerated() {
            #expect(finding.hasPrefix("planted \(number): \(mistake.reason)"))
        }
    }
}
