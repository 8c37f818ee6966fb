// SPDX-License-Identifier: MIT-0
import LabModel
import Testing
import VPC
import WireFormat

/// The route that a packet takes, computed from a plan's rules and tables as the kernel does.
private struct PlannedRouter {
    let plan: LabPlan
    /// Routes propagated by a route server, in addition to the planned ones.
    var propagated: [LabPlan.Route] = []

    /// The route for packets that arrive on a leg of `vpc`; nil if there is none.
    func route(from leg: String, to destination: IPAddress) -> LabPlan.Route? {
        let rules = plan.rules.filter {
            $0.namespace == LabPlan.vpcNode && ($0.inputInterface == nil || $0.inputInterface == leg)
                && $0.destination?.contains(destination) ?? true
        }.sorted { $0.priority < $1.priority }
        for rule in rules {
            let found = (plan.routes + propagated)
                .filter {
                    $0.namespace == LabPlan.vpcNode && $0.table == rule.table && $0.destination.contains(destination)
                }
                .max { $0.destination.length < $1.destination.length }
            if let found, found.destination.length > rule.suppressedPrefixLength ?? -1 { return found }
        }
        return nil
    }

    func gateway(from leg: String, to destination: String) throws -> String? {
        let found = route(from: leg, to: try #require(IPAddress(destination)))
        return found.map { $0.index == nil ? "nowhere" : $0.gateway.map { "\($0)" } ?? "local" }
    }
}

@Suite struct RoutePrecedenceTests {
    /// Two subnets in addition to the template's own, a gateway with a table, and a forwarding instance in each.
    private func model(_ routes: String) throws -> VPCModel {
        try PlanTemplate.model(
            """
              Applications: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
              Databases: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24}}
              Gateway: {Type: AWS::EC2::InternetGateway}
              Attachment:
                Type: AWS::EC2::VPCGatewayAttachment
                Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
              GatewayTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
              TableOfGateway:
                Type: AWS::EC2::GatewayRouteTableAssociation
                Properties: {GatewayId: !Ref Gateway, RouteTableId: !Ref GatewayTable}
              ApplicationTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
              TableOfApplications:
                Type: AWS::EC2::SubnetRouteTableAssociation
                Properties: {SubnetId: !Ref Applications, RouteTableId: !Ref ApplicationTable}

            """ + routes + PlanTemplate.instance("Firewall", userData: "sysctl -w net.ipv4.ip_forward=1"))
    }

    private static func route(_ name: String, in table: String, to block: String, by target: String) -> String {
        """
          \(name):
            Type: AWS::EC2::Route
            Properties: {RouteTableId: !Ref \(table), DestinationCidrBlock: \(block), \(target)}

        """
    }

