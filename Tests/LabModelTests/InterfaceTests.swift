// SPDX-License-Identifier: MIT-0
import BFD
import LabModel
import Measurement
import Testing
import VPC
import WireFormat

/// What the rules of network interfaces keep from working, said before anything is sent.
@Suite struct InterfaceTests {
    /// Changes of the security group in the floating IP's template.
    private enum Change: String {
        case bfdMayNotEnter = "- {IpProtocol: udp, FromPort: 3784, ToPort: 3784, CidrIp: 10.0.0.0/16}\n"
        case pingsMayNotEnter = "- {IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 10.0.0.0/16}\n"
        case requestsMayNotEnter = "- {IpProtocol: tcp, FromPort: 7, ToPort: 7, CidrIp: 10.0.0.0/16}\n"
        case onlyPingsLeave = "      SecurityGroupIngress:\n"
    }

    private func lab(_ change: Change? = nil, options: LabOptions = LabOptions()) throws -> LabLayout {
        try Layouts.template(
            "floating-ip.yaml", options: options,
            replacing: change.map { [($0.rawValue, $0 == .onlyPingsLeave ? Layouts.onlyPingsLeave : "\n")] } ?? [])
    }

    private func flow(_ direction: Flow.Direction = .inward) throws -> Flow {
        Flow(
            number: 0, direction: direction, node: direction == .inward ? "access-instance" : "instance-rs-az1",
            destination: try direction == .inward ? address("172.16.1.1") : address("10.0.3.10"),
            prefix: try prefix("172.16.1.1/32"), active: "instance-rs-az1", standby: "instance-rs-az2",
            interval: Milliseconds(1))
    }

    private func applications(_ protocols: [ApplicationProtocol]) -> ApplicationSettings {
        ApplicationSettings(protocols: protocols, interval: Milliseconds(10))
    }

