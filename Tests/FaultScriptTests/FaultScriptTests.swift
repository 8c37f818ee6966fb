// SPDX-License-Identifier: MIT-0
import FaultScript
import Measurement
import SourceText
import TestSupport
import Testing

/// Scripts of faults, and what is wrong with them, by line and column.
struct FaultScriptTests {
    @Test func `errors about a script do not call it a template`() {
        #expect(FaultScriptError.conclusion == "the script cannot be carried out")
        #expect(findings("\u{0}") == ["f.yaml:1:1: error: the script contains a NUL character"])
    }

    private func findings(_ text: String) -> [String] {
        do throws(FaultScriptError) {
            _ = try FaultSequence(script: text, file: "f.yaml")
            return []
        } catch {
            return error.findings.map(\.description)
        }
    }

    @Test func `a script is read to the last parameter`() throws {
        let sequence = try FaultSequence(
            script:
                """
                - at: 1.5s
                  restore: all
                - {at: 0, fault: flap, target: rs1-az1-rse1, count: 4, period: 200ms, for: 1s}
                - {at: 150ms, fault: loss, loss: 30}
                - {at: 200ms, fault: drain, graceful-shutdown: true}
                """, file: "f.yaml")
        #expect(
            sequence.steps == [
                .init(
                    at: .zero,
                    fault: FaultRequest(
                        .flap, target: "rs1-az1-rse1",
                        parameters: FaultParameters(
                            count: 4, period: Milliseconds(200), duration: Milliseconds(1000)))),
                .init(
                    at: Milliseconds(150), fault: FaultRequest(.loss, parameters: FaultParameters(lossShare: 0.3))),
                .init(
                    at: Milliseconds(200),
                    fault: FaultRequest(.drain, parameters: FaultParameters(gracefulShutdown: true))),
                .init(at: Milliseconds(1500), restore: "all"),
            ])
    }

    @Test func `every mistake is found where it is`() {
        #expect(
            findings(
                """
                - {fault: kill}
                - {at: 1x, fault: kill}
                - {at: 0ms, fault: kil}
                - {at: 0ms, fault: kill, count: 3}
                - {at: 0ms, restore: all, target: rs}
                - {at: 0ms, fault: flap, count: many}
                - {at: 0ms, fault: kill, restore: all}
                - {at: 0ms, fault: kill, until: 3s}
                - kill
                - {at: 0ms}
                """) == [
                    "f.yaml:1:3: error: a step needs a time, such as at: 150ms",
                    "f.yaml:2:8: error: 'at: 1x' is not a time: write a number and us, ms, s, min or h; a number alone is in seconds",
                    "f.yaml:3:20: error: unknown fault 'kil'; did you mean 'kill'?",
                    "f.yaml:4:33: error: kill takes no 'count'",
                    "f.yaml:5:27: error: a step that restores takes no 'target'",
                    "f.yaml:6:33: error: 'count: many' is not a number",
                    "f.yaml:7:3: error: a step has 'fault' or 'restore', not both",
                    "f.yaml:8:26: error: unknown key 'until' of a step",
                    "f.yaml:9:3: error: a step is a mapping such as {at: 0ms, fault: kill}, not a value",
                    "f.yaml:10:3: error: a step has either 'fault' or 'restore'",
                ])
        #expect(
            findings("- {at: 0ms, fault: [kill]}")
                == ["f.yaml:1:20: error: fault takes the name of a fault, not a list"])
        #expect(
            findings("- {at: 0ms, fault: kill, target: !Ref Instance}")
                == ["f.yaml:1:34: error: 'target' takes a value, not !Ref"])
        #expect(findings("") == ["f.yaml:1:1: error: the script is empty"])
        #expect(findings("[]") == ["f.yaml:1:1: error: the script has no steps"])
        #expect(findings("faults: 3") == ["f.yaml:1:9: error: faults are a list of steps, not a value"])
    }

    @Test(arguments: try Fixture.names(in: "faults", suffix: ".yaml"))
    func `the scripts beside the tests are sound`(name: String) throws {
        let sequence = try FaultSequence(script: Fixture.text("faults/\(name)"), file: name)
        #expect(sequence.steps.count > 1)
    }

    @Test func `a template's metadata is a script, and a resource's faults fall on that resource`() throws {
        let template = """
            Metadata:
              rslab:
                faults:
                  - {at: 0ms, fault: blackhole}
            Resources:
              Instance2:
                Type: AWS::EC2::Instance
                Metadata:
                  rslab: {faults: [{at: 150ms, fault: kill, for: 2s}]}
            """
        let sequence = try FaultSequence(metadataOf: template, file: "t.yaml")
        #expect(sequence.steps.map(\.fault?.target) == [nil, "Instance2"])
        #expect(throws: FaultScriptError.self) { try FaultSequence(metadataOf: "Resources: {}", file: "t.yaml") }
    }
}
