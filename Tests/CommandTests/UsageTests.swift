// SPDX-License-Identifier: MIT-0
import ArgumentParser
import Foundation
import LinuxSystem
import TestSupport
import Testing

@testable import rslab

/// Mistakes that need no lab, and no privileges, to be found: the right status, and a sentence.
@Suite(.timeLimit(.minutes(1)), .waits)
struct UsageTests {
    /// What is refused: a verb with words that are not its options', and those of its options that decide.
    private static let wrongOptions: [(verb: [String], group: any ParsableArguments.Type, words: [String])] =
        [
            ["one.yaml", "two.yaml"], ["--parameter", "Name"],
        ].map { (["up"], TemplateOptions.self, $0) }
        + [
            ["--hold", "2"], ["--hold", "65536"], ["--hold", "x"], ["--hold", "2s"], ["--hold", "3500ms"],
            ["--speaker", "nope"],
        ].map { (["up"], SpeakerOptions.self, $0) }
        + [
            ["--persist-routes", "6"], ["--time-scale", "0"], ["--delays", "yesterday"],
            ["--quota", "routes-per-peer=often"], ["--selection", "med,med"], ["--assume", "luck=yes"],
            ["--endpoint-hold", "2"], ["--programming-delay", "5m"],
        ].map { (["up"], RouteServerOptions.self, $0) }
        + [["--timeout", "0"], ["--timeout", "nan"]].map { (["up"], ReadinessOptions.self, $0) }
        + [["--fault", "nope"]].map { (["failover"], FaultOptions.self, $0) }
        + [["--trials", "0"], ["--seed", "-1"]].map { (["failover", "--measure"], RunOptions.self, $0) }
        + [
            ["--interval", "5000"], ["--interval", "1us"], ["--interval", "1e400s"], ["--validation", "601s"],
            ["--validation", "-1s"],
        ].map { (["failover", "--measure"], ProbeOptions.self, $0) }
        + [["--format", "xml"]].map { (["failover", "--measure"], FormatOptions.self, $0) }
        + [
            ["--application-port", "7"], ["--udp", "--connect-timeout", "1s"], ["--tcp", "--application-port", "0"],
            ["--tcp", "--application-interval", "1us"],
        ].map { (["failover", "--measure"], ApplicationOptions.self, $0) }
        + [
            ["--format", "json"], ["--measure", "--json", "--format", "text"], ["--tcp"],
            ["--hold", "3", "--no-peer-log"],
            ["--measure", "--tcp", "--budget", "udp-stall=1s"],
        ].map { (["failover"], Failover.self, $0) }

    @Test(arguments: wrongOptions.indices)
    func `a wrong value, or one that means nothing, is refused, and the message is about it`(index: Int) throws {
        let (verb, group, words) = Self.wrongOptions[index]
        let problem = try #require(refusal(of: words, by: group))
        #expect(words.contains { problem.contains($0.drop { $0 == "-" }) }, "\(problem)")
        if TestLength.isLong { try expectRefusal(of: verb + words) }
    }

    @Test(arguments: ["UPPER", "", "-a", String(repeating: "a", count: 33), "../vpc", "a/b"])
    func `what could not be part of a path cannot name a lab`(name: String) throws {
        #expect(throws: ValidationError.self) { try LabSelection.check(name) }
        if TestLength.isLong { try expectRefusal(of: ["up", "--name", name]) }
    }

    @Test(arguments: [
        ["frob"], ["status", "--bogus"], ["status", "--name", "a/b"], ["up", "--name", "UPPER"],
        ["down", "--json", "--name", "../vpc"], ["exec"], ["exec", "node", "true"], ["completion", "tcsh"],
    ])
    func `wrong usage ends with 64, says what is wrong, and prints nothing`(words: [String]) throws {
        try expectRefusal(of: words)
    }

    private func expectRefusal(of words: [String]) throws {
        let result = try RSLabCommand.run(words)
        #expect(result.status == 64, "\(words): \(result.standardError)")
        #expect(result.standardOutput.isEmpty)
        #expect(result.standardError.hasPrefix("Error: "))
    }

    @Test(arguments: [
        ["--bfd", "50msx3,50msx3"], ["--bfd", "off,off"], ["--speaker", "bird,bird"], ["--hold", "9,9"],
    ])
    func `the same setting twice is two labs`(words: [String]) throws {
        let settings = LabSettings(
            speakers: try SpeakerOptions.parse(words), routeServers: try RouteServerOptions.parse([]),
            interfaces: try InterfaceOptions.parse([]), readiness: try ReadinessOptions.parse([]))
        #expect(settings.combinations.count == 2)
        #expect(Set(settings.combinations).count == 1)
    }

    @Test func `the same fault twice, or the same time, is two rows`() throws {
        #expect(try FaultOptions.parse(["--fault", "kill,kill"]).requests.count == 2)
        #expect(try FaultOptions.parse(["--for", "1s,1s"]).requests.count == 2)
        #expect(refusal(of: ["--fault", "kill,kill"], by: Failover.self) != nil)
        #expect(refusal(of: ["--bfd", "off,off"], by: Up.self) != nil)
    }

    @Test(arguments: ["up", "validate"])
    func `a template that cannot be read is named with the reason`(verb: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-\(UUID().uuidString)").path
        try makeDirectory(folder, mode: 0o700)
        defer { #expect(throws: Never.self) { try removeTree(folder) } }
        let octets = "\(folder)/octets.yaml"
        try replaceFile(octets, with: [0xFF, 0xFE, 0x00, 0x80])
        for (path, reason) in [
            (octets, "octets.yaml:1:1: error: the template contains a NUL character"),
            ("\(folder)/none.yaml", "No such file or directory"), (folder, "Is a directory"),
        ].prefix(verb == "up" && !TestLength.isLong ? 1 : 3) {
            let result = try RSLabCommand.run(verb, path)
            #expect(result.status == 2)
            #expect(result.standardOutput.isEmpty)
            #expect(result.standardError.contains(path) && result.standardError.contains(reason), "\(result)")
        }
    }

    @Test func `verbs say so if the named lab does not exist`() throws {
        for words in [
            ["status"], ["failover"], ["logs", "rs"], ["exec", "rs", "--", "true"], ["neighbors"], ["rib"], ["tables"],
            ["restore"], ["events"], ["shell", "rs"],
        ].prefix(TestLength.rounds(5, long: 10)) {
            let result = try RSLabCommand.run([words[0], "--name", "interop-none"] + words.dropFirst())
            #expect(result.status == 2, "\(words)")
            #expect(result.standardOutput.isEmpty)
            #expect(
                result.standardError == "rslab: there is no lab 'interop-none'; run 'rslab up' first\n", "\(words)")
        }
    }

    @Test func `the benchmarks refuse unknown names and useless counts`() throws {
        let bench = RSLabCommand.executable.deletingLastPathComponent().appendingPathComponent("rslab-bench")
        for words in [["nothing"], ["routes", "--rounds", "0"]] {
            #expect(try RSLabCommand.run(words, executable: bench).status == 64, "\(words)")
        }
    }
}
