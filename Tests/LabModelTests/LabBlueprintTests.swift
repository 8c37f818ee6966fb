import BFD
import BGP
// SPDX-License-Identifier: MIT-0
import Causes
import LabModel
import NodeProtocol
import RouteServer
import Testing
import VPC
import WireFormat

@Suite struct LabBlueprintTests {
    private func configuration(
        _ options: LabOptions = LabOptions(), _ edit: (inout LabBlueprint) -> Void = { _ in }
    ) throws -> RouteServerProgramConfiguration {
        var blueprint = try Layouts.floatingIP(options).blueprint
        edit(&blueprint)
        return blueprint.routeServerConfiguration(blueprint.model.routeServers[0])
    }

    // MARK: Sessions

    @Test func `a route server waits for each peer at its endpoint, and never dials`() throws {
        let configuration = try configuration()
        #expect(configuration.node == "rs")
        #expect(
            configuration.endpoints.map(\.name) == ["rs1-az1-rse1", "rs1-az1-rse2", "rs1-az2-rse3", "rs1-az2-rse4"])
        #expect(
            configuration.sessions.map { "\($0.endpointAddress) \($0.session.peerAddress)" } == [
                "10.0.1.4 10.0.1.203", "10.0.1.5 10.0.1.203", "10.0.2.4 10.0.2.203", "10.0.2.5 10.0.2.203",
            ])
        for session in configuration.sessions {
            #expect(session.session.isPassive)
            #expect(session.session.localASN == ASN(65000) && session.session.peerASN == ASN(65001))
            #expect(IPAddress.v4(session.session.routerID) == session.endpointAddress)
            #expect(session.session.families == AddressFamily.allCases)
        }
        #expect(configuration.machine.peers.map(\.id) == configuration.sessions.map(\.peer))
    }

    @Test func `the hold time is the endpoints' own, or that of both sides, or the assumed one`() throws {
        func offered(_ options: LabOptions) throws -> Set<UInt16> {
            Set(try configuration(options).sessions.map(\.session.holdTimeSeconds))
        }
        #expect(try offered(LabOptions()) == [90])
        #expect(try offered(LabOptions(holdTimeSeconds: 9)) == [9])
        var settings = RouteServerSettings()
        settings.endpointHoldTimeSeconds = 30
        #expect(try offered(LabOptions(holdTimeSeconds: 9, routeServer: settings)) == [30])
    }

    @Test func `BFD is spoken with the peers that it is asked for, as the side that was named`() throws {
        #expect(try configuration().sessions.allSatisfy { $0.bfd == nil })
        let timers = BFDTimers(interval: .milliseconds(50), multiplier: 3)
        let asked = try configuration(LabOptions(bfd: timers, passiveBFD: [.routeServer]))
        #expect(asked.sessions.allSatisfy { $0.bfd == BFDSessionSettings(timers: timers, isPassive: true) })
        #expect(asked.machine.peers.allSatisfy { $0.livenessDetection == .bgpKeepalive }, "the template's own words")
        let speakers = try configuration(LabOptions(bfd: timers, passiveBFD: [.speakers]))
        #expect(speakers.sessions.allSatisfy { $0.bfd == BFDSessionSettings(timers: timers) })
    }

    @Test func `the template's BFD has the assumed timers, unless it is switched off`() throws {
        func sessions(_ options: LabOptions) throws -> [BFDSessionSettings?] {
            let layout = try Layouts.template(
                "floating-ip.yaml", parameters: ["LivenessDetection": "bfd"], options: options)
            return layout.blueprint.routeServerConfiguration(layout.model.routeServers[0]).sessions.map(\.bfd)
        }
        #expect(try sessions(LabOptions()).allSatisfy { $0?.timers == LabOptions.assumedBFDTimers })
        #expect(try sessions(LabOptions(isBFDOff: true)).allSatisfy { $0 == nil })
    }

    @Test func `an endpoint that was deleted has no sessions any more`() throws {
        let configuration = try configuration { $0.deletedEndpoints = ["Endpoint2"] }
        #expect(configuration.endpoints.map(\.name) == ["rs1-az1-rse1", "rs1-az2-rse3", "rs1-az2-rse4"])
        #expect(configuration.machine.endpoints.map(\.name) == configuration.endpoints.map(\.name))
        #expect(configuration.sessions.map(\.peer.logicalID) == ["Peer1", "Peer3", "Peer4"])
    }

    @Test func `a link is named as the plan names it`() throws {
        let layout = try Layouts.floatingIP()
        let configuration = layout.blueprint.routeServerConfiguration(layout.model.routeServers[0])
        let links = layout.plan.cables.filter { $0.far.namespace == "rs" }.map(\.far.name)
        #expect(configuration.endpoints.map(\.link) == links)
        #expect(configuration.sessions.allSatisfy { links.contains($0.link) })
    }

    // MARK: The machine

    @Test func `the route server's machine knows the owner of every address`() throws {
        let machine = try configuration().machine
        let owners = Dictionary(
            machine.owners.map { ($0.address.description, $0.instance) }, uniquingKeysWith: { first, _ in first })
        #expect(owners["10.0.1.203"] == "instance-rs-az1")
        #expect(owners["10.0.2.203"] == "instance-rs-az2")
        #expect(owners.keys.contains("10.0.1.4") && owners["10.0.1.4"] == .some(nil))
        #expect(owners["172.16.1.1"] == nil)
    }

    @Test func `a route table's configuration has its static and local routes`() throws {
        let table = try #require(try configuration().machine.propagations.first)
        #expect(table.name == "rtb-rs")
        #expect(table.kernelTable == LabPlan.firstRouteTable + 1, "the main route table comes first")
        #expect(table.staticPrefixes == [try prefix("0.0.0.0/0")])
        #expect(table.localPrefixes == [try prefix("10.0.0.0/16")])
        #expect(table.permittedPrefixes == nil)
    }

    @Test func `a gateway's table takes whatever is propagated, or only what a static route may be`() throws {
        func permitted(_ policy: RouteServerSettings.GatewayRoutePolicy) throws -> [[IPPrefix]?] {
            var settings = RouteServerSettings()
            settings.gatewayRoutePolicy = policy
            let layout = try Layouts.template("inspection.yaml", options: LabOptions(routeServer: settings))
            return layout.blueprint.routeServerConfiguration(layout.model.routeServers[0]).machine.propagations
                .map(\.permittedPrefixes)
        }
        #expect(try permitted(.any) == [nil, nil])
        let blocks = try ["10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"].map(prefix)
        #expect(try permitted(.subnets) == [blocks, nil])
    }

    @Test func `a table that does not exist has no configuration`() throws {
        #expect(try Layouts.floatingIP().blueprint.propagatedTable("NoTable") == nil)
    }

    @Test func `the route server's settings reach its machine`() throws {
        var settings = RouteServerSettings()
        settings.selection = try #require(RouteServerSettings.Selection("rfc4271"))
        settings.selectsOnlyResolvableNextHops = false
        settings.persistRoutes = .minutes(3)
        settings.timeScale = 60
        settings.isPeerLogOff = true
        settings.quotas.routesPerPeer.limit = 5
        let machine = try configuration(LabOptions(routeServer: settings)).machine
        #expect(machine.selection == settings.selection.selection)
        #expect(!machine.selectsOnlyResolvableNextHops)
        #expect(machine.persistRoutes.isEnabled && machine.persistRoutes.durationMinutes == 3)
        #expect(machine.persistRoutes.timeScale == 60)
        #expect(!machine.recordsPeerLog)
        #expect(machine.quotas.routesPerPeer.limit == 5)
    }

    @Test func `a route server that was disassociated is started without its association`() throws {
        #expect(try configuration().machine.isAssociated)
        #expect(try !configuration { $0.model.routeServers[0].isAssociated = false }.machine.isAssociated)
    }

    // MARK: Watcher

    @Test func `the watcher knows all tables, and which instance a next hop is`() throws {
        let watcher = try Layouts.floatingIP().blueprint.watcherConfiguration
        #expect(watcher.node == "vpc")
        #expect(watcher.tables.values.sorted() == ["main", "rtb-rs"])
        #expect(watcher.sharedTables == [])
        #expect(watcher.instances["10.0.2.203"] == "instance-rs-az2")
        #expect(watcher.instances["10.0.2.4"] == nil)
    }

    @Test func `a lab's state makes the blueprint that it came from, with what was deleted`() throws {
        let layout = try Layouts.floatingIP()
        var state = layout.state
        state.deletedEndpoints = ["Endpoint1"]
        let blueprint = LabBlueprint(state)
        #expect(blueprint.model == layout.model)
        #expect(blueprint.speakers == layout.speakers)
        #expect(blueprint.deletedEndpoints == ["Endpoint1"])
    }
}
