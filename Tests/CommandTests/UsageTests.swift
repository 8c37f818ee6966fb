// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing

/// Mistakes that need no lab, and no privileges, to be found: the right status, and a sentence.
@Suite(.timeLimit(.minutes(1)))
struct UsageTests {
    @Test(arguments: [
        ["frob"], ["status", "--bogus"], ["up", "--json", "--bogus"], ["up", "one.yaml", "two.yaml"],
        ["up", "--hold", "2"], ["up", "--hold", "65536"], ["up", "--hold", "x"], ["up", "--timeout", "0"],
        ["up", "--timeout", "nan"], ["up", "--speaker", "nope"], ["up", "--parameter", "Name"],
        ["up", "--persist-routes", "6"], ["up", "--time-scale", "0"], ["up", "--delays", "yesterday"],
        ["up", "--quota", "routes-per-peer=often"], ["up", "--selection", "med,med"],
        ["up", "--assume", "luck=yes"],
        ["up", "--endpoint-hold", "2"], ["up", "--programming-delay", "5m"], ["up", "--hold", "2s"],
        ["up", "--hold", "3500ms"],
        ["up", "--name", "UPPER"], ["up", "--name", ""], ["up", "--name", "-a"],
        ["up", "--name", String(repeating: "a", count: 33)], ["down", "--name", "../vpc"],
        ["status", "--name", "a/b"], ["failover", "--fault", "nope"], ["failover", "--measure", "--trials", "0"],
        ["failover", "--measure", "--interval", "5000"], ["failover", "--measure", "--interval", "1us"],
        ["failover", "--measure", "--interval", "1e400s"], ["failover", "--measure", "--validation", "601s"],
        ["failover", "--measure", "--validation", "-1s"], ["failover", "--measure", "--seed", "-1"],
        ["failover", "--format", "json"], ["failover", "--measure", "--format", "xml"],
        ["failover", "--measure", "--json", "--format", "text"],
        ["exec"], ["exec", "node"], ["exec", "node", "true"], ["completion", "tcsh"],
    ])
    func `wrong usage ends with 64, says what is wrong, and prints nothing`(words: [String]) throws {
        let result = try RSLabCommand.run(words)
        #expect(result.status == 64, "\(result.standardError)")
        #expect(result.standardOutput.isEmpty)
        #expect(result.standardError.hasPrefix("Error: "))
    }

    @Test(arguments: [
        ["--tcp"], ["--measure", "--application-port", "7"], ["--measure", "--udp", "--connect-timeout", "1s"],
        ["--measure", "--tcp", "--budget", "udp-stall=1s"], ["--measure", "--tcp", "--application-port", "0"],
        ["--measure", "--tcp", "--application-interval", "1us"],
    ])
    func `flags of applications that mean nothing are refused`(arguments: [String]) throws {
        #expect(try RSLabCommand.run(["failover"] + arguments).status == 64)
    }

    @Test(arguments: [
        ["--fault", "kill,kill"], ["--bfd", "50msx3,50msx3"], ["--bfd", "off,off"], ["--speaker", "bird,bird"],
        ["--hold", "9,9"], ["--for", "1s,1s"],
    ])
    func `the same value twice is measured as two rows, and is no lab to bring up`(words: [String]) throws {
        #expect(try RSLabCommand.run(["failover", "--list-faults", "--measure"] + words).status == 0)
        #expect(try RSLabCommand.run(["failover"] + words).status != 0)
        if words[0] != "--fault", words[0] != "--for" { #expect(try RSLabCommand.run(["up"] + words).status == 64) }
    }

    @Test(arguments: ["up", "validate"])
    func `a template that cannot be read is named with the reason`(verb: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-\(UUID().uuidString)").path
        try makeDirectory(folder, mode: 0o700)
        defer { #expect(throws: Never.self) { try removeTree(folder) } }
        let octets = "\(folder)/octets.yaml"
        try replaceFile(octets, with: [0xFF, 0xFE, 0x00, 0x80])
        for (path, reason) in [
            ("\(folder)/none.yaml", "No such file or directory"), (folder, "Is a directory"),
            (octets, "octets.yaml:1:1: error: the template contains a NUL character"),
        ] {
            let result = try RSLabCommand.run(verb, path)
            #expect(result.status == 2)
            #expect(result.standardOutput.isEmpty)
            #expect(result.standardError.contains(path) && result.standardError.contains(reason), "\(result)")
        }
    }

    @Test func `verbs say so if the named lab does not exist`() throws {
        for words in [
            ["status"], ["neighbors"], ["rib"], ["tables"], ["failover"], ["restore"], ["logs", "rs"], ["events"],
            ["exec", "rs", "--", "true"], ["shell", "rs"],
        ] {
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
