// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import Testing
import WireFormat

@Suite struct ObjectTests {
    static let newPeer = RouteServerConfiguration.Peer(
        id: PeerID("Peer5"), resourceID: "rsp-00000000000000005", endpoint: "Endpoint1",
        endpointAddress: address("10.0.1.230"), address: address("10.0.1.99"), asn: ASN(65009), livenessDetection: .bfd)

    @Test func `a peer is pending until somebody waits for its device, and then has a session`() throws {
        var server = SampleRouteServer()
        try server.machine.createPeer(ObjectTests.newPeer, at: server.now)
        #expect(server.drain() == [.addPeer(ObjectTests.newPeer)])
        #expect(server.machine.description().peers.last?.state == .pending)
        server.machine.confirmCreation(of: ObjectTests.newPeer.id)
        let peer = try #require(server.machine.description().peers.last)
        #expect(peer.state == .available)
        #expect(peer.bgpStatus == .down && peer.bfdStatus == .down)
        #expect(peer.endpoint?.name == "Endpoint1")
        server.machine.sessionEstablished(ObjectTests.newPeer.id, routerID: IPv4Address(bits: 9), at: server.now)
        server.announce([65009], nextHop: SampleRouteServer.active, from: ObjectTests.newPeer.id)
        #expect(tableChanges(server.drain()).map(\.nextHop) == [SampleRouteServer.active])
        #expect(server.machine.description().peers.last?.bgpStatus == .up)
    }

    @Test func `a peer that cannot be made has failed, and says why`() throws {
        var server = SampleRouteServer()
        try server.machine.createPeer(ObjectTests.newPeer, at: server.now)
        server.machine.confirmCreation(of: ObjectTests.newPeer.id, failure: "no such link")
        let peer = try #require(server.machine.description().peers.last)
        #expect(peer.state == .failed)
        #expect(peer.failureReason == "no such link")
    }

