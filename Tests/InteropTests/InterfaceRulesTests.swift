// SPDX-License-Identifier: MIT-0
import TestSupport
import Testing

extension InteropTests {
    /// Common mistakes in real deployments, one each, and their effect in a lab.
    @Suite(.timeLimit(.minutes(2)))
    struct InterfaceRulesTests {
        private struct Status: Decodable {
            struct Drop: Decodable {
                var owner: String
                var direction: String
                var cause: String
                var security_groups: [String]
                var `protocol`: Int
                var source: String
                var destination: String
                var port: Int?
                var icmp_type: Int?
                var packets: Int
            }
            struct Rule: Decodable {
                var interface: String
                var direction: String
                var rule: String
                var drops: Bool
                var packets: Int
            }
            struct BFD: Decodable {
                var sessions: Int
                var sessions_up: Int
            }
            var sessions: Int
            var sessions_established: Int
            var bfd: BFD?
            var active: String?
            var blocked: [String]
            var drops: [Drop]
            var interface_rules: [Rule]
        }

        private struct Examination: Decodable {
            var works: Bool
            var checks: [Check]
            struct Check: Decodable {
                var verdict: String
                var finding: String
                var advice: String?
            }
        }

        private static let template = TestLab.fixture("templates/interface-rules.yaml")

        private func with(_ mistake: String, options: [String] = [], body: (TestLab, Status) throws -> Void) throws {
            try TestLab.named("rules-\(mistake)") { lab in
                let up = try lab.run("up", [Self.template, "--parameter", "Mistake=\(mistake)"] + options)
                try #require(up.status == 0, "up: \(up.standardError)")
                try body(lab, try lab.json(Status.self, "status"))
            }
        }

        private func ping(_ lab: TestLab) throws -> Bool {
            try lab.run("exec", "client", "--", "ping", "-n", "-c", "1", "-W", "1", "172.16.1.1").status == 0
        }

        private func examination(of lab: TestLab) throws -> Examination {
            try lab.run("doctor", "--json").decode(Examination.self)
        }

