// SPDX-License-Identifier: MIT-0
import LabHost
import LabModel
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    @Suite(.timeLimit(.minutes(1)))
    struct SampleLabTests {
        @Test func `AWS' own sample comes up unchanged`() throws {
            try TestLab.with("interop-sample", up: TestLab.sampleTemplate) { lab in
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.sessions == 4)
                #expect(status.sessions_established == 4)
                #expect(status.active == "instance-rs-az1")
                #expect(status.fault == nil)

                let floating = try #require(IPPrefix("172.16.1.1/32"))
                let paths = try lab.json(RIBOutput.self, "rib").routes
                #expect(paths.map(\.prefix) == Array(repeating: floating, count: 4))
                #expect(paths.map(\.next_hop.description) == ["10.0.1.10", "10.0.1.10", "10.0.2.10", "10.0.2.10"])
                let standby = "65001 65001 65001"
                #expect(paths.map(\.as_path) == ["65001", "65001", standby, standby])
                #expect(paths.map(\.as_path_length) == [1, 1, 3, 3])
                #expect(paths.map(\.best) == [true, false, false, false])
                #expect(
                    paths.map(\.endpoint) == ["rs1-az1-rse1", "rs1-az1-rse2", "rs1-az2-rse3", "rs1-az2-rse4"])

                let routes = try lab.json(TablesOutput.self, "tables").propagated
                #expect(routes.map(\.destination) == [floating])
                #expect(routes.map(\.instance) == ["instance-rs-az1"])
                #expect(routes.map(\.nextHop?.description) == ["10.0.1.10"])
                #expect(routes.allSatisfy { $0.state == .active && $0.target.hasPrefix("eni-") })
            }
        }

        @Test func `the commands of the sample's instructions work on the lab's instances`() throws {
            try TestLab.with("interop-shell", up: TestLab.sampleTemplate) { lab in
                let ping = try lab.output(of: "ping", "-n", "-c", "1", "172.16.1.1", on: "access-instance")
                #expect(ping.contains("64 bytes from 172.16.1.1: icmp_seq=1 ttl=127"))

                let neighbors = try lab.output(of: "gobgp", "neighbor", on: "instance-rs-az1")
                #expect(neighbors.contains("10.0.1.4 65000"))
                #expect(neighbors.contains("10.0.1.5 65000"))
                #expect(neighbors.split(separator: "\n").filter { $0.contains("Establ") }.count == 2)

                let rib = try lab.output(of: "gobgp", "global", "rib", on: "instance-rs-az1")
                #expect(rib.contains("*> 172.16.1.1/32        0.0.0.0"))

                let files = try lab.output(
                    of: "sh", "-c", "cd /home/ec2-user && ./gobgp global rib && cat gobgpd.conf",
                    on: "instance-rs-az2")
                #expect(files.contains("65001 65001"))
                #expect(files.contains("router-id = \"10.0.2.10\""))
                #expect(files.contains("neighbor-address = \"10.0.2.4\""))

                #expect(try lab.output(of: "hostname", on: "instance-rs-az2") == "instance-rs-az2\n")
                #expect(try lab.run("exec", "instance-rs-az1", "--", "sh", "-c", "exit 7").status == 7)
            }
        }

        @Test func `routes added and deleted by hand reach the VPC's tables`() throws {
            try TestLab.with("interop-byhand", up: TestLab.sampleTemplate) { lab in
                _ = try lab.output(of: "gobgp", "global", "rib", "add", "192.0.2.0/24", on: "instance-rs-az2")
                let added = try #require(IPPrefix("192.0.2.0/24"))
                try eventually("the added route in the table") {
                    try lab.json(TablesOutput.self, "tables").propagated
                        .contains { $0.destination == added && $0.instance == "instance-rs-az2" }
                }
                _ = try lab.output(of: "gobgp", "global", "rib", "del", "192.0.2.0/24", on: "instance-rs-az2")
                try eventually("the deleted route out of the table") {
                    try !lab.json(TablesOutput.self, "tables").propagated.contains { $0.destination == added }
                }
            }
        }
    }
}
