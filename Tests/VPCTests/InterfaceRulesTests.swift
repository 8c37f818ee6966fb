// SPDX-License-Identifier: MIT-0
import Testing
import VPC
import WireFormat

@Suite struct InterfaceRulesTests {
    private static let active = IPAddress.v4(IPv4Address(bits: 0x0A00_010A))
    private static let client = IPAddress.v4(IPv4Address(bits: 0x0A00_010B))
    private static let stranger = IPAddress.v4(IPv4Address(bits: 0xC000_0201))

    private func group(
        _ name: String, ingress: [SecurityGroupRule] = [], egress: [SecurityGroupRule]? = nil
    ) -> SecurityGroup {
        SecurityGroup(logicalID: name, name: name, ingress: ingress, egress: egress)
    }

    private func rule(
        _ ipProtocol: String, _ from: Int? = nil, _ to: Int? = nil, _ peer: SecurityGroupRule.Peer = .block(Self.vpc)
    ) -> SecurityGroupRule {
        SecurityGroupRule(ipProtocol: ipProtocol, fromPort: from, toPort: to, peer: peer)
    }

    private static let vpc = IPPrefix(masking: .v4(IPv4Address(bits: 0x0A00_0000)), length: 16)

    /// The rules of an interface at 10.0.1.10, next to one at 10.0.1.11 that is in the group "clients".
    private func rules(_ groups: SecurityGroup..., check: Bool = false) throws -> InterfaceRules {
        let block = try #require(IPPrefix("10.0.1.0/24"))
        func interface(_ name: String, _ address: IPAddress, _ groups: [String]) -> NetworkInterface {
            NetworkInterface(
                logicalID: name, name: name, subnet: "Subnet", address: address,
                macAddress: MACAddress(networkInterface: name), sourceDestinationCheck: check, securityGroups: groups)
        }
        let model = VPCModel(
            logicalID: "Vpc", name: "vpc", cidrBlocks: [Self.vpc],
            subnets: [
                Subnet(
                    logicalID: "Subnet", name: "subnet", cidrBlock: block, availabilityZone: "a", routeTable: "Table",
                    routerAddress: try #require(IPAddress("10.0.1.1")))
            ], internetGateway: nil, routeTables: [],
            networkInterfaces: [
                interface("Active", Self.active, groups.map(\.logicalID)),
                interface("Client", Self.client, ["clients"]),
            ], instances: [], routeServers: [], securityGroups: groups + [group("clients")])
        return try #require(model.interfaceRules().first)
    }

    private func isAllowed(
        _ traffic: Traffic, _ rules: InterfaceRules, _ direction: InterfaceRules.Direction = .ingress
    ) -> Bool {
        rules.refusal(of: traffic, direction) == nil
    }

    @Test func `ports are those of the rule's protocol, first and last included`() throws {
        let rules = try rules(group("g", ingress: [rule("tcp", 100, 200), rule("17", 7, 7)]))
        for (port, isOpen) in [(99, false), (100, true), (150, true), (200, true), (201, false)] as [(UInt16, Bool)] {
            #expect(isAllowed(.tcp(port, from: Self.client, to: Self.active), rules) == isOpen, "\(port)")
        }
        #expect(!isAllowed(.udp(150, from: Self.client, to: Self.active), rules))
        #expect(isAllowed(.udp(7, from: Self.client, to: Self.active), rules))
        #expect(!isAllowed(.tcp(150, from: Self.stranger, to: Self.active), rules))
    }

    @Test func `ICMP rules are about type and code, and -1 is any`() throws {
        func icmp(_ type: UInt8, _ code: UInt8) -> Traffic {
            Traffic(from: Self.client, to: Self.active, .icmp, .icmp(type: type, code: code))
        }
        let any = try rules(group("g", ingress: [rule("icmp", -1, -1)]))
        #expect(isAllowed(icmp(8, 0), any) && isAllowed(icmp(13, 0), any))
        let echo = try rules(group("g", ingress: [rule("icmp", 8, -1)]))
        #expect(isAllowed(icmp(8, 0), echo) && !isAllowed(icmp(13, 0), echo))
        let unreachable = try rules(group("g", ingress: [rule("1", 3, 4)]))
        #expect(isAllowed(icmp(3, 4), unreachable) && !isAllowed(icmp(3, 1), unreachable))
        #expect(!isAllowed(.tcp(8, from: Self.client, to: Self.active), any))
    }

    @Test func `a protocol by its number has no ports, and -1 is every protocol`() throws {
        let gre = Traffic(from: Self.client, to: Self.active, IPProtocol(47), .none)
        #expect(isAllowed(gre, try rules(group("g", ingress: [rule("47", 1, 2)]))))
        #expect(!isAllowed(gre, try rules(group("g", ingress: [rule("tcp")]))))
        #expect(isAllowed(gre, try rules(group("g", ingress: [rule("-1", 1, 2)]))))
        #expect(InterfaceRules.Service(rule("tpc")) == nil)
        #expect(InterfaceRules.Service(rule("256")) == nil)
        #expect(InterfaceRules.Service(rule("tcp", 9, 8)) == nil)
    }

    @Test func `a group stands for its interfaces' private addresses, not for what they forward`() throws {
        let rules = try rules(group("g", ingress: [rule("tcp", 179, 179, .securityGroup("clients"))]))
        #expect(isAllowed(.tcp(179, from: Self.client, to: Self.active), rules))
        #expect(!isAllowed(.tcp(179, from: Self.stranger, to: Self.active), rules))
    }

    @Test func `several groups allow what any of them does, and no group of a template allows nothing in`() throws {
        let both = try rules(group("a", ingress: [rule("tcp", 1, 1)]), group("b", ingress: [rule("tcp", 2, 2)]))
        for port in [1, 2] as [UInt16] {
            #expect(isAllowed(.tcp(port, from: Self.client, to: Self.active), both))
        }
        let refusal = try #require(both.refusal(of: .tcp(3, from: Self.client, to: Self.active), .ingress))
        #expect(
            refusal.description.hasPrefix("the security groups a (sg-")
                && refusal.description.contains(" let no TCP 3 in from 10.0.1.11 at Active (eni-"))
    }