    @Test func `deleting a peer ends its session`() throws {
        var server = SampleRouteServer()
        server.start()
        try server.machine.deletePeer(PeerID("Peer1"), at: server.now)
        try server.machine.deletePeer(PeerID("Peer2"), at: server.now)
        let outputs = server.drain()
        #expect(outputs.contains(.endSession(PeerID("Peer1"), .peerDeconfigured)))
        #expect(tableChanges(outputs).map(\.nextHop) == [SampleRouteServer.standby])
        #expect(server.machine.description().peers.map(\.state) == [.deleting, .deleting, .available, .available])
        server.machine.sessionEstablished(PeerID("Peer1"), routerID: IPv4Address(bits: 1), at: server.now)
        #expect(server.machine.description().peers.first?.bgpStatus == .down, "it has no session any more")
        server.machine.confirmDeletion(of: PeerID("Peer1"))
        #expect(server.machine.description().peers.count == 3)
        #expect(throws: RouteServerRefusal.notFound(.peer, "Peer1")) {
            try server.machine.deletePeer(PeerID("Peer1"), at: server.now)
        }
    }

    @Test func `a peer is refused where AWS refuses it`() throws {
        var server = SampleRouteServer { $0.quotas.peersPerEndpoint = 2 }
        func refusal(_ change: (inout RouteServerConfiguration.Peer) -> Void) -> String? {
            var peer = ObjectTests.newPeer
            change(&peer)
            do throws(RouteServerRefusal) {
                try server.machine.createPeer(peer, at: server.now)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(refusal { $0.endpoint = "Endpoint9" } == "InvalidRouteServerEndpointId.NotFound")
        #expect(refusal { $0.address = address("2001:db8::1") } == "InvalidParameterValue")
        #expect(refusal { $0.asn = ASN(0) } == "InvalidParameterValue")
        #expect(refusal { $0.address = SampleRouteServer.active } == "InvalidRouteServerPeerId.Duplicate")
        #expect(refusal { _ in } == nil)
        #expect(
            refusal {
                $0.id = PeerID("Peer6")
                $0.address = address("10.0.1.98")
            } == "RouteServerPeerLimitExceeded")
    }

    @Test func `propagation writes the FIB, and its end takes it out again`() throws {
        var server = SampleRouteServer()
        server.start()
        let table = RouteServerConfiguration.PropagatedTable(
            name: "Gateway", resourceID: "rtb-1", kernelTable: 101, staticPrefixes: [])
        try server.machine.enablePropagation(to: table, at: server.now)
        #expect(server.machine.description().propagations.map(\.state) == [.available, .pending])
        let outputs = server.drain()
        #expect(tableChanges(outputs).map(\.kernelTable) == [101])
        server.confirmAll(outputs)
        #expect(server.machine.description().propagations.map(\.state) == [.available, .available])
        #expect(server.machine.database().routes.first?.installations.map(\.tableID) == ["RouteTable", "rtb-1"])
        #expect(throws: RouteServerRefusal.alreadyPropagated("RouteServer", table: "rtb-1")) {
            try server.machine.enablePropagation(to: table, at: server.now)
        }
        try server.machine.disablePropagation(toTable: "rtb-1", at: server.now)
        #expect(server.machine.description().propagations.map(\.state) == [.available, .deleting])
        let removal = server.drain()
        #expect(tableChanges(removal).map(\.nextHop) == [nil])
        server.confirmAll(removal)
        #expect(server.machine.description().propagations.count == 1)
    }

    @Test func `things are deleted from the leaves to the root`() throws {
        var server = SampleRouteServer()
        func refusal(_ body: (inout RouteServerMachine) throws(RouteServerRefusal) -> Void) -> String? {
            do throws(RouteServerRefusal) {
                try body(&server.machine)
                return nil
            } catch {
                return error.code
            }
        }
        let endpoints = server.machine.description().endpoints.map(\.endpoint.name)
        #expect(endpoints.count == 4)
        for endpoint in endpoints {
            #expect(refusal { m throws(RouteServerRefusal) in try m.deleteEndpoint(endpoint) } == "IncorrectState")
        }
        for peer in server.machine.description().peers {
            try server.machine.deletePeer(peer.peer.id, at: server.now)
            server.machine.confirmDeletion(of: peer.peer.id)
        }
        #expect(refusal { m throws(RouteServerRefusal) in try m.disassociate() } == "IncorrectState")
        for endpoint in endpoints {
            try server.machine.deleteEndpoint(endpoint)
            server.machine.confirmDeletion(ofEndpoint: endpoint)
        }
        #expect(refusal { m throws(RouteServerRefusal) in try m.disassociate() } == "IncorrectState")
        try server.machine.disablePropagation(toTable: "RouteTable", at: server.now)
        #expect(refusal { m throws(RouteServerRefusal) in try m.deleteRouteServer() } == "IncorrectState")
        try server.machine.disassociate()
        var startedAnew = RouteServerConfiguration(name: "rs", asn: ASN(65000), peers: [], owners: [], propagations: [])
        startedAnew.isAssociated = false
        var other = RouteServerMachine(configuration: startedAnew)
        #expect(other.description().association == nil)
        try other.associate()
        #expect(other.description().association == .associated)
        try server.machine.deleteRouteServer()
        #expect(server.machine.state == .deleted)
    }

    @Test func `a subnet has two endpoints, a route server ten`() throws {
        var server = SampleRouteServer()
        func endpoint(_ number: Int, subnet: String) -> RouteServerConfiguration.Endpoint {
            .init(
                name: "New\(number)", resourceID: "rse-\(number)", subnetID: subnet,
                networkInterfaceID: "eni-\(number)",
                address: address("10.0.3.\(number)"))
        }
        try server.machine.createEndpoint(endpoint(1, subnet: "subnet-1"))
        try server.machine.createEndpoint(endpoint(2, subnet: "subnet-1"))
        #expect(throws: RouteServerRefusal.limitExceeded(.endpoint, of: "subnet-1", limit: 2)) {
            try server.machine.createEndpoint(endpoint(3, subnet: "subnet-1"))
        }
        for number in 3...6 {
            try server.machine.createEndpoint(endpoint(number, subnet: "subnet-\(number)"))
        }
        #expect(throws: RouteServerRefusal.limitExceeded(.endpoint, of: "RouteServer", limit: 10)) {
            try server.machine.createEndpoint(endpoint(7, subnet: "subnet-7"))
        }
        server.machine.confirmCreation(ofEndpoint: "New1")
        let states = server.machine.description().endpoints.map(\.state)
        #expect(states.filter { $0 == .pending }.count == 5)
    }
}
