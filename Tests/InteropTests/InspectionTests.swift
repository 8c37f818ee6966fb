// SPDX-License-Identifier: MIT-0
import Foundation
import LabHost
import LabModel
import Measurement
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// A pair of firewalls between an internet gateway and an application: two route tables that change together.
    @Suite(.timeLimit(.minutes(2)))
    struct InspectionTests {
        private static let application = "203.0.113.3"
        private static let outside = "198.51.100.1"
        /// Disturbances of a measurement by other work on this machine, which are not the lab's fault.
        private static let contention: Set<Validity.Doubt> = [.foreignCPU, .proberLate, .steal, .timerLate]
        /// A route that no route server is involved in.
        private static let staticRoute = """
              StaticRoute:
                Type: AWS::EC2::Route
                Properties:
                  RouteTableId: !Ref ApplicationRouteTable
                  DestinationCidrBlock: 192.0.2.128/25
                  InstanceId: !Ref Firewall2

            Outputs:
            """

        private func withLab(_ body: (TestLab) throws -> Void) throws {
            let template = try String(contentsOfFile: TestLab.fixture("templates/inspection.yaml"), encoding: .utf8)
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(
                "inspection-\(ProcessInfo.processInfo.processIdentifier).yaml")
            try template.replacingOccurrences(of: "Outputs:", with: Self.staticRoute)
                .write(to: file, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(at: file) }
            try TestLab.with("interop-inspection", up: "--hold", "3", file.path, body: body)
        }

        private func table(_ name: String, of lab: TestLab) throws -> VPCRouteTable {
            try #require(
                try lab.json(TablesOutput.self, "tables").route_tables.first { $0.name == name })
        }

        /// How many packets a node's kernel has forwarded (RFC 4293 ipSystemStatsHCOutForwDatagrams).
        private func forwardedCount(_ node: String, of lab: TestLab) throws -> Int {
            let lines = try lab.output(of: "cat", "/proc/net/snmp", on: node).split(separator: "\n")
                .filter { $0.hasPrefix("Ip:") }.map { $0.split(separator: " ") }
            let place = try #require(lines[0].firstIndex(of: "ForwDatagrams"))
            return try #require(Int(lines[1][place]))
        }

        private func ping(_ address: String, from node: String, of lab: TestLab) throws -> String {
            try lab.run("exec", [node, "--", "ping", "-c", "2", "-i", "0.05", "-W", "1", address]).standardOutput
        }

        @Test func `both tables lead through the active firewall, and both flip when it dies`() throws {
            try withLab { lab in
                try expectTables(of: lab, active: "firewall-az1")
                try expectWay(through: "firewall-az1", besides: "firewall-az2", timeToLive: 59, of: lab)
                try expectTranslation(of: lab)
                let result = try lab.run(
                    "failover", "--measure", "--validation", "500ms", "--fault", "power-off", "--json")
                try #require([0, 3].contains(result.status), "\(result.standardError)")
                let trial = try #require(try result.decode(Run.self).trials.first)
                #expect(Set(trial.validity.reasons.map(\.doubt)).isSubset(of: Self.contention))
                try expectFlip(trial)
                try expectBlackhole(of: lab)
            }
        }

        private func expectTables(of lab: TestLab, active: String) throws {
            for name in ["rtb-gateway", "rtb-application"] {
                let propagated = try table(name, of: lab).routes.filter { $0.origin == .advertisement }
                #expect(propagated.map(\.destination.description) == ["0.0.0.0/0", "10.0.3.0/24"])
                #expect(propagated.allSatisfy { $0.instance == active && $0.state == .active }, "\(propagated)")
            }
            #expect(try table("rtb-gateway", of: lab).gateway == "igw-inspection")
            #expect(try table("rtb-application", of: lab).subnets == ["application"])
            let own = try table("rtb-firewalls", of: lab)
            #expect(own.propagatingRouteServers.isEmpty)
            #expect(own.routes.map(\.origin) == [.createRouteTable, .createRoute])
        }

        private func expectWay(
            through active: String, besides standby: String, timeToLive: Int, of lab: TestLab
        ) throws {
            let before = (try forwardedCount(active, of: lab), try forwardedCount(standby, of: lab))
            for (node, address) in [("internet", Self.application), ("application-host", Self.outside)] {
                let output = try ping(address, from: node, of: lab)
                #expect(output.contains("64 bytes from \(address): icmp_seq=2 ttl=\(timeToLive) "), "\(output)")
            }
            // Two requests and two replies each.
            #expect(try forwardedCount(active, of: lab) == before.0 + 8)
            #expect(try forwardedCount(standby, of: lab) == before.1)
        }

        /// Outside, packets have public addresses, and private ones lead nowhere.
        private func expectTranslation(of lab: TestLab) throws {
            #expect(try lab.run("exec", "internet", "--", "ping", "-c", "1", "-W", "1", "10.0.3.10").status != 0)
            let count = try forwardedCount("firewall-az1", of: lab)
            let script = "echo hello > /dev/tcp/\(Self.application)/80"
            // Nothing listens there: a reset must come back, through the firewall and translated, or this would take
            // long.
            let refused = try lab.run("exec", "internet", "--", "timeout", "5", "bash", "-c", script)
            #expect(refused.standardError.contains("Connection refused"), "\(refused.standardError)")
            #expect(try forwardedCount("firewall-az1", of: lab) == count + 2)
        }

        private func expectFlip(_ trial: Trial) throws {
            #expect(trial.subject.active == "firewall-az1" && trial.subject.standby == "firewall-az2")
            #expect(trial.flows.map(\.flow.node) == ["internet", "application-host"])
            for measured in trial.flows {
                #expect(measured.flow.role == .transit)
                #expect(measured.convergence?.instance == "firewall-az2", "\(measured.flow.name)")
                #expect(measured.servingPeriods.map(\.instance) == ["firewall-az1", "firewall-az2", "firewall-az1"])
            }
            for name in [Timeline.StepName.tableWritten, .tableChanged] {
                let step = try #require(trial.timeline[name])
                #expect(
                    Set(step.parts.map(\.name)) == ["rtb-gateway, 10.0.3.0/24", "rtb-application, 0.0.0.0/0"])
                #expect(step.at == step.parts.map(\.at).max())
            }
        }

        private func expectBlackhole(of lab: TestLab) throws {
            _ = try lab.json(ChangeOutput.self, "failover", "--fault", "kill", "--target", "firewall-az2")
            let route = try #require(
                try table("rtb-application", of: lab).routes.first { $0.origin == .createRoute })
            #expect(route.state == .blackhole)
            #expect(route.reason == "firewall-az2 does not run")
            // Dropped silently.
            let output = try ping("192.0.2.129", from: "application-host", of: lab)
            #expect(output.contains("0 received") && !output.contains("Unreachable"), "\(output)")
            _ = try lab.json(ChangeOutput.self, "restore")
            try expectTables(of: lab, active: "firewall-az1")
            let again = try #require(
                try table("rtb-application", of: lab).routes.first { $0.origin == .createRoute })
            #expect(again.state == .active && again.reason == nil)
        }
    }
}
