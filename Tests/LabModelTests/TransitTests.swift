// SPDX-License-Identifier: MIT-0
import LabModel
import Measurement
import Testing
import VPC
import WireFormat

@Suite struct TransitTests {
    private let lab: LabLayout

    init() throws { lab = try Layouts.inspection() }

    @Test func `a host behind firewalls is reached from outside, and reaches the outside, by propagated routes`() throws
    {
        let transit = try #require(lab.transits.first)
        #expect(lab.transits.count == 1)
        #expect(transit.host == "application-host")
        #expect(transit.privateAddress == (try address("10.0.3.10")))
        #expect(transit.publicAddress != transit.privateAddress)
        #expect(transit.inward == .init(prefix: try prefix("10.0.3.0/24"), table: "rtb-gateway"))
        #expect(transit.outward == .init(prefix: try prefix("0.0.0.0/0"), table: "rtb-application"))
    }

    @Test func `without a gateway's route table nothing comes in through a firewall`() throws {
        #expect(try Layouts.floatingIP().transits.isEmpty)
    }

    @Test func `firewalls that announce no way out are none`() throws {
        let lab = try Layouts.template(
            "inspection.yaml",
            replacing: [
                ("rib add 0.0.0.0/0 -a ipv4", "rib add 192.0.2.0/24 -a ipv4"),
                ("rib add 0.0.0.0/0 aspath", "rib add 192.0.2.0/24 aspath"),
            ])
        #expect(lab.transits.isEmpty)
    }

    @Test func `a static route that is more specific keeps traffic from the firewalls`() throws {
        var lab = lab
        let table = try #require(lab.model.routeTables.firstIndex { $0.name == "rtb-application" })
        let gateway = try #require(lab.model.internetGateway)
        lab.blueprint.model.routeTables[table].routes.append(
            StaticRoute(destination: try prefix("198.51.100.0/24"), target: .internetGateway(gateway.logicalID)))
        #expect(lab.transits.isEmpty)
    }

    @Test func `a table that no route server writes leads through no firewall`() throws {
        var lab = lab
        lab.blueprint.model.routeServers[0].propagations.removeAll { $0 == "GatewayRouteTable" }
        #expect(lab.transits.isEmpty)
    }

    @Test func `a host without a public address is not reached from outside`() throws {
        var lab = lab
        for index in lab.model.networkInterfaces.indices {
            lab.blueprint.model.networkInterfaces[index].publicAddress = nil
        }
        #expect(lab.transits.isEmpty)
    }

    @Test func `a gateway's table that takes only subnets' blocks still takes a subnet's`() throws {
        var settings = RouteServerSettings()
        settings.gatewayRoutePolicy = .subnets
        let lab = try Layouts.template("inspection.yaml", options: LabOptions(routeServer: settings))
        #expect(lab.transits.map(\.host) == ["application-host"])
    }

    // MARK: Probing

    @Test func `hosts that are probed are all, or those that were asked for`() throws {
        #expect(try lab.probedTransits(FlowSettings()).map(\.host) == ["application-host"])
        #expect(try lab.probedTransits(FlowSettings(sources: ["internet"])).map(\.host) == ["application-host"])
        #expect(try lab.probedTransits(FlowSettings(sources: ["application-host"])).count == 1)
    }

    @Test func `a host that no firewall protects is refused with those that are`() throws {
        let error = try #require(
            throws: LabError.self, performing: { try lab.probedTransits(FlowSettings(sources: ["firewall-az1"])) })
        #expect(error.problem == "firewall-az1 is not reached from outside through a firewall")
        #expect(error.advice == "those that are: application-host")
    }

    @Test func `a floating IP that is asked for is no way through a firewall`() throws {
        #expect(try lab.probedTransits(FlowSettings(floatingAddresses: [try address("172.16.1.1")])).isEmpty)
        #expect(try Layouts.floatingIP().probedTransits(FlowSettings()).isEmpty)
    }

    @Test func `it is probed from both ends, each answered through the active instance`() throws {
        let transit = try #require(lab.transits.first)
        let flows = transit.flows(
            numbered: 4, active: "firewall-az1", standby: "firewall-az2", interval: Milliseconds(1))
        #expect(flows.map(\.number) == [4, 5])
        #expect(flows.map(\.node) == ["internet", "application-host"])
        #expect(flows.map(\.destination) == [transit.publicAddress, LabPlan.outsideAddress])
        #expect(flows.allSatisfy { $0.role == .transit && $0.active == "firewall-az1" && $0.standby == "firewall-az2" })
    }

    @Test func `prefixes of several hosts are named once`() throws {
        let transit = try #require(lab.transits.first)
        #expect([transit, transit].prefixes == [try prefix("10.0.3.0/24"), try prefix("0.0.0.0/0")])
    }
}
