// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing

extension InteropTests {
    /// Mistakes that a user may make: the right status, a sentence, and nothing left behind.
    @Suite(.timeLimit(.minutes(1)))
    struct BadInputTests {
        private static let badTemplates: [String] =
            (try? FileManager.default.contentsOfDirectory(atPath: TestLab.fixture("templates/bad")))?
            .filter { $0.hasSuffix(".yaml") }.sorted() ?? []

        @Test func `each bad template is refused with everything that is wrong in it, and nothing is built`() throws {
            try #require(Self.badTemplates.count > 20)
            try TestLab.named("interop-bad") { lab in
                for template in Self.badTemplates {
                    let path = TestLab.fixture("templates/bad/\(template)")
                    let expected = try readTextFile(path.replacingOccurrences(of: ".yaml", with: ".expected"))
                    let errors = expected.split(separator: "\n").filter { $0.contains(": error: ") }
                    try #require(!errors.isEmpty, "\(template)")
                    let result = try lab.run("up", path, "--json")
                    #expect(result.status == 2, "\(template)")
                    let findings = try result.decode(FailureOutput.self).error.findings ?? []
                    for error in errors {
                        let line = "\(TestLab.fixture("templates/bad"))/\(error)"
                        #expect(findings.contains(line), "\(template): \(findings)")
                        #expect(result.standardError.contains(line))
                    }
                    #expect(lab.remains.isEmpty)
                }
            }
        }

        @Test func `on a machine without labs, with one and with two, the lab that is meant is found or asked for`()
            throws
        {
            let machine = try PrivateRun()
            let none = try machine.run("status", "--json")
            #expect(none.status == 0)
            #expect(none.standardError == "No lab runs.\n")
            #expect(try none.object()["lab"] == nil)
            #expect(try machine.run("tables").standardError == "rslab: no lab runs; run 'rslab up' first\n")
            #expect(try machine.run("exec", "rs", "--", "true").status == 2)
            let nothing = try machine.run("down", "--json")
            #expect(nothing.status == 0)
            #expect(try nothing.object()["changed"] as? Bool == false)

            // Whatever fails from here on, no lab may be left.
            defer {
                for name in ["interop-one", "interop-two"] {
                    #expect(throws: Never.self) { try machine.run("down", "--name", name) }
                }
            }
            #expect(try machine.run("up", "--name", "interop-one").status == 0)
            #expect(try machine.run("exec", "rs", "--", "true").status == 0)
            #expect(try machine.run("status").standardOutput.hasPrefix("lab interop-one,"))
            #expect(try machine.run("up", "--name", "interop-two").status == 0)
            for words in [["status"], ["down"], ["restore"], ["tables"]] {
                let result = try machine.run(words[0])
                #expect(result.status == 2)
                #expect(
                    result.standardError
                        == "rslab: several labs run: interop-one, interop-two; select one with --name, such as --name interop-one\n"
                )
            }
            // What is to be typed next names the lab.
            let fault = try machine.run("failover", "--name", "interop-one")
            #expect(fault.standardOutput.hasSuffix("'rslab restore --name interop-one kill'.\n"), "\(fault)")
            let second = try machine.run(
                "failover", "--name", "interop-one", "--target", "instance-rs-az1", "--json")
            #expect(second.status == 2)
            #expect(second.standardError.contains("'rslab restore --name interop-one"), "\(second.standardError)")
            #expect(second.standardOutput.contains("'rslab restore --name interop-one"), "\(second.standardOutput)")
            #expect(try machine.run("restore", "--name", "interop-one").status == 0)
            // Both have the same addresses, and neither sees the other.
            for name in ["interop-one", "interop-two"] {
                let ping = try machine.run(
                    "exec", "--name", name, "access-instance", "--", "ping", "-n", "-c", "1", "-W", "2", "172.16.1.1")
                #expect(ping.standardOutput.contains("ttl=127"))
            }
            #expect(try machine.run("down", "--name", "interop-one").status == 0)
            #expect(try machine.run("down").standardOutput == "The lab 'interop-two' is gone.\n")
            #expect(try machine.run("down").status == 0)
        }

        @Test func `a measurement without a name has a lab of its own, and leaves others and remains alone`() throws {
            let machine = try PrivateRun()
            defer {
                for name in ["interop-own", "interop-second"] {
                    #expect(throws: Never.self) { try machine.run("down", "--name", name) }
                }
            }
            for name in ["interop-own", "interop-second"] {
                #expect(try machine.run("up", "--name", name).status == 0)
                let result = try machine.run("failover", "--measure", "--validation", "0s", "--json")
                #expect([0, 3].contains(result.status), "\(result.standardError)")
                let events = try machine.run("events", "--once", "--name", "interop-own").standardOutput
                #expect(events.contains("session-established") && !events.contains("session-down"), "\(events)")
            }
            // A killed rslab leaves names, which do not count as a lab.
            #expect(try machine.run("down", "--name", "interop-second").status == 0)
            try machine.shell("mkdir -m 700 /run/rslab/interop-second")
            #expect(try machine.run("status").standardOutput.hasPrefix("lab interop-own,"))
            let down = try machine.run("down")
            #expect(down.standardOutput == "The lab 'interop-own' is gone.\n", "\(down.standardError)")
            #expect(down.standardError == "Removed the remains of the lab 'interop-second'.\n")
            #expect(try machine.run("down").standardError == "There is no lab; nothing was changed.\n")
        }

        @Test func `an unknown node is refused with the nodes that there are`() throws {
            try TestLab.with("interop-nodes") { lab in
                for words in [
                    ["exec", "nobody", "--", "true"], ["shell", "nobody"], ["logs", "nobody"], ["rib", "nobody"],
                    ["neighbors", "nobody"],
                ] {
                    let result = try lab.run(words[0], Array(words.dropFirst()))
                    #expect(result.status == 2, "\(words)")
                    #expect(result.standardOutput.isEmpty)
                    #expect(
                        result.standardError.hasPrefix(
                            "rslab: the lab has no node 'nobody'; its nodes are vpc, subnet-az1"),
                        "\(words): \(result.standardError)")
                }
                for verb in ["rib", "neighbors"] {
                    let result = try lab.run(verb, "access-instance")
                    #expect(result.status == 2)
                    #expect(
                        result.standardError.hasPrefix("rslab: access-instance does not run rslab's own speaker"),
                        "\(result.standardError)")
                }
                #expect(try lab.run("exec", "rs", "--", "no-such-command").status == 127)
            }
        }
    }
}
