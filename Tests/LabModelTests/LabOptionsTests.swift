// SPDX-License-Identifier: MIT-0
import BFD
import LabModel
import Testing
import VPC

@Suite struct LabOptionsTests {
    private static let timers = BFDTimers(interval: .milliseconds(50), multiplier: 3)

    private func peer(_ liveness: RouteServerPeer.LivenessDetection) throws -> RouteServerPeer {
        RouteServerPeer(
            logicalID: "Peer", name: "peer", endpoint: "Endpoint", address: try address("10.0.1.203"), asn: 65001,
            livenessDetection: liveness)
    }

    @Test func `BFD is what was asked for, or the assumed one where the template wants it`() throws {
        #expect(try LabOptions().bfdTimers(for: peer(.bgpKeepalive)) == nil)
        #expect(try LabOptions().bfdTimers(for: peer(.bfd)) == LabOptions.assumedBFDTimers)
        for liveness in [RouteServerPeer.LivenessDetection.bgpKeepalive, .bfd] {
            #expect(try LabOptions(bfd: Self.timers).bfdTimers(for: peer(liveness)) == Self.timers)
            #expect(try LabOptions(bfd: Self.timers, isBFDOff: true).bfdTimers(for: peer(liveness)) == nil)
        }
    }

    @Test func `each side is passive for itself, and both authenticate alike`() throws {
        let authentication = try BFDAuthentication("simple-password:1:secret")
        let options = LabOptions(bfd: Self.timers, bfdAuthentication: authentication, passiveBFD: [.speakers])
        let speakers = try #require(try options.bfdSettings(for: peer(.bfd), at: .speakers))
        let routeServer = try #require(try options.bfdSettings(for: peer(.bfd), at: .routeServer))
        #expect(speakers.isPassive && !routeServer.isPassive)
        #expect(speakers.authentication == authentication && routeServer.authentication == authentication)
    }

    @Test func `an instance speaks BFD with the endpoints that have it as a peer`() throws {
        let layout = try Layouts.floatingIP(LabOptions(bfd: Self.timers))
        let neighbors = layout.model.instances.map { instance in
            layout.options.bfdNeighbors(of: instance, in: layout.model).keys.sorted()
        }
        #expect(neighbors == [["10.0.1.4", "10.0.1.5"], ["10.0.2.4", "10.0.2.5"], []])
    }

    @Test func `intervals of a second are as slow as a session that has yet to speed up`() {
        #expect(!LabOptions().asksForSlowBFD)
        #expect(!LabOptions(bfd: Self.timers).asksForSlowBFD)
        #expect(LabOptions(bfd: BFDTimers(interval: .milliseconds(1000), multiplier: 3)).asksForSlowBFD)
    }

    @Test func `rules that are switched off are not enforced in the outlook`() throws {
        var options = LabOptions()
        #expect(options.interfaceEnforcement.securityGroups && options.interfaceEnforcement.sourceDestinationCheck)
        options.areSecurityGroupsOff = true
        options.isSourceDestinationCheckOff = true
        #expect(!options.interfaceEnforcement.securityGroups && !options.interfaceEnforcement.sourceDestinationCheck)
    }
}
