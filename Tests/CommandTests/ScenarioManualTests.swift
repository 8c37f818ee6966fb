// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing

/// The manual's table of scenarios matches the fixtures.
struct ScenarioManualTests {
    @Test func `every fixture has its row`() throws {
        let page = RSLabCommand.repository.appendingPathComponent("Sources/rslab/Manual.docc/Scenarios.md")
        let lines = Set(try String(contentsOf: page, encoding: .utf8).split(separator: "\n").map(String.init))
        #expect(!ScenarioFixture.names.isEmpty)
        for name in ScenarioFixture.names {
            let scenario = try ScenarioFixture(named: name)
            let number = name.prefix { $0.isNumber }.drop { $0 == "0" }
            let row = "| \(number) | \(scenario.title) | `\(name)` | \(scenario.outcome) |"
            #expect(lines.contains { $0.hasPrefix(row) }, "missing: \(row)")
        }
    }
}
