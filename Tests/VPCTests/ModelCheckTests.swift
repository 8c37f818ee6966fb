import SourceText
// SPDX-License-Identifier: MIT-0
import Testing
import VPC
import WireFormat

@Suite struct ModelCheckTests {
    private func prefix(_ text: String) throws -> IPPrefix {
        try #require(IPPrefix(text))
    }

    private func address(_ text: String) throws -> IPAddress {
        try #require(IPAddress(text))
    }

    private func interface(_ id: String, _ subnet: String, _ text: String) throws -> NetworkInterface {
        NetworkInterface(
            logicalID: id, name: id.lowercased(), subnet: subnet, address: try address(text),
            macAddress: MACAddress(networkInterface: id), sourceDestinationCheck: false)
    }

    private func subnet(_ id: String, _ block: String, router: String, zone: String = "a") throws -> Subnet {
        Subnet(
            logicalID: id, name: id.lowercased(), cidrBlock: try prefix(block), availabilityZone: zone,
            routeTable: "Main", routerAddress: try address(router))
    }

    /// One endpoint, one instance and a peering between them.
    private func sound() throws -> VPCModel {
        VPCModel(
            logicalID: "Vpc", name: "lab", cidrBlocks: [try prefix("10.0.0.0/16")],
            subnets: [
                try subnet("SubnetA", "10.0.1.0/24", router: "10.0.1.1"),
                try subnet("SubnetB", "10.0.2.0/24", router: "10.0.2.1", zone: "b"),
            ],
            internetGateway: InternetGateway(logicalID: "Gateway", name: "gateway"),
            routeTables: [
                RouteTable(
                    logicalID: "Main", name: "main", isMain: true,
                    routes: [StaticRoute(destination: try prefix("0.0.0.0/0"), target: .internetGateway("Gateway"))])
            ],
            networkInterfaces: [
                try interface("Endpoint.Eni", "SubnetA", "10.0.1.4"),
                try interface("Instance.Eni0", "SubnetA", "10.0.1.10"),
            ],
            instances: [
                Instance(
                    logicalID: "Instance", name: "instance", networkInterfaces: ["Instance.Eni0"],
                    boot: InstanceBoot(loopbackAddresses: [try prefix("172.16.1.1/32")]))
            ],
            routeServers: [
                RouteServerObject(
                    logicalID: "Server", name: "server", amazonSideASN: 65000,
                    endpoints: [
                        RouteServerEndpoint(
                            logicalID: "Endpoint", name: "endpoint", networkInterface: "Endpoint.Eni")
                    ],
                    peers: [
                        RouteServerPeer(
                            logicalID: "Peer", name: "peer", endpoint: "Endpoint",
                            address: try address("10.0.1.10"), asn: 65001, livenessDetection: .bfd)
                    ], propagations: ["Main"])
            ])
    }

    private func messages(_ change: (inout VPCModel) throws -> Void) throws -> [String] {
        var model = try sound()
        try change(&model)
        return model.checks().map(\.description)
    }

    @Test func `a correct model has no finding`() throws {
        #expect(try sound().checks() == [])
    }

