// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing

extension InteropTests {
    /// What verbs about a lab print on a terminal, and on none.
    @Suite(.timeLimit(.minutes(2)))
    struct TerminalTests {
        @Test func `no line about a lab is wider than 80 columns, and progress stays on one line`() throws {
            try TestLab.named("interop-terminal") { lab in
                for words in [
                    ["up", "--bfd", "50msx3"], ["status"], ["neighbors"], ["rib"], ["tables"], ["doctor"],
                    ["logs", "rs"], ["rib", "instance-rs-az1"], ["failover", "--fault", "blackhole"], ["status"],
                    ["failover"], ["restore"], ["status", "--name"],
                    [
                        "failover", "--measure", "--fault", "blackhole", "--validation", "0s", "--tcp", "--udp",
                        "--trials", "2", "--budget", "1s",
                    ],
                    ["failover", "--measure", "--fault", "blackhole,kill", "--validation", "0s", "--budget", "p95=1s"],
                    ["failover", "--measure", "--validation", "0s"], ["down"], ["down"],
                ] {
                    let all = [words[0], "--name", lab.name] + words.dropFirst().filter { $0 != "--name" }
                    let result = try PseudoTerminal.run(all, columns: 80)
                    #expect(!result.lines.isEmpty, "\(words)")
                    for line in result.lines { #expect(line.count <= 80, "\(words): \(line)") }
                    // What was shown for the time being is erased before anything else follows.
                    for part in result.output.split(separator: "\r\n") where part.contains("\u{1B}[K") {
                        #expect(
                            part.split(separator: "\r").allSatisfy { $0.hasPrefix("\u{1B}[K") }, "\(words): \(part)")
                    }
                }
            }
        }

        @Test func `where there is no terminal, long work says every ten seconds where it stands`() throws {
            try TestLab.named("interop-patience") { lab in
                let result = try lab.run("up", "--programming-delay", "60s", "--timeout", "12s")
                #expect(result.status == 2)
                #expect(
                    result.standardError.hasPrefix(
                        "rslab: waiting for the floating IP to answer (the lab may take 12 s in all)"),
                    "\(result.standardError)")
                #expect(result.standardError.split(separator: "\n").count == 2)
            }
        }
    }
}
