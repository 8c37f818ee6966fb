// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing

extension InteropTests {
    /// What every verb prints about a lab, held against its schema.
    @Suite(.timeLimit(.minutes(2)), .requiresJSONSchema)
    struct VerbSchemaTests {
        /// Output that a lab's verbs printed, to be validated at once.
        private final class Collection {
            let lab: TestLab
            private(set) var cases: [JSONSchema.Case] = []

            init(_ lab: TestLab) {
                self.lab = lab
            }

            func add(_ schema: String, _ words: String..., status: Int32 = 0) throws {
                try add(schema, words, status: status)
            }

            func add(_ schema: String, _ words: [String], status: Int32...) throws {
                let result = try RSLabCommand.run(words + ["--json", "--name", lab.name])
                #expect(status.contains(result.status), "\(words): \(result.standardError)")
                cases.append(
                    try .init(words.joined(separator: " "), result.standardOutput, conformsTo: schema))
            }

            /// Every line by itself.
            func addLines(_ schema: String, _ verb: String, _ arguments: String...) throws {
                let result = try lab.run(verb, arguments)
                let lines = result.standardOutput.split(separator: "\n")
                #expect(!lines.isEmpty)
                for line in lines { cases.append(try .init(verb, String(line), conformsTo: schema)) }
            }

            func validate() throws {
                let (conforms, report) = try JSONSchema.validate(cases)
                #expect(conforms, "\(report)")
            }
        }

        @Test func `each verb's output conforms to its schema, with a fault, without one and without a lab`() throws {
            try TestLab.named("interop-schema") { lab in
                let outputs = Collection(lab)
                try outputs.add("up", "up", "--bfd", "100msx3")
                try outputs.add("up", "up", "--bfd", "100msx3")
                try outputs.add("error", "up", status: 2)
                try outputs.add("status", "status")
                for verb in ["neighbors", "rib"] {
                    try outputs.add(verb, verb)
                    try outputs.add(verb, verb, "instance-rs-az1")
                }
                try outputs.add("tables", "tables")
                for node in ["rs", "vpc", "init", "instance-rs-az1", "subnet-az1"] {
                    try outputs.add("logs", "logs", node)
                }
                try outputs.add("doctor", "doctor")
                try outputs.add("bfd", "bfd", "set", "200msx3")
                try outputs.add("error", "bfd", "set", "200msx3", "--peer", "192.0.2.1", status: 2)
                try outputs.add("failover", "failover", "--fault", "blackhole")
                try outputs.add("failover", "failover", "--fault", "flap", "--target", "rs1-az2-rse3", "--count", "1")
                try outputs.add("status", "status")
                try outputs.add("neighbors", "neighbors")
                try outputs.add("tables", "tables")
                try outputs.add("restore", "restore")
                try outputs.add("restore", "restore")
                try outputs.addLines("event", "events", "--once")
                try outputs.add("error", "failover", "--target", "nobody", status: 2)
                try outputs.add("down", "down")
                try outputs.add("down", "down")
                try outputs.validate()
            }
        }

        @Test func `what is measured, played and compared conforms`() throws {
            try TestLab.with("interop-schema-run") { lab in
                let outputs = Collection(lab)
                // Whether a figure may be believed is another test's question; a busy machine's trial is reported too.
                let measured = ["failover", "--measure", "--validation", "200ms"]
                try outputs.add(
                    "run",
                    measured + [
                        "--tcp", "--udp", "--outward", "--prefixes", "20", "--every-prefix", "--budget", "5s",
                    ], status: 0, 1, 3)
                try outputs.add("sweep", measured + ["--fault", "terminate,kill,withdraw,drain"], status: 0, 1, 3)
                let script = TestLab.fixture("faults/two-on-one-link.yaml")
                try outputs.add("run", measured + ["--script", script], status: 0, 3)
                try outputs.add("script", "failover", "--script", script)
                try outputs.add("restore", "restore")
                try outputs.validate()
            }
        }

        @Test func `doctor and status of a machine without labs conform too`() throws {
            let machine = try PrivateRun()
            let (conforms, report) = try JSONSchema.validate([
                .init("status", machine.run("status", "--json").standardOutput, conformsTo: "status"),
                .init("down", machine.run("down", "--json").standardOutput, conformsTo: "down"),
                .init("doctor", machine.run("doctor", "--json").standardOutput, conformsTo: "doctor"),
                .init(
                    "self-test --list", machine.run("self-test", "--list", "--json").standardOutput,
                    conformsTo: "self-test"),
            ])
            #expect(conforms, "\(report)")
        }
    }
}
