// SPDX-License-Identifier: MIT-0
import BFD
import LabModel
import Testing
import VPC
import WireFormat

@Suite struct ExpectedSessionsTests {
    private static let timers = BFDTimers(interval: .milliseconds(50), multiplier: 3)
    /// A security group that lets out nothing but pings, so no speaker can dial.
    private static let withoutBGP = [("      SecurityGroupIngress:\n", Layouts.onlyPingsLeave)]
    /// A security group that lets no BFD in.
    private static let withoutBFD = [
        ("- {IpProtocol: udp, FromPort: 3784, ToPort: 3784, CidrIp: 10.0.0.0/16}\n", "\n")
    ]

    private func sessions(_ sessions: [SessionName]) -> [String] { sessions.map(\.description) }

    private func layout(
        _ options: LabOptions = LabOptions(), replacing: [(String, String)] = []
    ) throws -> LabLayout {
        try Layouts.template("floating-ip.yaml", options: options, replacing: replacing)
    }

    // MARK: Sessions

    @Test func `every peer that is dialled for comes up`() throws {
        #expect(
            sessions(try layout().expectedSessions) == [
                "rs1-az1-rse1 with 10.0.1.203", "rs1-az1-rse2 with 10.0.1.203", "rs1-az2-rse3 with 10.0.2.203",
                "rs1-az2-rse4 with 10.0.2.203",
            ])
    }

    @Test func `a session that a security group blocks is not waited for`() throws {
        #expect(try layout(replacing: Self.withoutBGP).expectedSessions.isEmpty)
        var options = LabOptions()
        options.areSecurityGroupsOff = true
        #expect(try layout(options, replacing: Self.withoutBGP).expectedSessions.count == 4)
    }

    @Test func `a peer that no instance dials is not waited for`() throws {
        let layout = try layout(replacing: [("neighbor-address = \"${Second}\"", "neighbor-address = \"10.0.9.9\"")])
        #expect(sessions(layout.expectedSessions) == ["rs1-az1-rse1 with 10.0.1.203", "rs1-az2-rse3 with 10.0.2.203"])
    }

    @Test func `BFD comes up where it is asked for, and gobgpd has none`() throws {
        #expect(try layout().expectedBFDSessions.isEmpty)
        #expect(try layout(LabOptions(bfd: Self.timers)).expectedBFDSessions.count == 4)
        #expect(try layout(LabOptions(bfd: Self.timers, isBFDOff: true)).expectedBFDSessions.isEmpty)
        #expect(try layout(LabOptions(speaker: .gobgpd, bfd: Self.timers)).expectedBFDSessions.isEmpty)
    }

    @Test func `if a security group blocks BFD, only BGP comes up`() throws {
        let layout = try layout(LabOptions(bfd: Self.timers), replacing: Self.withoutBFD)
        #expect(layout.expectedSessions.count == 4)
        #expect(layout.expectedBFDSessions.isEmpty)
    }

    // MARK: Paths

    @Test func `a prefix has a path from each session of each speaker that announces it`() throws {
        let layout = try layout()
        #expect(layout.expectedPathCounts(at: layout.model.routeServers[0]) == [try prefix("172.16.1.1/32"): 4])
    }

    @Test func `sessions that stay down bring no paths`() throws {
        let silent = try layout(replacing: [("neighbor-address = \"${Second}\"", "neighbor-address = \"10.0.9.9\"")])
        #expect(silent.expectedPathCounts(at: silent.model.routeServers[0]).map(\.value) == [2])
        let blocked = try layout(replacing: Self.withoutBGP)
        #expect(blocked.expectedPathCounts(at: blocked.model.routeServers[0]).isEmpty)
    }

    @Test func `a route that is sent to no neighbour has no paths`() throws {
        let dual = try Layouts.template("dual-stack.yaml")
        let counts = dual.expectedPathCounts(at: dual.model.routeServers[0])
        #expect(counts.keys.contains { $0.family == .ipv6 })
        let plain = try Layouts.template(
            "dual-stack.yaml", replacing: [("afi-safi-name = \"ipv6-unicast\"", "afi-safi-name = \"ipv4-unicast\"")])
        #expect(plain.expectedPathCounts(at: plain.model.routeServers[0]).keys.allSatisfy { $0.family == .ipv4 })
    }

    @Test func `each of two route servers hears its own peers`() throws {
        let shared = try Layouts.sharedTable()
        let counts = shared.model.routeServers.map { shared.expectedPathCounts(at: $0) }
        #expect(counts == [[try prefix("172.16.1.1/32"): 1], [try prefix("172.16.1.1/32"): 1]])
    }
}
