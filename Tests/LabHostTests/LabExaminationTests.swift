// SPDX-License-Identifier: MIT-0
import Testing
import VPC
import WireFormat

@testable import LabHost

// What an examination of a running lab comes to needs no lab.

/// The verdicts of `rslab doctor --name` on what a lab was found to do.
@Suite struct LabExaminationTests {
    @Test func `sessions that are down are named, with their state`() {
        #expect(LabExamination.check("BFD", of: []) == nil)
        #expect(
            LabExamination.check("BGP", of: [("rse1 with 10.0.1.10", true, "Established")])
                == HostCheck("BGP", .ok, "1 of 1 sessions up"))
        let sessions = [
            (name: "rse1 with 10.0.1.10", isUp: true, state: "Up"),
            (name: "rse2 with 10.0.1.10", isUp: false, state: "Down"),
        ]
        #expect(
            LabExamination.check("BFD", of: sessions)
                == HostCheck("BFD", .failed, "1 of 2 sessions up; rse2 with 10.0.1.10 is Down"))
    }

    @Test func `what an interface dropped is allowed by a rule, or by no check`() throws {
        let (own, peer) = (try #require(IPAddress("10.0.1.10")), try #require(IPAddress("10.0.1.4")))
        let block = try #require(IPPrefix("10.0.1.0/24"))
        let elsewhere = try #require(IPAddress("172.16.1.1"))
        func advice(_ traffic: Traffic, _ direction: InterfaceRules.Direction, check: Bool = false) throws -> String {
            let interface = NetworkInterface(
                logicalID: "Interface", name: "eni", subnet: "Subnet", address: own,
                macAddress: MACAddress(networkInterface: "Interface"), sourceDestinationCheck: check,
                securityGroups: ["Group"])
            let model = VPCModel(
                logicalID: "Vpc", name: "vpc", cidrBlocks: [block],
                subnets: [
                    Subnet(
                        logicalID: "Subnet", name: "subnet", cidrBlock: block, availabilityZone: "a",
                        routeTable: "Table", routerAddress: try #require(IPAddress("10.0.1.1")))
                ], internetGateway: nil, routeTables: [], networkInterfaces: [interface], instances: [],
                routeServers: [],
                securityGroups: [SecurityGroup(logicalID: "Group", name: "group", ingress: [], egress: [])])
            let refusal = try #require(model.interfaceRules().first?.refusal(of: traffic, direction))
            return LabExamination.advice(for: refusal)
        }
        #expect(
            try advice(.tcp(179, from: peer, to: own), .ingress)
                == "add an ingress rule for TCP 179 from 10.0.1.4 to group")
        #expect(
            try advice(.udp(3784, from: own, to: peer), .egress)
                == "add an egress rule for UDP 3784 to 10.0.1.4 to group")
        #expect(
            try advice(.echoRequest(from: peer, to: elsewhere), .ingress, check: true)
                == "set SourceDestCheck of eni to false")
    }
}