    private func router(_ routes: String = "", propagating prefixes: (table: String, prefix: String)...) throws
        -> PlannedRouter
    {
        let model = try model(routes)
        let plan = LabPlan(model: model)
        return PlannedRouter(
            plan: plan,
            propagated: try prefixes.map { table, prefix in
                .init(
                    namespace: LabPlan.vpcNode, destination: try #require(IPPrefix(prefix)),
                    gateway: IPAddress("10.0.3.99"), index: 4,
                    table: try #require(LabPlan.kernelTable(of: table, in: model)))
            })
    }

    @Test func `what is inside the VPC is local, what is in no subnet goes nowhere, the rest has no route`() throws {
        let router = try router()
        for leg in ["subnet", "applications", "igw"] {
            #expect(try router.gateway(from: leg, to: "10.0.2.10") == "local")
            #expect(try router.gateway(from: leg, to: "10.0.77.1") == "nowhere")
            #expect(try router.gateway(from: leg, to: "172.16.1.1") == nil)
        }
    }

    @Test func `the longest prefix wins, whether it is static, propagated or local`() throws {
        let router = try router(
            Self.route("Default", in: "ApplicationTable", to: "0.0.0.0/0", by: "GatewayId: !Ref Gateway")
                + Self.route("Wide", in: "ApplicationTable", to: "172.16.0.0/12", by: "InstanceId: !Ref Firewall"),
            propagating: ("ApplicationTable", "172.16.1.1/32"), ("ApplicationTable", "10.0.0.0/8"))
        #expect(try router.gateway(from: "applications", to: "172.16.1.1") == "10.0.3.99")
        #expect(try router.gateway(from: "applications", to: "172.16.1.2") == "10.0.1.10")
        #expect(try router.gateway(from: "applications", to: "192.0.2.1") == "198.51.100.1")
        #expect(try router.gateway(from: "applications", to: "10.9.9.9") == "10.0.3.99")
        #expect(try router.gateway(from: "applications", to: "10.0.3.10") == "local")
        // One subnet's table is not used by any other.
        #expect(try router.gateway(from: "subnet", to: "172.16.1.1") == nil)
    }

    @Test(arguments: ["10.0.3.0/24", "10.0.3.0/25", "10.0.3.10/32", "10.0.2.0/23"])
    func `a propagated prefix inside the VPC is more specific than the local route, at any length`(prefix: String)
        throws
    {
        let router = try router(propagating: ("ApplicationTable", prefix))
        #expect(try router.gateway(from: "applications", to: "10.0.3.10") == "10.0.3.99")
        #expect(try router.gateway(from: "applications", to: "10.0.1.10") == "local")
        #expect(try router.gateway(from: "subnet", to: "10.0.3.10") == "local")
    }

    @Test func `a gateway's table may have the local route's target replaced, and one subnet by itself`() throws {
        let router = try router(
            Self.route("Whole", in: "GatewayTable", to: "10.0.0.0/16", by: "InstanceId: !Ref Firewall"),
            propagating: ("GatewayTable", "10.0.2.0/24"))
        #expect(try router.gateway(from: "igw", to: "10.0.3.10") == "10.0.1.10")
        #expect(try router.gateway(from: "igw", to: "10.0.2.10") == "10.0.3.99")
        #expect(try router.gateway(from: "subnet", to: "10.0.3.10") == "local")
    }

    @Test func `a subnet without an association goes by the main table, a gateway without one by local routes`() throws
    {
        var model = try model("")
        #expect(model.subnets.map(\.routeTable) == ["MainRouteTable", "ApplicationTable", "MainRouteTable"])
        let firewall = try #require(model.networkInterfaces.first).logicalID
        model.routeTables[0].routes = [
            .init(destination: try #require(IPPrefix("0.0.0.0/0")), target: .networkInterface(firewall))
        ]
        model.internetGateway?.routeTable = nil
        let router = PlannedRouter(plan: LabPlan(model: model))
        #expect(try router.gateway(from: "subnet", to: "192.0.2.1") == "10.0.1.10")
        #expect(try router.gateway(from: "databases", to: "192.0.2.1") == "10.0.1.10")
        #expect(try router.gateway(from: "applications", to: "192.0.2.1") == nil)
        #expect(try router.gateway(from: "igw", to: "10.0.1.10") == "local")
        #expect(try router.gateway(from: "igw", to: "192.0.2.1") == nil)
    }

    // MARK: Forwarding instances and public addresses

    @Test func `firewalls send and mark with lower times to live than any host, so a loop ends`()
        throws
    {
        let forwarding = ["First", "Second"].map { name in
            PlanTemplate.speaker(name) + "          sysctl -w net.ipv4.ip_forward=1\n"
        }
        let model = try PlanTemplate.model(
            PlanTemplate.speaker("Plain") + forwarding.joined() + PlanTemplate.instance("Host"))
        #expect(LabPlan.timesToLive(in: model) == ["plain": 128, "first": 60, "second": 56])
        let plan = LabPlan(model: model)
        #expect(
            plan.replyMarks == [
                .init(namespace: "first", timeToLive: 60), .init(namespace: "second", timeToLive: 56),
            ])
        #expect(plan.replyMarks.allSatisfy { $0.timeToLive < LabPlan.ordinaryTimeToLive - 2 })
        let forwards = plan.namespaces.filter { namespace in
            namespace.role == .instance
                && namespace.kernelParameters.contains { $0.name == "net/ipv4/ip_forward" && $0.value == 1 }
        }
        #expect(forwards.map(\.name) == ["first", "second"])
    }

    @Test func `public addresses are those of launch, and elastic ones take their place`() throws {
        let model = try PlanTemplate.model(
            """
              Public:
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, MapPublicIpOnLaunch: true}
              Launched: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Public}}
              Refused:
                Type: AWS::EC2::Instance
                Properties:
                  NetworkInterfaces: [{DeviceIndex: 0, SubnetId: !Ref Public, AssociatePublicIpAddress: false}]
              Asked:
                Type: AWS::EC2::Instance
                Properties:
                  NetworkInterfaces: [{DeviceIndex: 0, SubnetId: !Ref Subnet, AssociatePublicIpAddress: true}]
              Private: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet}}
              Elastic: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Public}}
              Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Elastic}}
              Interface: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet}}
              Associated:
                Type: AWS::EC2::Instance
                Properties: {NetworkInterfaces: [{DeviceIndex: 0, NetworkInterfaceId: !Ref Interface}]}
              SecondAddress: {Type: AWS::EC2::EIP}
              Association:
                Type: AWS::EC2::EIPAssociation
                Properties: {AllocationId: !GetAtt SecondAddress.AllocationId, NetworkInterfaceId: !Ref Interface}

            """)
        let addresses = model.instances.map { instance in
            model.networkInterface(instance.networkInterfaces[0])?.publicAddress.map { "\($0)" }
        }
        #expect(
            addresses == ["203.0.113.1", nil, "203.0.113.3", nil, "203.0.113.6", "203.0.113.8"])
    }
}
