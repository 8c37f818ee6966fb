// SPDX-License-Identifier: MIT-0
import ArgumentParser
import Foundation
import Report
import TestSupport
import Testing

@testable import rslab

/// The words and units of the command line: misspelt ones are recognized, and times are written the same everywhere.
@Suite(.timeLimit(.minutes(3)), .waits)
struct WordsTests {
    private static let misspelt: [(words: [String], message: String)] = [
        (["failver"], "unknown verb 'failver'; did you mean 'failover'?"),
        (["neighbor"], "unknown verb 'neighbor'; did you mean 'neighbors'?"),
        (["list"], "unknown verb 'list'; did you mean 'status'?"),
        (["stop", "--name", "x"], "unknown verb 'stop'; did you mean 'down'?"),
        (["xyzzy"], "unknown verb 'xyzzy'\n"),
        (["hepl"], "unknown verb 'hepl'; did you mean 'help'?"),
        (["help", "failver"], "unknown verb 'failver'; did you mean 'failover'?"),
        (["bfd", "sett"], "unknown verb 'sett'; did you mean 'set'?"),
        (["restore", "los"], "unknown fault 'los'; did you mean 'loss'?"),
        (["status", "--nmae", "x"], "unknown option '--nmae'; did you mean '--name'?"),
        (["status", "--versio"], "unknown option '--versio'; did you mean '--version'?"),
        (["failover", "--falut", "kill"], "unknown option '--falut'; did you mean '--fault'?"),
        (["failover", "--falut=kill"], "unknown option '--falut'; did you mean '--fault'?"),
        (["failover", "--html"], "unknown option '--html' of 'rslab failover'\n"),
        (["failover", "--fault", "kil"], "unknown value of --fault 'kil'; did you mean 'kill'?"),
        (["failover", "--measure", "--fault", "kill,los"], "unknown value of --fault 'los'; did you mean 'loss'?"),
        (["up", "--speaker", "brid"], "unknown value of --speaker 'brid'; did you mean 'bird'?"),
        (["up", "--bfd-passive", "speaker"], "unknown value of --bfd-passive 'speaker'; did you mean 'speakers'?"),
    ]

    @Test(arguments: misspelt)
    func `a word that names nothing is recognized`(words: [String], message: String) throws {
        let mistake = try #require(CommandLineMistake.find(in: words))
        #expect("\(mistake.text)\n".hasPrefix("Error: \(message)"), "\(mistake.text)")
    }

    @Test(arguments: [
        ["failover", "--measure", "--fault", "kill,loss"], ["up", "--speaker", "bird", "one.yaml"],
        ["help", "failover"], ["status", "--help"], ["aws", "ec2", "describe-route-servers", "--version"],
    ])
    func `words that are known are no mistake`(words: [String]) {
        #expect(CommandLineMistake.find(in: words) == nil)
    }

    /// Those of processes; the last one is recognized elsewhere.
    private static let said =
        misspelt.filter {
            TestLength.isLong || [["failver"], ["help", "failver"], ["restore", "los"]].contains($0.words)
        }
        + [(["failover", "kill"], "the template kill: only for building a lab")]

