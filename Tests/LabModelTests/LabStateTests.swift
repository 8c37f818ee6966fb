import BFD
import BGP
// SPDX-License-Identifier: MIT-0
import Causes
import LabModel
import Measurement
import NodeProtocol
import RouteServer
import Testing
import VPC
import WireFormat

@Suite struct LabStateTests {
    private var state: LabState

    init() throws { state = try Layouts.floatingIP().state }

    /// The error code that AWS would answer with; nil where nothing is refused.
    private func code(_ body: () throws(RouteServerRefusal) -> Void) -> RouteServerRefusal? {
        do throws(RouteServerRefusal) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    // MARK: Stored

    @Test func `a state is read as it was written`() throws {
        var state = state
        state.faults = [
            ActiveFault(
                number: 2, name: .delay, target: FaultTarget(.endpoint, "rse"),
                parameters: FaultParameters(delay: Milliseconds(20)))
        ]
        state.deletedEndpoints = ["Endpoint1"]
        state.createdPeerCount = 3
        state.block = PrefixBlock(count: 5)
        let octets = JSON.encode(state)
        let read = try JSON.decode(LabState.self, from: octets)
        #expect(JSON.encode(read) == octets)
        #expect(read.faults == state.faults && read.deletedEndpoints == state.deletedEndpoints)
        #expect(read.model == state.model && read.options == state.options && read.speakers == state.speakers)
    }

    // MARK: Found by name

    @Test func `a route server is found by its id, its logical id and its name`() throws {
        let server = state.model.routeServers[0]
        for name in [server.id, "RouteServer", "rs1"] {
            #expect(try state.routeServer(name) == server)
            #expect(try state.routeServerNumber(name) == 0)
        }
        #expect(
            code { () throws(RouteServerRefusal) in _ = try state.routeServer("rs") } == .notFound(.routeServer, "rs"))
    }

    @Test func `endpoints and peers are found with their route server`() throws {
        let shared = try Layouts.sharedTable().state
        #expect(try shared.endpoint("rse-b").routeServer == 1)
        #expect(try shared.peer("rsp-b").routeServer == 1)
        #expect(try shared.peer("PeerA").peer.name == "rsp-a")
        #expect(code { () throws(RouteServerRefusal) in _ = try shared.peer("rse-b") } == .notFound(.peer, "rse-b"))
    }

