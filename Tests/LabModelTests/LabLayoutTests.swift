// SPDX-License-Identifier: MIT-0
import LabModel
import RouteServer
import Testing
import VPC
import WireFormat

@Suite struct LabLayoutTests {
    // MARK: Nodes

    @Test func `the nodes of one route server and of several`() throws {
        #expect(try Layouts.floatingIP().routeServerNodes == ["rs"])
        #expect(try Layouts.sharedTable().routeServerNodes == ["rs-a", "rs-b"])
    }

    @Test func `probes come from an instance without a speaker, behind a table that a route server writes`() throws {
        #expect(try Layouts.floatingIP().testHost() == "access-instance")
        var layout = try Layouts.floatingIP()
        let client = try #require(layout.model.instances.first { $0.name == "access-instance" })
        var other = client
        other.name = "first"
        other.logicalID = "First"
        other.networkInterfaces = []
        layout.blueprint.model.instances.insert(other, at: 0)
        #expect(try layout.testHost() == "access-instance", "the first one is in no subnet")
    }

    @Test func `without an instance that runs no speaker there is no test host`() throws {
        var layout = try Layouts.floatingIP()
        layout.blueprint.model.instances.removeAll { $0.name == "access-instance" }
        let error = try #require(throws: LabError.self, performing: { try layout.testHost() })
        #expect(error.problem.contains("there is no test host to probe from"))
        #expect(error.advice?.isEmpty == false)
    }

    // MARK: Addresses

    @Test func `a floating IP is announced and on lo, each once, in the order first named`() throws {
        #expect(try Layouts.floatingIP().floatingAddresses == [try prefix("172.16.1.1/32")])
        let three = try Layouts.template("three-floating-ips.yaml").floatingAddresses
        #expect(three.count == 3 && Set(three).count == 3)
        #expect(try Layouts.inspection().floatingAddresses == [], "what firewalls announce is on no loopback")
    }

    @Test func `an instance has those of them that are on its own lo`() throws {
        let layout = try Layouts.floatingIP()
        #expect(layout.floatingAddresses(of: "instance-rs-az2") == [try address("172.16.1.1")])
        #expect(layout.floatingAddresses(of: "access-instance") == [])
        #expect(layout.floatingAddresses(of: "nobody") == [])
    }

    @Test func `replies show which instance answered, in its subnet and behind the router`() throws {
        let instances = try Layouts.floatingIP().instancesByTimeToLive
        #expect(
            instances == [
                128: "instance-rs-az1", 127: "instance-rs-az1", 124: "instance-rs-az2", 123: "instance-rs-az2",
            ])
    }

    @Test func `responders have numbers of their own, in the template's order`() throws {
        #expect(try Layouts.floatingIP().respondingInstances == [1: "instance-rs-az1", 2: "instance-rs-az2"])
        #expect(try Layouts.inspection().respondingInstances == [:])
    }

    // MARK: Tables

    @Test func `a host's packets go by its subnet's table, what comes from outside by the gateway's`() throws {
        let layout = try Layouts.inspection()
        #expect(layout.propagatedTable(ofHost: "application-host") == "rtb-application")
        #expect(layout.propagatedTable(ofHost: LabPlan.internetNode) == "rtb-gateway")
        #expect(layout.propagatedTable(ofHost: "firewall-az1") == nil, "no route server writes that one")
        #expect(layout.propagatedTable(ofHost: "nobody") == nil)
        #expect(try Layouts.floatingIP().propagatedTable(ofHost: LabPlan.internetNode) == nil)
    }

    @Test func `a static route of a host's table is one to exactly that prefix`() throws {
        let layout = try Layouts.floatingIP()
        #expect(layout.hasStaticRoute(to: try prefix("0.0.0.0/0"), ofHost: "access-instance"))
        #expect(!layout.hasStaticRoute(to: try prefix("172.16.1.1/32"), ofHost: "access-instance"))
        #expect(!layout.hasStaticRoute(to: try prefix("0.0.0.0/0"), ofHost: "nobody"))
    }

    // MARK: What is moved

    @Test func `what a route server moves is floating IPs, or the ways through firewalls`() throws {
        #expect(try Layouts.floatingIP().movedPrefixes == [try prefix("172.16.1.1/32")])
        #expect(try Layouts.inspection().movedPrefixes == [try prefix("10.0.3.0/24"), try prefix("0.0.0.0/0")])
    }

    @Test func `what a target serves is what is addressed to it, or goes through it`() throws {
        #expect(try Layouts.floatingIP().servedAddresses == [try address("172.16.1.1")])
        #expect(try Layouts.inspection().servedAddresses == [try address("10.0.3.10"), LabPlan.outsideAddress])
    }

    // MARK: Time

    @Test func `routes that are kept or held back on purpose take longer`() throws {
        func delay(_ edit: (inout RouteServerSettings) -> Void) throws -> Duration {
            var settings = RouteServerSettings()
            edit(&settings)
            return try Layouts.floatingIP(LabOptions(routeServer: settings)).longestRouteDelay
        }
        #expect(try delay { _ in } == .zero)
        #expect(try delay { $0.persistRoutes = .minutes(2) } == .seconds(120))
        #expect(
            try delay {
                $0.persistRoutes = .minutes(2)
                $0.timeScale = 60
            } == .seconds(2))
        #expect(try delay { $0.persistRoutes = .off } == .zero)
    }
}