    @Test func `without egress rules everything may leave, with one nothing else`() throws {
        let out = Traffic.udp(53, from: Self.active, to: Self.stranger)
        #expect(isAllowed(out, try rules(group("g")), .egress))
        let limited = try rules(group("g", egress: [rule("tcp", 179, 179)]))
        #expect(!isAllowed(out, limited, .egress))
        #expect(isAllowed(.tcp(179, from: Self.active, to: Self.client), limited, .egress))
    }

    @Test func `packets from the subnet's router always pass`() throws {
        let router = try #require(IPAddress("10.0.1.1"))
        #expect(isAllowed(.tcp(80, from: router, to: Self.active), try rules(group("g"))))
    }

    @Test func `the check is about addresses of the interface in both directions`() throws {
        let open = group("g", ingress: [rule("-1", nil, nil, .block(try #require(IPPrefix("0.0.0.0/0"))))])
        let rules = try rules(open, check: true)
        let floating = try #require(IPAddress("172.16.1.1"))
        let inward = try #require(rules.refusal(of: .echoRequest(from: Self.client, to: floating), .ingress))
        #expect(inward.cause == .sourceDestinationCheck)
        #expect(rules.refusal(of: .echoRequest(from: floating, to: Self.client), .egress)?.cause == inward.cause)
        #expect(isAllowed(.echoRequest(from: Self.client, to: Self.active), rules))
        #expect(try !self.rules(open).checksSourceDestination)
    }

    @Test func `an interface that lets everything through is open`() throws {
        let everything = try ["0.0.0.0/0", "::/0"].map { rule("-1", nil, nil, .block(try #require(IPPrefix($0)))) }
        #expect(try rules(group("g", ingress: everything)).isOpen)
        #expect(try !rules(group("g", ingress: everything), check: true).isOpen)
        #expect(try !rules(group("g", ingress: [everything[0]])).isOpen)
    }
}