    @Test(arguments: said)
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
        #expect(ArrangedWords.of(["help", "faults"]) == ["failover", "--list-faults"])
        let list = try RSLabCommand.run(TestLength.isLong ? ["help", "faults"] : ["failover", "--list-faults"])
        #expect(list.status == 0)
        #expect(list.standardOutput == FaultCatalogue.text(.plain, width: nil))
    }

    /// An option that takes a time, with what it accepts and what it does not.
    private struct TimeOption: Sendable {
        var verb: [String] = WordsTests.failover
        /// The options of the verb that it is one of.
        var group: any ParsableArguments.Type
        /// What it is an option of.
        var before: [String] = []
        var option: String
        var good: [String]
        var bad: [String]
    }

    private static let up = ["up", "--dry-run"]
    private static let failover = ["failover", "--list-faults", "--measure"]

    private static let times: [TimeOption] = [
        .init(
            verb: up, group: SpeakerOptions.self, option: "--hold", good: ["3", "3s", "3 s", "3000ms", "1min", "0"],
            bad: ["3500ms", "3x", "2s", "", "s"]),
        .init(
            verb: up, group: SpeakerOptions.self, option: "--bfd", good: ["300x3", "300msx3", "0.3sx3", "off"],
            bad: ["300", "3minx3"]),
        .init(
            verb: up, group: RouteServerOptions.self, option: "--endpoint-hold", good: ["30", "30s", "0.5min"],
            bad: ["1500ms", "-3", "x"]),
        .init(
            verb: up, group: ReadinessOptions.self, option: "--timeout", good: ["60", "60s", "1min", "1500ms"],
            bad: ["0", "25h", "s"]),
        .init(
            verb: up, group: RouteServerOptions.self, option: "--programming-delay", good: ["5", "5s", "500ms"],
            bad: ["5m", "x"]),
        .init(
            verb: up, group: RouteServerOptions.self, option: "--fail-back-delay", good: ["5", "5s", "500ms"],
            bad: ["5m", "x"]),
        .init(
            verb: up, group: RouteServerOptions.self, option: "--persist-routes", good: ["2", "2min", "120s", "off"],
            bad: ["6", "90s", "0"]),
        .init(
            group: ProbeOptions.self, option: "--interval", good: ["1", "1ms", "100us", "0.001s"],
            bad: ["0", "2s", "1e3"]),
        .init(
            group: ProbeOptions.self, option: "--validation", good: ["1", "1s", "1500ms", "0"], bad: ["11min", "-1"]),
        .init(
            group: ApplicationOptions.self, before: ["--tcp"], option: "--application-interval", good: ["10", "10ms"],
            bad: ["0", "11s"]),
        .init(
            group: ApplicationOptions.self, before: ["--tcp"], option: "--connect-timeout", good: ["3", "3s"],
            bad: ["0", "11min"]),
        .init(
            group: FaultOptions.self, before: ["--fault", "flap"], option: "--period", good: ["1", "1s", "500ms"],
            bad: ["x"]),
        .init(
            group: FaultOptions.self, before: ["--fault", "delay"], option: "--delay", good: ["50", "50ms"],
            bad: ["x"]),
        .init(
            group: FaultOptions.self, before: ["--fault", "jitter"], option: "--jitter", good: ["10", "10ms"],
            bad: ["x"]),
        .init(
            group: FaultOptions.self, option: "--for", good: ["1", "1s", "100ms,1", "100ms..2"], bad: ["0", "2..1"]),
        .init(
            group: FaultOptions.self, before: ["--fault", "loss"], option: "--loss", good: ["20", "20%"], bad: ["x"]),
        .init(
            group: RunOptions.self, option: "--budget",
            good: ["200", "200ms", "p95=1", "median=1min", "p95=1s with 95 %"], bad: ["0", "p95=", "1s with 95 %"]),
        .init(
            group: RunOptions.self, before: ["--trials", "60"], option: "--until",
            good: ["p95 within 5 %", "p95 within 5ms", "median within 1 s"], bad: ["p95 within 5", "p95 within 5m"]),
        .init(
            group: LimitOptions.self, option: "--limit", good: ["prober-lateness=5", "steal=5", "steal=5%"],
            bad: ["steal=x"]),
    ]

    @Test(arguments: times.indices)
    func `a time is written the same way everywhere`(index: Int) throws {
        let time = Self.times[index]
        let all = time.before + time.good.flatMap { [time.option, $0] }
        #expect(refusal(of: all, by: time.group) == nil)
        for text in time.bad {
            let words = time.before + [time.option, text]
            #expect(refusal(of: words, by: time.group)?.contains(time.option.dropFirst(2)) == true, "\(words)")
        }
        guard TestLength.isLong else { return }
        for (text, status) in time.good.map({ ($0, 0) }) + time.bad.map({ ($0, 64) }) {
            let words = time.verb + time.before + [time.option, text]
            let result = try RSLabCommand.run(words)
            #expect(result.status == status, "\(words): \(result.standardError)")
        }
    }

    @Test func `the verbs take all of these options together`() throws {
        for (verb, more) in [
            (Self.up, []), (Self.failover, ["--fault", "flap,delay,jitter,loss", "--tcp", "--trials", "60"]),
        ] {
            let times = Self.times.filter { $0.verb == verb }
            let result = try RSLabCommand.run(verb + more + times.flatMap { [$0.option, $0.good[0]] })
            #expect(result.status == 0, "\(result.standardError)")
        }
    }

    @Test func `every option that takes a time says which unit a number alone has`() throws {
        let root = try #require(HelpDump.printed.get().json["command"] as? [String: Any])
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