        @Test func `with just the rules that are needed everything works, and answers need none`() throws {
            try with("none") { lab, status in
                #expect(status.sessions_established == 1 && status.bfd?.sessions_up == 1)
                #expect(status.blocked.isEmpty)
                #expect(try ping(lab))
                let after = try lab.json(Status.self, "status")
                func packets(_ interface: String, _ direction: String, _ rule: String) -> Int {
                    after.interface_rules.filter {
                        $0.interface == interface && $0.direction == direction && $0.rule.hasPrefix(rule)
                    }.reduce(0) { $0 + $1.packets }
                }
                #expect(packets("speaker-eth0", "ingress", "ICMP type 8 from the group client-group") > 0)
                #expect(packets("speaker-eth0", "egress", "established") > 0)
                #expect(packets("client-eth0", "ingress", "established") > 0)
                #expect(packets("rse1-eni", "ingress", "TCP 179 from 10.0.1.10/32") > 0)
                #expect(packets("rse1-eni", "ingress", "UDP 3784 from 10.0.1.10/32") > 0)
                // Traffic that is not probed is also dropped, and reported.
                #expect(
                    try lab.run("exec", "speaker", "--", "ping", "-n", "-c", "1", "-W", "1", "10.0.2.10").status != 0)
                let drops = try lab.json(Status.self, "status").drops
                #expect(
                    drops.contains {
                        $0.owner == "speaker" && $0.direction == "egress" && $0.icmp_type == 8 && $0.packets == 1
                    })
                #expect(try examination(of: lab).works)
            }
        }

        @Test func `a forgotten BFD port leaves BGP up and BFD down, by name`() throws {
            try with("bfd-port") { lab, status in
                #expect(status.sessions_established == 1)
                #expect(status.bfd?.sessions_up == 0)
                #expect(status.active == "speaker")
                try eventually("dropped BFD packets in status") {
                    let drop = try lab.json(Status.self, "status").drops.first { $0.port == 3784 }
                    return drop?.direction == "ingress" && drop?.source == "10.0.1.4"
                        && drop?.cause == "security-groups"
                        && drop?.security_groups == ["speaker-group"] && drop?.packets ?? 0 > 1
                }
                let found = try examination(of: lab)
                #expect(!found.works)
                #expect(
                    found.checks.contains {
                        $0.finding.hasPrefix(
                            "BFD of rse1 with 10.0.1.10 is down: the security group speaker-group (sg-")
                            && $0.finding.contains("lets no UDP 3784 in from 10.0.1.4 at speaker-eth0 (eni-")
                            && $0.advice == "add an ingress rule for UDP 3784 from 10.0.1.4 to speaker-group"
                    }, "\(found)")
                // RFC 5882 section 4.2: BGP does not wait for a BFD session that was never up, nor end because of it.
                #expect(try lab.json(Status.self, "status").sessions_established == 1)
                #expect(try ping(lab))
            }
        }

        @Test func `a closed BGP port keeps the session down`() throws {
            try with("bgp-port") { lab, status in
                #expect(status.sessions_established == 0)
                #expect(status.active == nil)
                #expect(
                    status.blocked.contains {
                        $0.contains("lets no TCP 179 out to 10.0.1.4 at speaker-eth0")
                    }, "\(status.blocked)")
                #expect(status.drops.contains { $0.port == 179 && $0.direction == "egress" })
                let isAnswered = try ping(lab)
                #expect(!isAnswered)
            }
        }

        @Test(arguments: ["icmp", "group-reference"])
        func `pings that no rule admits are lost, and a measurement of them is refused`(mistake: String) throws {
            try with(mistake) { lab, status in
                #expect(status.sessions_established == 1)
                #expect(try !ping(lab))
                let drop = try #require(try lab.json(Status.self, "status").drops.first { $0.icmp_type == 8 })
                #expect(drop.owner == "speaker" && drop.source == "10.0.2.10" && drop.destination == "172.16.1.1")
                #expect(drop.security_groups == ["speaker-group"])
                #expect(
                    try examination(of: lab).checks.contains {
                        $0.finding.hasPrefix("ping from client to 172.16.1.1 at speaker is down: the security group")
                            && $0.finding.hasSuffix("(1 packet dropped)")
                    })
            }
        }

        @Test func `a source/destination check that was left on disables only the floating IP`() throws {
            try with("source-dest-check") { lab, status in
                #expect(status.sessions_established == 1 && status.bfd?.sessions_up == 1)
                #expect(try !ping(lab))
                let after = try lab.json(Status.self, "status")
                let drop = try #require(after.drops.first { $0.cause == "source-dest-check" })
                #expect(drop.owner == "speaker" && drop.direction == "ingress" && drop.destination == "172.16.1.1")
                let counter = after.interface_rules.first {
                    $0.interface == "speaker-eth0" && $0.direction == "ingress" && $0.rule == "source/destination check"
                }
                #expect(counter?.packets == 1 && counter?.drops == true)
                #expect(
                    after.blocked.contains {
                        $0.contains("the source/destination check of speaker-eth0 (eni-")
                            && $0.contains("lets nothing in for 172.16.1.1")
                    }, "\(after.blocked)")
            }
            try with("source-dest-check", options: ["--no-source-dest-check"]) { lab, status in
                #expect(status.blocked.isEmpty)
                let isAnswered = try ping(lab)
                #expect(isAnswered)
            }
        }

        @Test func `a template's mistakes are reported before anything is built`() throws {
            func warnings(_ mistake: String) throws -> String {
                try RSLabCommand.run("validate", Self.template, "--parameter", "Mistake=\(mistake)").standardError
            }
            #expect(try warnings("none").isEmpty)
            #expect(
                try warnings("bfd-port").contains("warning: BFD of rse1 with 10.0.1.10 stays down: the security group"))
            #expect(try warnings("bgp-port").contains("lets no TCP 179 out to 10.0.1.4"))
            #expect(try warnings("source-dest-check").contains("set SourceDestCheck to false"))
            // AWS's sample opens no port for BFD, and does not use it.
            let sample = try RSLabCommand.run("validate", TestLab.sampleTemplate)
            #expect(!sample.standardError.contains("stays down"))
            let plan = try RSLabCommand.run("up", TestLab.sampleTemplate, "--bfd", "50x3", "--dry-run")
            #expect(plan.standardError.contains("lets no UDP 3784 in from 10.0.1.4"))
        }
    }
}
