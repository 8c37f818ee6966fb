// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing

/// The words and units of the command line: misspelt ones are recognized, and times are written the same everywhere.
@Suite(.timeLimit(.minutes(3)))
struct WordsTests {
    @Test(arguments: [
        (["failver"], "unknown verb 'failver'; did you mean 'failover'?"),
        (["neighbor"], "unknown verb 'neighbor'; did you mean 'neighbors'?"),
        (["list"], "unknown verb 'list'; did you mean 'status'?"),
        (["stop", "--name", "x"], "unknown verb 'stop'; did you mean 'down'?"),
        (["xyzzy"], "unknown verb 'xyzzy'\n"),
        (["help", "failver"], "unknown verb 'failver'; did you mean 'failover'?"),
        (["bfd", "sett"], "unknown verb 'sett'; did you mean 'set'?"),
        (["failover", "--falut", "kill"], "unknown option '--falut'; did you mean '--fault'?"),
        (["failover", "--falut=kill"], "unknown option '--falut'; did you mean '--fault'?"),
        (["failover", "--html"], "unknown option '--html' of 'rslab failover'\n"),
        (["failover", "--fault", "kil"], "unknown value of --fault 'kil'; did you mean 'kill'?"),
        (["failover", "--measure", "--fault", "kill,los"], "unknown value of --fault 'los'; did you mean 'loss'?"),
        (["up", "--speaker", "brid"], "unknown value of --speaker 'brid'; did you mean 'bird'?"),
        (["up", "--bfd-passive", "speaker"], "unknown value of --bfd-passive 'speaker'; did you mean 'speakers'?"),
        (["restore", "los"], "unknown fault 'los'; did you mean 'loss'?"),
        (["failover", "kill"], "the template kill: only for building a lab"),
        (["failover", "--hold", "3", "--no-peer-log"], "--hold, --no-peer-log: only for building a lab"),
    ])
    func `a word that names nothing is said, with the one that is meant`(words: [String], message: String) throws {
        let result = try RSLabCommand.run(words)
        #expect(result.status == 64)
        #expect(result.standardOutput.isEmpty)
        #expect(result.standardError.hasPrefix("Error: \(message)"), "\(result.standardError)")
    }