    @Test func `an endpoint that was deleted is not found`() throws {
        var state = state
        state.deletedEndpoints = ["Endpoint1"]
        #expect(
            code { () throws(RouteServerRefusal) in _ = try state.endpoint("rs1-az1-rse1") }
                == .notFound(.endpoint, "rs1-az1-rse1"))
        #expect(try state.endpoint("rs1-az1-rse2").endpoint.logicalID == "Endpoint2")
    }

    @Test func `route tables, subnets and the VPC are found as well`() throws {
        #expect(try state.routeTable("rtb-rs").logicalID == "RouteTable")
        #expect(try state.subnet("SubnetAz2").name == "subnet-az2")
        #expect(code { () throws(RouteServerRefusal) in try state.requireVPC("vpc-rs") } == nil)
        #expect(code { () throws(RouteServerRefusal) in try state.requireVPC("vpc") } == .notFound(.vpc, "vpc"))
        #expect(
            code { () throws(RouteServerRefusal) in _ = try state.routeTable("x") } == .notFound(.routeTable, "x"))
        #expect(code { () throws(RouteServerRefusal) in _ = try state.subnet("x") } == .notFound(.subnet, "x"))
    }

    // MARK: Created

    private func addPeer(_ state: inout LabState, at endpoint: String = "Endpoint1") throws -> RouteServerPeer {
        let (number, endpoint) = try state.endpoint(endpoint)
        return state.addPeer(
            at: endpoint, ofRouteServer: number, address: try address("10.0.1.77"), asn: 65009,
            livenessDetection: .bfd)
    }

    @Test func `a peer that is created has a name and an id of its own, also after another was deleted`() throws {
        var state = state
        let first = try addPeer(&state)
        state.model.routeServers[0].peers.removeAll { $0.logicalID == first.logicalID }
        let second = try addPeer(&state)
        #expect(first.name == "peer-1" && second.name == "peer-2")
        #expect(first.id != second.id)
        #expect(state.model.routeServers[0].peers.last == second)
    }

    @Test func `a peer that is created has a session in the route server's configuration`() throws {
        var state = state
        let peer = try addPeer(&state)
        let configuration = LabBlueprint(state).routeServerConfiguration(state.model.routeServers[0])
        let session = try #require(configuration.sessions.last)
        #expect(session.peer == PeerID(peer.logicalID))
        #expect(session.endpoint == "rs1-az1-rse1" && session.session.peerAddress == peer.address)
        #expect(session.bfd?.timers == LabOptions.assumedBFDTimers)
    }

    @Test func `an endpoint that is created gets the lowest free address of its subnet`() throws {
        var state = state
        let subnet = try state.subnet("subnet-az1")
        let first = try state.addEndpoint(inSubnet: subnet, ofRouteServer: 0)
        let second = try state.addEndpoint(inSubnet: subnet, ofRouteServer: 0)
        #expect(first.interface.address == (try address("10.0.1.6")), "4 and 5 are the template's")
        #expect(second.interface.address == (try address("10.0.1.7")))
        #expect(first.endpoint.name == "endpoint-1" && second.endpoint.name == "endpoint-2")
        #expect(first.endpoint.isLaterThanLab)
        #expect(first.interface.macAddress != second.interface.macAddress)
        #expect(state.model.routeServers[0].endpoints.suffix(2) == [first.endpoint, second.endpoint])
        #expect(state.model.networkInterfaces.contains(second.interface))
    }

    @Test func `a subnet that is full has no room for an endpoint, and nothing is changed`() throws {
        var state = state
        let subnet = try state.subnet("subnet-az1")
        let free = (1...250).compactMap { _ in try? state.addEndpoint(inSubnet: subnet, ofRouteServer: 0) }
        #expect(free.count < 250)
        let count = state.createdEndpointCount
        #expect(throws: RouteServerRefusal.insufficientFreeAddresses(subnet.id)) {
            try state.addEndpoint(inSubnet: subnet, ofRouteServer: 0)
        }
        #expect(state.createdEndpointCount == count)
        #expect(Set(state.model.networkInterfaces.map(\.address)).count == state.model.networkInterfaces.count)
    }

    // MARK: Changed

    @Test func `a propagation is enabled once, and disabled completely`() throws {
        var state = state
        state.setPropagation(true, toTable: "RouteTable", ofRouteServer: 0)
        #expect(state.model.routeServers[0].propagations == ["RouteTable"])
        state.setPropagation(true, toTable: "MainRouteTable", ofRouteServer: 0)
        #expect(state.model.routeServers[0].propagations == ["RouteTable", "MainRouteTable"])
        state.setPropagation(false, toTable: "RouteTable", ofRouteServer: 0)
        #expect(state.model.routeServers[0].propagations == ["MainRouteTable"])
    }

    @Test func `a modification changes only what it names`() throws {
        var state = state
        state.modify(0, .init(persistRoutes: .enable, durationMinutes: 4))
        #expect(state.model.routeServers[0].persistRoutes)
        #expect(state.model.routeServers[0].persistRoutesDurationMinutes == 4)
        state.modify(0, .init(isNotifyingSNS: true))
        #expect(state.model.routeServers[0].persistRoutes && state.model.routeServers[0].isNotifyingSNS)
        state.modify(0, .init(persistRoutes: .disable))
        #expect(!state.model.routeServers[0].persistRoutes)
        let before = state.model
        state.modify(0, .init(persistRoutes: .reset))
        #expect(state.model == before)
    }

    @Test func `one route server is modified, and what an option asked of all stays with the others`() throws {
        var settings = RouteServerSettings()
        settings.persistRoutes = .minutes(5)
        var state = try Layouts.template("shared-table.yaml", options: LabOptions(routeServer: settings)).state
        state.modify(0, .init(persistRoutes: .disable))
        #expect(state.options.routeServer.persistRoutes == nil)
        #expect(state.model.routeServers.map(\.persistRoutes) == [false, true])
        #expect(state.model.routeServers[1].persistRoutesDurationMinutes == 5)
    }

    // MARK: Stated

    private func stated(_ options: LabOptions, in template: String = "floating-ip.yaml") throws -> [StatedSetting] {
        try Layouts.template(template, options: options).state.statedSettings
    }

    @Test func `settings that AWS does not publish are reported as assumed, others as documented`() throws {
        let settings = try stated(LabOptions())
        #expect(settings.contains(StatedSetting("hold time that the endpoints offer", "90 s", .assumed)))
        #expect(settings.contains(StatedSetting("programming delay", "none", .assumed)))
        #expect(settings.contains(StatedSetting("persist routes", "disabled", .template)))
        #expect(settings.contains(StatedSetting("peer log", "on", .documented)))
        #expect(settings.contains { $0.name == "quota of routes per peer" && $0.basis == .documented })
        #expect(settings.allSatisfy { $0.basis != .asked })
        #expect(!settings.contains { $0.name == "BFD of the endpoints" })
    }

    @Test func `a setting from an option is reported as asked for`() throws {
        var settings = RouteServerSettings()
        settings.persistRoutes = .minutes(2)
        settings.timeScale = 60
        settings.quotas.routesPerPeer.limit = 5
        settings.quotas.peersPerEndpoint = 1
        settings.isPeerLogOff = true
        let timers = BFDTimers(interval: .milliseconds(50), multiplier: 3)
        let stated = try stated(LabOptions(holdTimeSeconds: 9, bfd: timers, routeServer: settings))
        for expected in [
            StatedSetting("hold time that the endpoints offer", "9 s", .asked),
            StatedSetting("BFD of the endpoints", "50 ms x 3", .asked),
            StatedSetting("persist routes", "2 min", .asked),
            StatedSetting("quota of routes per peer", "5", .asked),
            StatedSetting("quota of peers per endpoint", "1", .asked),
            StatedSetting("peer log", "off", .asked),
        ] {
            #expect(stated.contains(expected), "\(stated.map(\.text))")
        }
        #expect(stated.contains { $0.name == "time scale" })
    }

    @Test func `each of several route servers says whether it persists`() throws {
        let names = try stated(LabOptions(), in: "shared-table.yaml").map(\.name)
        #expect(names.contains("persist routes of rs-a") && names.contains("persist routes of rs-b"))
    }

    @Test func `a gateway's table is mentioned only where there is one`() throws {
        let name = "propagated routes in the gateway's route table"
        #expect(try !stated(LabOptions()).contains { $0.name == name })
        #expect(try stated(LabOptions(), in: "inspection.yaml").contains { $0.name == name && $0.basis == .assumed })
    }
}
