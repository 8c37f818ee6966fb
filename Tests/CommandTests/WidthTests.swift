// SPDX-License-Identifier: MIT-0
import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import rslab

/// Nothing that is printed on a terminal is wider than the terminal.
@Suite(.timeLimit(.minutes(3)), .waits)
struct WidthTests {
    /// Every verb, with those that it has itself.
    private static func verbs(_ command: any ParsableCommand.Type = RSLab.self) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap { verbs($0) }
    }

    @Test(arguments: [80, 120]) func `the help of every verb fits`(columns: Int) {
        let verbs = Self.verbs()
        #expect(verbs.count > 30)
        // In the short form, every other verb at each width.
        for (number, verb) in verbs.enumerated() where TestLength.isLong || (number % 2 == 0) == (columns == 80) {
            let help = Terminal.fitted(RSLab.helpMessage(for: verb, columns: columns), to: columns)
            expectFit(help.split(separator: "\n").map(String.init), columns: columns, "\(verb)")
        }
    }

    @Test(arguments: [80, 120]) func `the help on a terminal fits it`(columns: Int) throws {
        // In the long form, all verbs but those of aws.
        let verbs = TestLength.isLong ? RSLab.configuration.subcommands.map { [$0._commandName] } : [["down"]]
        for verb in [["bfd", "set"]] + (columns == 80 ? [["failover"]] : [[]]) + verbs {
            let result = try PseudoTerminal.run(verb + ["--help"], columns: UInt16(columns))
            #expect(result.status == 0)
            expectFit(result.lines, columns: columns, "\(verb)")
        }
    }

    private func expectFit(_ text: [String], columns: Int, _ verb: String) {
        #expect(text.count > 5, "\(verb)")
        let long = text.filter { $0.count > columns }
        #expect(long.isEmpty, "\(verb)")
        // A paragraph is wrapped once: no short line stands in the middle of it.
        let short = zip(text, text.dropFirst()).filter { line, next in
            !line.isEmpty && !line.hasPrefix(" ") && !next.hasPrefix(" ") && !line.hasSuffix(".")
                && !line.hasSuffix(":") && !next.isEmpty && next.first?.isLowercase == true
                && line.count + 1 + next.prefix { $0 != " " }.count < columns
        }
        #expect(short.isEmpty, "\(verb)")
    }

    private static let withoutLab =
        [
            ["failover", "--list-faults"], ["schema"], ["up", "--dry-run"], ["doctor"], ["failver"],
            ["failover", "--fault", "kil"], ["status", "--name", "none"], ["validate", peersElsewhere],
        ] + (TestLength.isLong ? [["failover", "--measure", "--interval", "1min"], ["validate"]] : [])

    @Test(arguments: withoutLab)
    func `what needs no lab fits 80 columns`(words: [String]) throws {
        let result = try PseudoTerminal.run(words, columns: 80)
        #expect(!result.lines.isEmpty)
        #expect(result.lines.filter { $0.count > 80 }.isEmpty)
        #expect(!result.output.contains("…"))
    }

    private static let peersElsewhere =
        RSLabCommand.repository.appendingPathComponent("fixtures/templates/peers-elsewhere.yaml").path

    @Test func `a terminal whose size is unknown has COLUMNS, or 80`() throws {
        for (environment, width) in [([:], 80), (["COLUMNS": "60"], 60), (["COLUMNS": "x"], 80)] {
            let lines = try PseudoTerminal.run(["schema"], columns: 0, environment: environment).lines
            let widest = lines.reduce(0) { max($0, $1.count) }
            #expect(widest <= width && widest > width - 12, "\(environment): \(widest)")
        }
    }

    @Test func `JSON is never broken`() throws {
        for words in [["schema", "run"], ["schema", "--json"]] {
            let shown = try PseudoTerminal.run(words, columns: 80).output.replacingOccurrences(of: "\r\n", with: "\n")
            #expect(shown == (try RSLabCommand.run(words).standardOutput))
        }
    }
}
