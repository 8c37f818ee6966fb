// SPDX-License-Identifier: MIT-0
import CloudFormation
import SourceText
import TestSupport
import Testing
import VPC
import WireFormat

@Suite struct BuiltinTemplateTests {
    private func model(_ parameters: [String: String] = [:]) throws -> VPCModel {
        let template = try Template(
            text: BuiltinTemplate.text, file: BuiltinTemplate.fileName, parameters: parameters)
        #expect(template.warnings == [])
        return try template.model()
    }

    @Test func `it is the fixture of the same name`() throws {
        #expect(try BuiltinTemplate.text == Fixture.text("templates/\(BuiltinTemplate.fileName)"))
    }

    @Test func `it deploys the sample's system under the sample's names`() throws {
        let model = try model()
        #expect(model.name == "vpc-rs")
        #expect(model.subnets.map(\.name) == ["subnet-az1", "subnet-az2", "subnet2-az2"])
        #expect(model.subnets.map(\.cidrBlock.description) == ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"])
        #expect(model.instances.map(\.name) == ["instance-rs-az1", "instance-rs-az2", "access-instance"])
        let server = try #require(model.routeServers.first)
        #expect(model.routeServers.count == 1)
        #expect(server.amazonSideASN == 65000)
        #expect(server.endpoints.map(\.name) == ["rs1-az1-rse1", "rs1-az1-rse2", "rs1-az2-rse3", "rs1-az2-rse4"])
        #expect(server.peers.map(\.address.description) == ["10.0.1.203", "10.0.1.203", "10.0.2.203", "10.0.2.203"])
        #expect(server.peers.allSatisfy { $0.asn == 65001 && $0.livenessDetection == .bgpKeepalive })
        #expect(server.propagations == ["RouteTable"])
        let addresses = Dictionary(uniqueKeysWithValues: model.networkInterfaces.map { ($0.name, "\($0.address)") })
        #expect(
            addresses == [
                "rs1-az1-rse1-eni": "10.0.1.4", "rs1-az1-rse2-eni": "10.0.1.5", "rs1-az2-rse3-eni": "10.0.2.4",
                "rs1-az2-rse4-eni": "10.0.2.5", "instance-rs-az1-eth0": "10.0.1.203",
                "instance-rs-az2-eth0": "10.0.2.203", "access-instance-eth0": "10.0.3.10",
            ])
    }

    @Test func `active and standby announce the floating IP, the standby by a longer path`() throws {
        let model = try model()
        let boots = model.instances.map(\.boot)
        #expect(boots.map { $0.loopbackAddresses.map(\.description) } == [["172.16.1.1/32"], ["172.16.1.1/32"], []])
        #expect(
            boots.map { $0.announcements.map(\.words) } == [
                [["172.16.1.1/32", "-a", "ipv4"]], [["172.16.1.1/32", "aspath", "65001 65001", "-a", "ipv4"]], [],
            ])
        #expect(boots.allSatisfy { $0.notUnderstood.isEmpty })
        let unchecked = model.networkInterfaces.filter { !$0.sourceDestinationCheck }.map(\.name)
        #expect(unchecked == ["instance-rs-az1-eth0", "instance-rs-az2-eth0"])
        let configuration = try #require(boots[1].speakerConfiguration)
        #expect(configuration.text.contains("router-id = \"10.0.2.203\""))
        #expect(configuration.text.contains("neighbor-address = \"10.0.2.4\""))
        #expect(configuration.text.contains("neighbor-address = \"10.0.2.5\""))
    }

    @Test func `a parameter chooses BFD`() throws {
        let server = try #require(try model(["LivenessDetection": "bfd"]).routeServers.first)
        #expect(server.peers.allSatisfy { $0.livenessDetection == .bfd })
    }
}