    private func refusal(
        _ flows: [Flow], _ applications: ApplicationSettings? = nil, in lab: LabLayout
    ) throws -> String {
        let error = try #require(
            throws: LabError.self, performing: { try lab.requirePassage(of: flows, applications: applications) })
        return error.problem
    }

    // MARK: Ports

    @Test func `the ports of interfaces with rules are those of the plan`() throws {
        let lab = try lab()
        #expect(lab.filteredPorts.count == 3 + 4, "three instances and four endpoints")
        for port in lab.filteredPorts {
            let cable = try #require(
                lab.plan.cables.first {
                    $0.near.namespace == port.subnet && $0.near.index == Int32(port.index)
                })
            #expect(cable.far.macAddress == port.rules.interface.macAddress)
        }
    }

    @Test func `without groups and checks there is nothing to filter`() throws {
        var options = LabOptions()
        options.areSecurityGroupsOff = true
        options.isSourceDestinationCheckOff = true
        #expect(try lab(options: options).filteredPorts.isEmpty)
        options.isSourceDestinationCheckOff = false
        let checked = try lab(options: options).filteredPorts
        #expect(!checked.isEmpty && checked.allSatisfy { $0.rules.groups == nil && $0.rules.checksSourceDestination })
    }

    // MARK: Sessions

    @Test func `a session that a group keeps from leaving cannot come up`() throws {
        #expect(try lab().blockedSessions.isEmpty)
        let blocked = try lab(.onlyPingsLeave).blockedSessions
        #expect(blocked.count == 4)
        #expect(blocked.allSatisfy { $0.sessionProtocol == .bgp })
    }

    @Test func `BFD is only blocked where it is spoken`() throws {
        #expect(try lab(.bfdMayNotEnter).blockedSessions.isEmpty)
        let timers = BFDTimers(interval: .milliseconds(50), multiplier: 3)
        let blocked = try lab(.bfdMayNotEnter, options: LabOptions(bfd: timers)).blockedSessions
        #expect(blocked.count == 4 && blocked.allSatisfy { $0.sessionProtocol == .bfd })
    }

    // MARK: Probes

    @Test func `a ping that a group refuses is refused with the reason`() throws {
        let floating = try address("172.16.1.1")
        #expect(try lab().refusal(ofPingFrom: "access-instance", to: floating, at: "instance-rs-az1") == nil)
        let refusal = try #require(
            try lab(.pingsMayNotEnter).refusal(ofPingFrom: "access-instance", to: floating, at: "instance-rs-az1"))
        #expect(refusal.cause == .securityGroups)
        #expect(refusal.owner == "instance-rs-az1")
    }

    @Test func `pings from an unknown host are not refused`() throws {
        let floating = try address("172.16.1.1")
        #expect(try lab(.pingsMayNotEnter).refusal(ofPingFrom: "nobody", to: floating, at: "instance-rs-az1") == nil)
    }

    @Test func `flows that are not blocked may be measured`() throws {
        let both: [ApplicationProtocol] = [.tcp, .udp]
        try lab().requirePassage(of: [flow(), flow(.outward)], applications: applications(both))
    }

    @Test func `a flow that the active instance may not answer is refused before it is measured`() throws {
        #expect(
            try refusal([flow()], in: lab(.pingsMayNotEnter)).hasPrefix(
                "access-instance > 172.16.1.1 cannot be measured: "))
    }

    @Test func `an outward flow needs the source/destination check to be off`() throws {
        let checked = try Layouts.template(
            "floating-ip.yaml", replacing: [("SourceDestCheck: false", "SourceDestCheck: true")])
        #expect(try refusal([flow(.outward)], in: checked).hasPrefix("172.16.1.1 > 10.0.3.10 cannot be measured: "))
    }

    @Test func `an application needs its own port`() throws {
        let lab = try lab(.requestsMayNotEnter)
        try lab.requirePassage(of: [flow()], applications: applications([.udp]))
        #expect(try refusal([flow()], applications([.udp, .tcp]), in: lab).contains("over tcp cannot be measured"))
    }

    @Test func `flows to samples and through firewalls are not asked about`() throws {
        var sample = try flow()
        sample.role = .sample
        try lab(.pingsMayNotEnter).requirePassage(of: [sample], applications: nil)
    }

    // MARK: Problems

    @Test func `blocked traffic is reported with what was dropped of it`() throws {
        let lab = try lab(.onlyPingsLeave)
        let refusal = try #require(lab.blockedSessions.first?.refusal)
        let problems = lab.interfaceProblems([InterfaceDrop(refusal: refusal, packets: 7)]) { _ in nil }
        #expect(problems.count == 4)
        #expect(problems[0].packets == 7)
        #expect(problems[0].text.hasSuffix("(7 packets dropped)"))
        #expect(problems[0].subject == "BGP of rs1-az1-rse1 with 10.0.1.203")
    }

    @Test func `a floating IP that may not answer is reported if an instance is active for it`() throws {
        let lab = try lab(.pingsMayNotEnter)
        #expect(lab.interfaceProblems([]) { _ in nil }.isEmpty)
        let problems = lab.interfaceProblems([]) { _ in "instance-rs-az2" }
        #expect(problems.map(\.subject) == ["ping from access-instance to 172.16.1.1 at instance-rs-az2"])
        #expect(problems.allSatisfy { $0.text.hasSuffix("(nothing dropped yet)") })
    }

    @Test func `drops in words`() throws {
        let refusal = try #require(try lab(.onlyPingsLeave).blockedSessions.first?.refusal)
        #expect(InterfaceDrop(refusal: refusal, packets: 0).text == "\(refusal) (nothing dropped yet)")
        #expect(InterfaceDrop(refusal: refusal, packets: 1).text == "\(refusal) (1 packet dropped)")
        #expect(InterfaceDrop(refusal: refusal, packets: 2).text == "\(refusal) (2 packets dropped)")
    }
}