    @Test func `logical ids and names are unique`() throws {
        #expect(
            try messages {
                $0.subnets[1].logicalID = "SubnetA"
                $0.instances[0].name = "server"
            } == [
                "SubnetA: error: the logical id SubnetA appears more than once",
                "Server: error: Server has the same name as Instance: server",
            ])
    }

    @Test func `blocks fit into each other and do not overlap`() throws {
        #expect(
            try messages {
                $0.cidrBlocks = [try prefix("10.0.0.0/15"), try prefix("10.0.2.0/24")]
                $0.subnets[1] = try subnet("SubnetB", "10.0.1.128/29", router: "10.0.1.130")
                $0.subnets.append(try subnet("SubnetC", "10.9.0.0/24", router: "10.9.0.1"))
            } == [
                "Vpc: error: the VPC's block 10.0.0.0/15 must be a /16 to a /28",
                "Vpc: error: the VPC's blocks 10.0.0.0/15 and 10.0.2.0/24 overlap",
                "SubnetB: error: SubnetB 10.0.1.128/29 must be a /16 to a /28",
                "SubnetB: error: SubnetB 10.0.1.128/29 overlaps SubnetA 10.0.1.0/24",
                "SubnetB: error: the router of SubnetB must have the first address of 10.0.1.128/29",
                "SubnetC: error: SubnetC 10.9.0.0/24 lies outside the VPC's 10.0.0.0/15, 10.0.2.0/24",
            ])
    }

    @Test func `addresses belong to one interface in its subnet`() throws {
        #expect(
            try messages {
                $0.networkInterfaces.append(try interface("Same", "SubnetA", "10.0.1.10"))
                $0.networkInterfaces.append(try interface("Far", "SubnetB", "10.0.1.11"))
                $0.networkInterfaces.append(try interface("Router", "SubnetB", "10.0.2.1"))
                $0.networkInterfaces.append(try interface("Lost", "SubnetX", "10.0.2.20"))
                var twin = try interface("Twin", "SubnetB", "10.0.2.21")
                twin.macAddress = MACAddress(networkInterface: "Far")
                twin.secondaryAddresses = [try address("10.0.1.4")]
                $0.networkInterfaces.append(twin)
            } == [
                "Same: error: 10.0.1.10 already belongs to Instance",
                "Far: error: 10.0.1.11 lies outside the subnet (SubnetB 10.0.2.0/24)",
                "Router: error: 10.0.2.1 is one of the five that AWS reserves (the first four and the last of a "
                    + "subnet) (SubnetB 10.0.2.0/24)",
                "Lost: error: Lost is in SubnetX, which is not a subnet",
                "Twin: error: 10.0.1.4 already belongs to Endpoint",
                "Twin: error: Twin and Far have the same MAC address \(MACAddress(networkInterface: "Far"))",
            ])
    }

    @Test func `an instance has interfaces of its own in one zone`() throws {
        #expect(
            try messages {
                $0.networkInterfaces.append(try interface("Other", "SubnetB", "10.0.2.10"))
                $0.instances.append(
                    Instance(
                        logicalID: "Greedy", name: "greedy", networkInterfaces: ["Other", "Instance.Eni0", "Gone"],
                        boot: InstanceBoot()))
                $0.instances.append(
                    Instance(logicalID: "Bare", name: "bare", networkInterfaces: [], boot: InstanceBoot()))
            } == [
                "Greedy: error: Instance.Eni0 is already attached to Instance",
                "Greedy: error: Greedy has the interface Gone, which does not exist",
                "Greedy: error: Greedy has interfaces in different Availability Zones: a, b",
                "Bare: error: Bare has no network interface",
            ])
    }

    @Test func `more instances that may answer than can be told apart are an error`() throws {
        func add(_ count: Int, to model: inout VPCModel) throws {
            for number in 1...count {
                let interface = try interface("I\(number).Eni0", "SubnetB", "10.0.2.\(number + 20)")
                model.networkInterfaces.append(interface)
                model.instances.append(
                    Instance(
                        logicalID: "I\(number)", name: "i\(number)", networkInterfaces: [interface.logicalID],
                        boot: InstanceBoot(speakerConfiguration: SourceExcerpt("", line: 1))))
            }
            // The valid model's instance only has a floating IP, so it comes after the speakers.
            #expect(model.answeringInstances.map(\.logicalID) == (1...count).map { "I\($0)" } + ["Instance"])
        }
        // The valid model's own instance is one more.
        #expect(try messages { try add(VPCModel.answeringInstanceCountMax - 1, to: &$0) } == [])
        #expect(
            try messages { try add(VPCModel.answeringInstanceCountMax, to: &$0) } == [
                "Instance: error: 125 instances speak BGP or have a floating IP: rslab can tell 124 apart"
            ])
    }

    @Test func `an instance has the addresses of all its interfaces`() throws {
        var model = try sound()
        var second = try interface("Second", "SubnetA", "10.0.1.20")
        second.secondaryAddresses = [try address("10.0.1.22"), try address("10.0.1.21")]
        model.networkInterfaces.append(second)
        model.instances[0].networkInterfaces.append("Second")
        #expect(
            model.addresses(of: model.instances[0]).map(\.description)
                == ["10.0.1.10", "10.0.1.20", "10.0.1.22", "10.0.1.21"])
        #expect(model.checks() == [])
    }

    @Test func `routes lead to what exists, once`() throws {
        #expect(
            try messages {
                let internet = $0.routeTables[0].routes[0]
                $0.routeTables[0].routes += [
                    internet, StaticRoute(destination: try prefix("10.0.0.0/16"), target: .networkInterface("Gone")),
                ]
                $0.routeTables.append(RouteTable(logicalID: "Second", name: "second", isMain: true, routes: []))
                $0.subnets[0].routeTable = "Third"
                $0.internetGateway = InternetGateway(logicalID: "Other", name: "other", routeTable: "Fourth")
            } == [
                "SubnetA: error: SubnetA uses Third, which is not a route table",
                "Other: error: Other uses Fourth, which is not a route table",
                "Vpc: error: a VPC has one main route table, not 2",
                "Main: error: the route to 0.0.0.0/0 in Main leads to Gateway, which is not attached",
                "Main: error: Main has more than one route to 0.0.0.0/0",
                "Main: error: the route to 0.0.0.0/0 in Main leads to Gateway, which is not attached",
                "Main: error: Main has a route to 10.0.0.0/16, which is the VPC's own block",
                "Main: error: the route to 10.0.0.0/16 in Main leads to Gone, which does not exist",
            ])
    }

    @Test func `a route server keeps AWS's limits`() throws {
        #expect(
            try messages { model in
                model.routeServers[0].amazonSideASN = 0
                model.routeServers[0].propagations = ["Gone", "Main", "Main"]
                for number in 2...4 {
                    model.networkInterfaces.append(try interface("E\(number).Eni", "SubnetA", "10.0.1.\(number + 4)"))
                    model.routeServers[0].endpoints.append(
                        RouteServerEndpoint(
                            logicalID: "E\(number)", name: "e\(number)", networkInterface: "E\(number).Eni"))
                }
            } == [
                "Server: error: Server has the AS number 0, which is out of range",
                "E3: error: Server has more than 2 endpoints in SubnetA",
                "Server: error: Server propagates routes to Gone, which is not a route table",
                "Server: error: Server propagates routes to Main more than once",
            ])
        #expect(
            try messages { $0.routeServers[0].propagations = [] } == [
                "Server: warning: Server writes no route table: there is no AWS::EC2::RouteServerPropagation for it"
            ])
    }

    @Test func `quotas that AWS raises are warnings`() throws {
        let found = try messages { model in
            for number in 0..<21 {
                model.networkInterfaces.append(
                    try interface("I\(number).Eni0", "SubnetB", "10.0.2.\(number + 20)"))
                model.instances.append(
                    Instance(
                        logicalID: "I\(number)", name: "i\(number)", networkInterfaces: ["I\(number).Eni0"],
                        boot: InstanceBoot()))
                model.routeServers[0].peers.append(
                    RouteServerPeer(
                        logicalID: "P\(number)", name: "p\(number)", endpoint: "Endpoint",
                        address: try address("10.0.2.\(number + 20)"), asn: 65001, livenessDetection: .bfd))
            }
            for number in 0..<5 {
                model.routeServers.append(
                    RouteServerObject(
                        logicalID: "S\(number)", name: "s\(number)", amazonSideASN: 65000, endpoints: [], peers: [],
                        propagations: ["Main"]))
            }
        }
        #expect(
            found == [
                "Vpc: warning: 6 route servers: AWS allows 5 per VPC by default",
                "Endpoint: warning: Endpoint has 22 peers: AWS allows 20 by default",
            ])
    }

    @Test func `a peer has the address of an instance`() throws {
        func peer(_ id: String, _ text: String, endpoint: String = "Endpoint", asn: UInt32 = 65001) throws
            -> RouteServerPeer
        {
            RouteServerPeer(
                logicalID: id, name: id.lowercased(), endpoint: endpoint, address: try address(text), asn: asn,
                livenessDetection: .bgpKeepalive)
        }
        #expect(
            try messages {
                $0.networkInterfaces.append(try interface("Loose", "SubnetB", "10.0.2.10"))
                $0.routeServers[0].peers += [
                    try peer("Again", "10.0.1.10"), try peer("Nobody", "10.0.1.77"), try peer("Outside", "192.168.0.1"),
                    try peer("Self", "10.0.1.4"),
                    try peer("Lost", "10.0.1.10", endpoint: "Gone"), try peer("Zero", "10.0.2.10", asn: 0),
                    try peer("Sixth", "2001:db8::1"),
                ]
            } == [
                "Again: error: Again and Peer are the same peer: 10.0.1.10 of Endpoint",
                "Nobody: warning: no network interface has the peer's address 10.0.1.77, so its session stays down: "
                    + "create an instance with it, or refer to an instance's PrivateIp",
                "Outside: warning: no subnet of the VPC has room for the peer's address 192.168.0.1, so its session "
                    + "stays down: create an instance with it, or refer to an instance's PrivateIp",
                "Self: error: the peer's address 10.0.1.4 is that of an endpoint",
                "Lost: error: Lost belongs to Gone, which is not an endpoint of Server",
                "Zero: error: Zero has the AS number 0, which is out of range",
                "Zero: warning: Loose, which has the peer's address 10.0.2.10, is not attached to an instance",
                "Sixth: error: a peer needs an IPv4 address, and 2001:db8::1 is not one",
            ])
    }

    @Test func `a floating IP behind the source and destination check is a warning`() throws {
        #expect(
            try messages { $0.networkInterfaces[1].sourceDestinationCheck = true } == [
                "Instance: warning: the source/destination check of Instance is on, so AWS drops packets for "
                    + "172.16.1.1/32: set SourceDestCheck to false"
            ])
    }
}