    @Test func `the AWS CLI's exit status stays, and its global options may stand in front`() throws {
        let misspelt = try RSLabCommand.run("aws", "ec2", "describe-route-server")
        #expect(misspelt.status == 252)
        #expect(misspelt.standardError.contains("did you mean 'describe-route-servers'?"), "\(misspelt.standardError)")
        for words in [
            ["aws", "--name", "interop-none", "ec2", "describe-route-servers"],
            ["aws", "--region=eu-west-1", "ec2", "--name", "interop-none", "describe-route-servers"],
            ["--name", "interop-none", "aws", "ec2", "describe-route-servers"], ["--name=interop-none", "status"],
        ] {
            #expect(
                try RSLabCommand.run(words).standardError
                    == "rslab: there is no lab 'interop-none'; run 'rslab up' first\n", "\(words)")
        }
    }

    @Test func `help faults lists the faults`() throws {
        let help = try RSLabCommand.run("help", "faults")
        #expect(help.status == 0)
        #expect(help.standardOutput == (try RSLabCommand.run("failover", "--list-faults").standardOutput))
    }

    /// Options that take a time, with what they accept beside 1500ms.
    private static let times: [(words: [String], good: [String], bad: [String])] = [
        (["up", "--dry-run", "--hold"], ["3", "3s", "3 s", "3000ms", "1min", "0"], ["3500ms", "3x", "2s", "", "s"]),
        (["up", "--dry-run", "--endpoint-hold"], ["30", "30s", "0.5min"], ["1500ms", "-3", "x"]),
        (["up", "--dry-run", "--timeout"], ["60", "60s", "1min", "1500ms"], ["0", "25h", "s"]),
        (["up", "--dry-run", "--programming-delay"], ["5", "5s", "500ms"], ["5m", "x"]),
        (["up", "--dry-run", "--fail-back-delay"], ["5", "5s", "500ms"], ["5m", "x"]),
        (["up", "--dry-run", "--persist-routes"], ["2", "2min", "120s", "off"], ["6", "90s", "0"]),
        (["up", "--dry-run", "--bfd"], ["300x3", "300msx3", "0.3sx3", "off"], ["300", "3minx3"]),
        (
            ["failover", "--list-faults", "--measure", "--interval"], ["1", "1ms", "100us", "0.001s"],
            ["0", "2s", "1e3"]
        ),
        (["failover", "--list-faults", "--measure", "--validation"], ["1", "1s", "1500ms", "0"], ["11min", "-1"]),
        (
            ["failover", "--list-faults", "--measure", "--tcp", "--application-interval"], ["10", "10ms"], ["0", "11s"]
        ),
        (["failover", "--list-faults", "--measure", "--tcp", "--connect-timeout"], ["3", "3s"], ["0", "11min"]),
        (["failover", "--list-faults", "--fault", "flap", "--period"], ["1", "1s", "500ms"], ["x"]),
        (["failover", "--list-faults", "--fault", "delay", "--delay"], ["50", "50ms"], ["x"]),
        (["failover", "--list-faults", "--fault", "jitter", "--jitter"], ["10", "10ms"], ["x"]),
        (["failover", "--list-faults", "--measure", "--for"], ["1", "1s", "100ms,1", "100ms..2"], ["0", "2..1"]),
        (
            ["failover", "--list-faults", "--measure", "--budget"], ["200", "200ms", "p95=1", "median=1min"],
            ["0", "p95="]
        ),
        (
            ["failover", "--list-faults", "--measure", "--trials", "60", "--until"],
            ["p95 within 5 %", "p95 within 5ms", "median within 1 s"], ["p95 within 5", "p95 within 5m"]
        ),
        (
            ["failover", "--list-faults", "--measure", "--limit"], ["prober-lateness=5", "steal=5", "steal=5%"],
            ["steal=x"]
        ),
        (["failover", "--list-faults", "--fault", "loss", "--loss"], ["20", "20%"], ["x"]),
    ]

    @Test(arguments: times.indices)
    func `a time is written the same way everywhere`(index: Int) throws {
        let (words, good, bad) = Self.times[index]
        for text in good {
            let result = try RSLabCommand.run(words + [text])
            #expect(result.status == 0, "\(words) \(text): \(result.standardError)")
        }
        for text in bad {
            #expect(try RSLabCommand.run(words + [text]).status == 64, "\(words) \(text)")
        }
    }

    @Test func `every option that takes a time says which unit a number alone has`() throws {
        let dump = try RSLabCommand.run("--experimental-dump-help").json
        let root = try #require(dump["command"] as? [String: Any])
        var count = 0
        for command in try #require(root["subcommands"] as? [[String: Any]]) {
            for argument in command["arguments"] as? [[String: Any]] ?? [] {
                let value = argument["valueName"] as? String ?? ""
                #expect(!value.contains("SECONDS") && !value.contains("MINUTES"), "\(argument)")
                guard value.contains("TIME") || value.contains("INTERVAL") else { continue }
                count += 1
                let help = argument["abstract"] as? String ?? ""
                #expect(help.contains("umber alone is in"), "\(argument["names"] ?? ""): \(help)")
            }
        }
        #expect(count >= 17)
    }

    @Test func `one of a kind is counted in the singular`() throws {
        let template = RSLabCommand.repository.appendingPathComponent("fixtures/templates/interface-rules.yaml").path
        let result = try RSLabCommand.run("validate", template)
        #expect(
            result.standardOutput.hasSuffix(
                "can be deployed: 2 subnets, 2 instances (1 speaks BGP), 1 endpoint, 1 peer\n"),
            "\(result.standardOutput)")
    }
}
