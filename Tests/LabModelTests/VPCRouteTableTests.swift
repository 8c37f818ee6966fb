// SPDX-License-Identifier: MIT-0
import LabModel
import Testing
import VPC
import WireFormat

@Suite struct VPCRouteTableTests {
    private let lab: LabLayout

    init() throws { lab = try Layouts.floatingIP() }

    private func propagated(_ nextHop: String, metric: UInt32 = 100, to destination: String = "172.16.1.1/32") throws
        -> PropagatedRoute
    {
        PropagatedRoute(destination: try prefix(destination), nextHop: try address(nextHop), metric: metric)
    }

    private func table(
        _ name: String = "rtb-rs", _ routes: [PropagatedRoute] = [], absences: [String: String] = [:],
        in layout: LabLayout? = nil
    ) throws -> VPCRouteTable {
        let tables = (layout ?? lab).routeTables(propagated: ["RouteTable": routes], absences: absences)
        return try #require(tables.first { $0.name == name })
    }

    private func interface(of instance: String) throws -> NetworkInterface {
        let owner = try #require(lab.model.instances.first { $0.name == instance })
        return try #require(owner.networkInterfaces.first.flatMap(lab.model.networkInterface))
    }

    // MARK: Routes

    @Test func `a table has the local route, then static ones, then those that are propagated`() throws {
        let table = try table("rtb-rs", [propagated("10.0.1.203")])
        #expect(table.routes.map(\.destination.description) == ["10.0.0.0/16", "0.0.0.0/0", "172.16.1.1/32"])
        #expect(table.routes.map(\.origin) == [.createRouteTable, .createRoute, .advertisement])
        #expect(table.routes.map(\.state) == [.active, .active, .active])
        #expect(table.routes[0].target == "local")
        #expect(table.routes[1].target == lab.model.internetGateway?.id)
    }

    @Test func `a propagated route names its next hop's interface and instance`() throws {
        let route = try #require(try table("rtb-rs", [propagated("10.0.2.203")]).routes.last)
        #expect(route.target == (try interface(of: "instance-rs-az2")).id)
        #expect(route.instance == "instance-rs-az2")
        #expect(route.nextHop == (try address("10.0.2.203")))
    }

    @Test func `of several route servers' routes to one prefix the table has the one that is followed`() throws {
        let routes = [try propagated("10.0.2.203", metric: 101), try propagated("10.0.1.203", metric: 100)]
        for routes in [routes, routes.reversed()] {
            let followed = try table("rtb-rs", routes).routes.filter { $0.origin == .advertisement }
            #expect(followed.map(\.instance) == ["instance-rs-az1"])
        }
    }

    @Test func `propagated routes are in prefix order`() throws {
        let routes = try ["172.16.1.9/32", "10.9.0.0/16", "172.16.1.1/32"].map { try propagated("10.0.1.203", to: $0) }
        #expect(
            try table("rtb-rs", routes).routes.suffix(3).map(\.destination.description)
                == ["10.9.0.0/16", "172.16.1.1/32", "172.16.1.9/32"])
    }

    @Test func `a next hop that no interface has is a black hole`() throws {
        let route = try #require(try table("rtb-rs", [propagated("10.0.9.9")]).routes.last)
        #expect(route.state == .blackhole && route.reason == "no network interface has 10.0.9.9")
        #expect(route.target == "10.0.9.9" && route.instance == nil)
    }

    @Test func `a route to an instance that is away is a black hole, and says why`() throws {
        let away = [try interface(of: "instance-rs-az1").logicalID: "instance-rs-az1 does not run"]
        let route = try #require(try table("rtb-rs", [propagated("10.0.1.203")], absences: away).routes.last)
        #expect(route.state == .blackhole && route.reason == "instance-rs-az1 does not run")
        #expect(route.instance == "instance-rs-az1")
    }

    @Test func `a static route to an interface is as good as the interface`() throws {
        var layout = lab
        let interface = try interface(of: "instance-rs-az1")
        let number = try #require(layout.model.routeTables.firstIndex { $0.name == "rtb-rs" })
        layout.blueprint.model.routeTables[number].routes = [
            StaticRoute(destination: try prefix("172.16.1.1/32"), target: .networkInterface(interface.logicalID))
        ]
        #expect(try table(in: layout).routes.last?.state == .active)
        let gone = try table(absences: [interface.logicalID: "it is down"], in: layout).routes.last
        #expect(gone?.state == .blackhole && gone?.reason == "it is down")
        #expect(gone?.instance == "instance-rs-az1" && gone?.origin == .createRoute)
    }

    @Test func `a static route to the VPC's own block stands for the local one`() throws {
        var layout = lab
        let interface = try interface(of: "instance-rs-az1")
        let number = try #require(layout.model.routeTables.firstIndex { $0.name == "rtb-rs" })
        layout.blueprint.model.routeTables[number].routes = [
            StaticRoute(destination: try prefix("10.0.0.0/16"), target: .networkInterface(interface.logicalID))
        ]
        #expect(try table(in: layout).routes.map(\.target) == [interface.id])
    }

    // MARK: The table itself

    @Test func `a table names its subnets, its gateway and who propagates to it`() throws {
        let table = try table()
        #expect(table.subnets == ["subnet-az1", "subnet-az2", "subnet2-az2"])
        #expect(table.propagatingRouteServers == ["rs1"])
        #expect(table.gateway == nil && !table.isMain)
        let gateway = try #require(
            Layouts.inspection().routeTables(propagated: [:], absences: [:]).first { $0.name == "rtb-gateway" })
        #expect(gateway.gateway == "igw-inspection")
        #expect(gateway.subnets == [])
    }

    @Test func `routes of one table are in no other`() throws {
        let main = try table("main", [propagated("10.0.1.203")])
        #expect(main.isMain && main.routes.allSatisfy { $0.origin != .advertisement })
    }

    // MARK: Absences

    private func absences(
        running: Set<String> = ["instance-rs-az1", "instance-rs-az2", "access-instance"],
        in layout: LabLayout? = nil, isPlugged: (LabPlan.Cable) -> Bool = { _ in true }
    ) -> [String: String] {
        (layout ?? lab).absences(running: running, isPlugged: isPlugged)
    }

    @Test func `an instance that runs and is plugged in is available`() { #expect(absences().isEmpty) }

    @Test func `an instance that does not run takes its interfaces along`() throws {
        #expect(
            absences(running: ["instance-rs-az2", "access-instance"])
                == [try interface(of: "instance-rs-az1").logicalID: "instance-rs-az1 does not run"])
    }

    @Test func `an interface that is not plugged in is down`() throws {
        let interface = try interface(of: "instance-rs-az2")
        #expect(
            absences { $0.far.namespace != "instance-rs-az2" }
                == [interface.logicalID: "\(interface.name) is down"])
    }

    @Test func `an interface without an instance is reported, an endpoint's never`() throws {
        var layout = lab
        layout.blueprint.model.instances.removeAll { $0.name == "access-instance" }
        let interface = try interface(of: "access-instance")
        #expect(
            absences(in: layout) { _ in false }[interface.logicalID]
                == "\(interface.name) is not attached to an instance")
        let endpoints = Set(lab.model.routeServers.flatMap { $0.endpoints.map(\.networkInterface) })
        #expect(absences(running: []) { _ in false }.keys.allSatisfy { !endpoints.contains($0) })
    }
}
