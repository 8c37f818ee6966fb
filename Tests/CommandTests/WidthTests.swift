// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing

/// Nothing that is printed on a terminal is wider than the terminal.
@Suite(.timeLimit(.minutes(3)))
struct WidthTests {
    /// The words of every verb.
    private static func verbs() throws -> [[String]] {
        func words(_ command: [String: Any], _ path: [String]) -> [[String]] {
            let children = command["subcommands"] as? [[String: Any]] ?? []
            return [path]
                + children.flatMap { child in
                    let name = child["commandName"] as? String ?? ""
                    return name == "help" ? [] : words(child, path + [name])
                }
        }
        let dump = try RSLabCommand.run("--experimental-dump-help").json
        return words(try #require(dump["command"] as? [String: Any]), [])
    }

    @Test(arguments: [UInt16(80), 120]) func `the help of every verb fits`(columns: UInt16) throws {
        let verbs = try Self.verbs()
        try #require(verbs.count > 30)
        // Each takes a process: a quarter of them every time, another quarter at each width.
        let first = columns == 80 ? 0 : 2
        for verb in TestLength.isLong ? verbs : stride(from: first, to: verbs.count, by: 4).map({ verbs[$0] }) {
            let result = try PseudoTerminal.run(verb + ["--help"], columns: columns)
            #expect(result.status == 0)
            #expect(result.lines.count > 5, "\(verb)")
            for line in result.lines {
                #expect(line.count <= columns, "\(verb): \(line)")
            }
            // A paragraph is wrapped once: no short line stands in the middle of it.
            let text = result.lines
            for (line, next) in zip(text, text.dropFirst())
            where line.count > 0 && !line.hasPrefix(" ") && !next.hasPrefix(" ") && !line.hasSuffix(".")
                && !line.hasSuffix(":") && !next.isEmpty && next.first?.isLowercase == true
            {
                let word = next.prefix { $0 != " " }
                #expect(line.count + 1 + word.count >= Int(columns), "\(verb): \(line)\n\(next)")
            }
        }
    }

    @Test(arguments: [
        ["failover", "--list-faults"], ["schema"], ["validate"], ["up", "--dry-run"], ["doctor"], ["failver"],
        ["failover", "--fault", "kil"], ["failover", "--measure", "--interval", "1min"], ["status", "--name", "none"],
        ["validate", peersElsewhere],
    ])
    func `what needs no lab fits 80 columns`(words: [String]) throws {
        let result = try PseudoTerminal.run(words, columns: 80)
        #expect(!result.lines.isEmpty)
        for line in result.lines { #expect(line.count <= 80, "\(line)") }
        #expect(!result.output.contains("…"))
    }

    private static let peersElsewhere =
        RSLabCommand.repository.appendingPathComponent("fixtures/templates/peers-elsewhere.yaml").path

    @Test func `a terminal whose size is unknown has COLUMNS, or 80`() throws {
        for (environment, width) in [([:], 80), (["COLUMNS": "60"], 60), (["COLUMNS": "x"], 80)] {
            let lines = try PseudoTerminal.run(
                ["failover", "--list-faults"], columns: 0, environment: environment
            ).lines
            let widest = lines.reduce(0) { max($0, $1.count) }
            #expect(widest <= width && widest > width - 12, "\(environment): \(widest)")
        }
    }

    @Test func `JSON is never broken`() throws {
        for words in [["schema", "run"], ["up", "--dry-run", "--json"]] {
            let shown = try PseudoTerminal.run(words, columns: 80).output.replacing("\r\n", with: "\n")
            #expect(shown == (try RSLabCommand.run(words).standardOutput))
        }
    }
}
