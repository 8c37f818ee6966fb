// SPDX-License-Identifier: MIT-0
import LabHost
import LabModel
import Measurement
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// IPv6 next to IPv4, from the template to the probe.
    @Suite(.timeLimit(.minutes(2)))
    struct DualStackTests {
        private static let template = TestLab.fixture("templates/dual-stack.yaml")
        private static let floating = ["172.16.1.1/32", "2001:db8:ffff::1/128"]

        private func trial(on lab: TestLab, _ arguments: String...) throws -> Trial {
            let result = try lab.run("failover", ["--measure", "--validation", "500ms", "--json"] + arguments)
            try #require([0, 3].contains(result.status), "\(arguments): \(result.standardError)")
            let trial = try #require(try result.decode(Run.self).trials.first)
            let doubts = Set(trial.validity.reasons.map(\.doubt))
            #expect(
                doubts.isSubset(of: [.foreignCPU, .proberLate, .steal, .timerLate]),
                "\(trial.validity.reasons)")
            return trial
        }

        /// Each floating IP is in the table with a next hop of its own family, both of the same instance.
        private func expectTables(_ lab: TestLab, leadTo instance: String) throws {
            let routes = try lab.json(TablesOutput.self, "tables").propagated
            #expect(routes.map(\.destination.description) == Self.floating)
            #expect(routes.map(\.instance) == [instance, instance])
            #expect(routes.map(\.nextHop?.family) == [.ipv4, .ipv6])
            #expect(routes.allSatisfy { $0.state == .active })
        }

        @Test func `a floating IP of each family fails over in one trial, inward and outward`() throws {
            try TestLab.with("interop-dual-stack", up: Self.template) { lab in
                try expectTables(lab, leadTo: "instance-rs-az1")
                let paths = try lab.json(RIBOutput.self, "rib", "-a", "ipv6").routes
                #expect(paths.map(\.prefix.description) == Array(repeating: Self.floating[1], count: 4))
                #expect(paths.map(\.as_path_length) == [1, 1, 3, 3])
                #expect(paths.allSatisfy { $0.next_hop.family == .ipv6 })

                let trial = try trial(on: lab, "--outward")
                #expect(trial.flows.map(\.flow.direction) == [.inward, .inward, .outward, .outward])
                #expect(trial.flows.map(\.flow.prefix.description) == Self.floating + Self.floating)
                for measured in trial.flows {
                    #expect(measured.flow.destination.family == measured.flow.prefix.family)
                    #expect(measured.convergence?.instance == "instance-rs-az2", "\(measured.flow.name)")
                    #expect(measured.counts.sent > 400)
                }
                let routes = try #require(trial.routes)
                #expect(routes.routes.map(\.prefix.description).sorted() == Self.floating)
                #expect(trial.failBack?.convergence?.instance == "instance-rs-az1")
                try expectTables(lab, leadTo: "instance-rs-az1")

                #expect(try lab.json(ChangeOutput.self, "failover", "--fault", "grey").changed)
                for address in ["172.16.1.1", "2001:db8:ffff::1"] {
                    let words = ["access-instance", "--", "ping", "-n", "-c", "1", "-W", "0.2", address]
                    #expect(try lab.run("exec", words).standardOutput.contains("100% packet loss"), "\(address)")
                }
                #expect(try lab.json(ChangeOutput.self, "restore").changed)

                // A route for which the kernel's own neighbour discovery would be needed.
                let ping = try lab.output(
                    of: "ping", "-n", "-c", "1", "-I", "2001:db8:ffff::1", "2001:db8:fb2b:d603::10",
                    on: "instance-rs-az1")
                #expect(ping.contains("1 received"))
            }
        }

        @Test(.requires(daemon: .gobgpd))
        func `gobgpd's IPv4-mapped next hop leads to the IPv6 address of the same network interface`() throws {
            try TestLab.with("interop-dual-gobgpd", up: Self.template, "--speaker", "gobgpd") { lab in
                let paths = try lab.json(RIBOutput.self, "rib", "-a", "ipv6").routes
                #expect(paths.first?.next_hop.description == "::ffff:10.0.1.203")
                try expectTables(lab, leadTo: "instance-rs-az1")
                let trial = try trial(on: lab, "--floating-ip", "2001:db8:ffff::1")
                #expect(trial.convergence?.instance == "instance-rs-az2")
                #expect(trial.failBack?.convergence?.instance == "instance-rs-az1")
            }
        }
    }
}
