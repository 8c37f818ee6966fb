// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import EC2
import RouteServer
import Testing
import VPC
import WireFormat

@Suite struct RouteServerShapeTests {
    private static let device = IPAddress.v4(IPv4Address(bits: 0x0A00_010A))

    /// A route server with one endpoint, one peer with BFD and one route table.
    private static func machine(
        persist: PersistRoutes = PersistRoutes(), owners: Bool = true
    ) -> RouteServerMachine {
        let endpoint = RouteServerConfiguration.Endpoint(
            name: "rse1", resourceID: "rse-1", subnetID: "subnet-1", networkInterfaceID: "eni-1",
            address: .v4(IPv4Address(bits: 0x0A00_0104)))
        return RouteServerMachine(
            configuration: RouteServerConfiguration(
                name: "rs", resourceID: "rs-1", vpcID: "vpc-1", asn: ASN(4_200_000_000), endpoints: [endpoint],
                peers: [
                    .init(
                        id: PeerID("Peer1"), resourceID: "rsp-1", endpoint: "rse1", endpointAddress: endpoint.address,
                        address: device, asn: ASN(65001), livenessDetection: .bfd)
                ],
                owners: owners ? [.init(address: device, networkInterface: "eni-9", instance: "i")] : [],
                propagations: [.init(name: "rtb", resourceID: "rtb-1", kernelTable: 100, staticPrefixes: [])],
                persistRoutes: persist))
    }

    private static func announce(_ segments: [ASPath.Segment], med: UInt32? = nil, to machine: inout RouteServerMachine)
    {
        let prefix = IPPrefix(host: .v4(IPv4Address(bits: 0xAC10_0101)))
        machine.sessionEstablished(PeerID("Peer1"), routerID: IPv4Address(bits: 1), at: .zero)
        machine.received(
            UpdateMessage(
                attributes: PathAttributes(
                    origin: .igp, asPath: ASPath(segments: segments), nextHop: device, multiExitDiscriminator: med),
                announced: [prefix]), from: PeerID("Peer1"), at: .zero)
        while let output = machine.nextOutput() {
            if case .tableChange(let change) = output { machine.confirmWritten(change, error: nil) }
        }
    }

    @Test func `a route server without persist routes has no duration, and its tags only where they are asked for`() {
        let shape = Self.machine().description().shape(tags: ["rs-1": [ResourceTag(key: "Name", value: "rs")]])
        #expect(
            shape
                == .of([
                    "RouteServerId": "rs-1", "AmazonSideAsn": .integer(4_200_000_000), "State": "available",
                    "Tags": [.of(["Key": "Name", "Value": "rs"])], "PersistRoutesState": "disabled",
                    "SnsNotificationsEnabled": .boolean(false),
                ]))
        let persisting = Self.machine(persist: PersistRoutes(isEnabled: true, durationMinutes: 3)).description()
        #expect(persisting.shape(tags: nil)["PersistRoutesDuration"] == .integer(3))
        #expect(persisting.shape(tags: nil)["Tags"] == nil)
        #expect(persisting.shape(tags: [:])["Tags"] == [])
    }

    @Test func `a peer has the status of its sessions and its endpoint's interface`() throws {
        var machine = Self.machine()
        let description = machine.description()
        #expect(
            description.shape(of: try #require(description.peers.first), tags: [:])
                == .of([
                    "RouteServerPeerId": "rsp-1", "RouteServerEndpointId": "rse-1", "RouteServerId": "rs-1",
                    "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "available", "EndpointEniId": "eni-1",
                    "EndpointEniAddress": "10.0.1.4", "PeerAddress": "10.0.1.10",
                    "BgpOptions": .of(["PeerAsn": .integer(65001), "PeerLivenessDetection": "bfd"]),
                    "BgpStatus": .of(["Status": "down"]), "BfdStatus": .of(["Status": "down"]), "Tags": [],
                ]))
        machine.sessionEstablished(PeerID("Peer1"), routerID: IPv4Address(bits: 1), at: .zero)
        machine.bfdChanged(PeerID("Peer1"), isUp: true, at: .zero)
        let later = machine.description()
        let shape = later.shape(of: try #require(later.peers.first), tags: [:])
        #expect(shape["BgpStatus"] == .of(["Status": "up"]))
        #expect(shape["BfdStatus"] == .of(["Status": "up"]))
    }

    @Test func `an endpoint that is pending has no interface to show`() throws {
        var machine = Self.machine()
        try machine.createEndpoint(
            .init(
                name: "rse2", resourceID: "rse-2", subnetID: "subnet-1", networkInterfaceID: "eni-2",
                address: .v4(IPv4Address(bits: 0x0A00_0105))))
        let description = machine.description()
        #expect(
            description.endpoints.map { description.shape(of: $0, tags: nil) } == [
                .of([
                    "RouteServerId": "rs-1", "RouteServerEndpointId": "rse-1", "VpcId": "vpc-1", "SubnetId": "subnet-1",
                    "EniId": "eni-1", "EniAddress": "10.0.1.4", "State": "available",
                ]),
                .of([
                    "RouteServerId": "rs-1", "RouteServerEndpointId": "rse-2", "VpcId": "vpc-1", "SubnetId": "subnet-1",
                    "State": "pending",
                ]),
            ])
    }

    @Test func `a route has its AS path by number or whole, and MED only where the peer sent one`() throws {
        var machine = Self.machine()
        Self.announce([.sequence([ASN(65001), ASN(65001)]), .set([ASN(1), ASN(2)])], med: 7, to: &machine)
        let route = try #require(machine.database().routes.first)
        let shape = route.shape(endpointID: "rse-1", asPath: .asn)
        #expect(
            shape
                == .of([
                    "RouteServerEndpointId": "rse-1", "RouteServerPeerId": "rsp-1",
                    "RouteInstallationDetails": [
                        .of(["RouteTableId": "rtb-1", "RouteInstallationStatus": "installed"])
                    ],
                    "RouteStatus": "in-fib", "Prefix": "172.16.1.1/32", "AsPaths": ["65001", "65001", "{1,2}"],
                    "Med": .integer(7), "NextHopIp": "10.0.1.10",
                ]))
        #expect(route.shape(endpointID: "rse-1", asPath: .path)["AsPaths"] == ["65001 65001 {1,2}"])
    }

    @Test func `a rejected route says why, and one from inside the route server's AS has no AS path`() throws {
        var machine = Self.machine(owners: false)
        Self.announce([], to: &machine)
        let shape = try #require(machine.database().routes.first).shape(endpointID: "rse-1", asPath: .path)
        #expect(shape["AsPaths"] == [])
        #expect(shape["Med"] == nil)
        #expect(shape["RouteStatus"] == "in-rib")
        #expect(
            shape["RouteInstallationDetails"] == [
                .of([
                    "RouteTableId": "rtb-1", "RouteInstallationStatus": "rejected",
                    "RouteInstallationStatusReason": "no network interface in the VPC has the next hop 10.0.1.10",
                ])
            ])
    }

    @Test func `associations and propagations are states with their two ids`() throws {
        let description = Self.machine().description()
        #expect(
            description.shape(of: try #require(description.association))
                == .of(["RouteServerId": "rs-1", "VpcId": "vpc-1", "State": "associated"]))
        #expect(
            description.shape(of: try #require(description.propagations.first))
                == .of(["RouteServerId": "rs-1", "RouteTableId": "rtb-1", "State": "available"]))
    }
}
