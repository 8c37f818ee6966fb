// SPDX-License-Identifier: MIT-0
import EC2
import Testing
import VPC
import WireFormat

@Suite struct RouteTableShapeTests {
    private static func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

    private static func model(_ tables: [RouteTable]) throws -> VPCModel {
        VPCModel(
            logicalID: "VPC", name: "vpc", cidrBlocks: [try prefix("10.0.0.0/16")],
            subnets: [
                Subnet(
                    logicalID: "A", name: "a", cidrBlock: try prefix("10.0.1.0/24"), availabilityZone: "us-east-1a",
                    routeTable: "App", routerAddress: try #require(IPAddress("10.0.1.1"))),
                Subnet(
                    logicalID: "B", name: "b", cidrBlock: try prefix("10.0.2.0/24"), availabilityZone: "us-east-1a",
                    routeTable: RouteTable.mainLogicalID, routerAddress: try #require(IPAddress("10.0.2.1"))),
            ],
            internetGateway: InternetGateway(logicalID: "IGW", name: "igw", routeTable: "Edge"), routeTables: tables,
            networkInterfaces: [], instances: [], routeServers: [])
    }

    private static func table(_ logicalID: String) -> RouteTable {
        RouteTable(
            logicalID: logicalID, name: logicalID, isMain: logicalID == RouteTable.mainLogicalID, routes: [])
    }

    @Test func `only what a template associates shows, and the main table says that it is`() throws {
        let tables = [RouteTable.mainLogicalID, "App", "Edge"].map(Self.table)
        let model = try Self.model(tables)
        let associations = tables.map { table in
            RouteTableListing(table: table, routes: []).shape(in: model, tags: [:])["Associations"]
        }
        let subnet = ResourceKind.subnet.id(of: "A")
        let gateway = ResourceKind.internetGateway.id(of: "IGW")
        let expected: [(ShapeValue, [String: String])] = zip(
            associations.compactMap(\.self), [[:], ["SubnetId": subnet], ["GatewayId": gateway]]
        ).map { ($0, $1) }
        #expect(expected.count == tables.count)
        for ((association, target), table) in zip(expected, tables) {
            guard case .list(let entries) = association, let entry = entries.first else {
                Issue.record("no association of \(table.logicalID)")
                continue
            }
            #expect(entries.count == 1)
            #expect(entry["Main"] == .boolean(table.isMain))
            #expect(entry["RouteTableId"] == .string(table.id))
            #expect(entry["SubnetId"] == target["SubnetId"].map { .string($0) })
            #expect(entry["GatewayId"] == target["GatewayId"].map { .string($0) })
            #expect(entry["AssociationState"] == .of(["State": "associated"]))
        }
    }

    @Test func `routes have the member of their target, and propagated ones their next hop`() throws {
        let table = Self.table("App")
        let listing = RouteTableListing(
            table: table,
            routes: [
                .init(
                    destination: try Self.prefix("10.0.0.0/16"), target: .local, origin: "CreateRouteTable",
                    state: "active"),
                .init(
                    destination: try Self.prefix("::/0"), target: .gateway("igw-1"), origin: "CreateRoute",
                    state: "active"),
                .init(
                    destination: try Self.prefix("172.16.1.1/32"), target: .networkInterface("eni-1", instance: "i-1"),
                    origin: "Advertisement", state: "blackhole", nextHop: IPAddress("10.0.1.10")),
            ])
        let shape = listing.shape(
            in: try Self.model([table]), tags: [table.id: [ResourceTag(key: "Name", value: "App")]])
        #expect(
            shape["Routes"] == [
                .of([
                    "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable",
                    "State": "active",
                ]),
                .of([
                    "DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "Origin": "CreateRoute",
                    "State": "active",
                ]),
                .of([
                    "DestinationCidrBlock": "172.16.1.1/32", "InstanceId": "i-1", "InstanceOwnerId": "123456789012",
                    "NetworkInterfaceId": "eni-1", "Origin": "Advertisement", "State": "blackhole",
                    "IpAddress": "10.0.1.10",
                ]),
            ])
        #expect(shape["PropagatingVgws"] == [])
        #expect(shape["Tags"] == [.of(["Key": "Name", "Value": "App"])])
        #expect(shape["VpcId"] == .string(ResourceKind.vpc.id(of: "VPC")))
    }
}
