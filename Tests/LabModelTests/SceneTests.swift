// SPDX-License-Identifier: MIT-0
import LabModel
import Measurement
import RouteServer
import Testing
import VPC
import WireFormat

/// Who is active, and what is probed, from what route servers know.
@Suite struct SceneTests {
    private let lab: LabLayout
    private let floating: IPPrefix

    init() throws {
        lab = try Layouts.template("three-floating-ips.yaml")
        floating = try #require(lab.floatingAddresses.first)
    }

    /// Every floating IP's routes: those of the first of its instances are followed.
    private func database(
        of prefixes: [IPPrefix], active: String = "a", standby: String? = "b"
    ) throws -> GoverningDatabase {
        let routes = try prefixes.flatMap { prefix in
            [try plantedRoute(.inFIB, of: active, at: "10.0.1.203", to: prefix)]
                + (try standby.map { [try plantedRoute(.inRIB, of: $0, at: "10.0.2.203", to: prefix)] } ?? [])
        }
        return try #require(GoverningDatabase([(node: "rs", database: plantedDatabase(routes))], of: prefixes))
    }

    private func scene(
        _ flows: FlowSettings = FlowSettings(), fault: FaultRequest = FaultRequest(.kill), interval: Double = 1,
        announcing block: PrefixBlock? = nil, in other: LabLayout? = nil,
        database: ((_ prefixes: [IPPrefix], _ host: String) throws -> GoverningDatabase)? = nil
    ) throws -> Scene {
        try Scene(
            lab: other ?? lab,
            plan: TrialPlan(
                FaultSequence(fault), probing: ProbeSettings(interval: Milliseconds(interval)), flows: flows),
            announcing: block,
            database: { prefixes, host in
                try database?(prefixes, host)
                    ?? self.database(of: prefixes, active: "instance-rs-az1", standby: "instance-rs-az2")
            },
            sessions: { addresses, node in
                #expect(node == "rs")
                let peer = try address("10.0.1.203")
                #expect(addresses == [peer])
                return ActiveSessions(at: addresses, neighbors: [], bfd: [])
            })
    }

    @Test func `the active instance is the one whose path is followed, and the standby the next one that announces`()
        throws
    {
        let subject = try scene().subject
        #expect(subject.active == "instance-rs-az1" && subject.standby == "instance-rs-az2")
        #expect(subject.activeNextHops == ([try address("10.0.1.203")]))
        #expect(subject.standbyNextHops == ([try address("10.0.2.203")]))
        #expect(subject.prefix == floating && subject.routeServerNode == "rs")
        #expect(subject.fault == .kill && subject.target == FaultTarget(.instance, "instance-rs-az1"))
        #expect(subject.role == .active)
    }

    @Test func `each floating IP is a flow from each host that probes, in order`() throws {
        let flows = try scene().flows
        #expect(flows.map(\.prefix) == lab.floatingAddresses)
        #expect(flows.map(\.number) == flows.indices.map { FlowNumber($0) })
        #expect(flows.allSatisfy { $0.direction == .inward && $0.role == .floatingAddress })
    }

    @Test func `another host's table may be written by another route server`() throws {
        let hosts = lab.model.instances.map(\.name).filter { !$0.hasPrefix("instance-rs") }
        try #require(hosts.count == 2)
        var asked: [String] = []
        _ = try scene(FlowSettings(sources: hosts)) { prefixes, host in
            asked.append(host)
            return try database(of: prefixes, active: "instance-rs-az1", standby: "instance-rs-az2")
        }
        #expect(asked == hosts, "once for each")
    }

    @Test func `without a second instance that announces there is nothing to take over`() throws {
        let error = try #require(
            throws: LabError.self,
            performing: {
                try scene { prefixes, _ in try database(of: prefixes, active: "instance-rs-az1", standby: nil) }
            })
        #expect(error.problem == "only instance-rs-az1 announces \(floating), so no instance could take over")
    }

    @Test func `a prefix whose paths are all kept out of the FIB has no active instance`() throws {
        let error = try #require(
            throws: LabError.self,
            performing: {
                try scene { prefixes, _ in
                    var database = try database(of: prefixes)
                    for index in database.routes.indices { database.routes[index].status = .inRIB }
                    return database
                }
            })
        #expect(error.problem == "no path for \(floating) is in the FIB")
    }

    @Test func `more probes than one host can send are refused`() throws {
        let error = try #require(throws: LabError.self, performing: { try scene(interval: 0.1) })
        #expect(error.problem.hasPrefix("this needs 30000 probes a second from one host"))
    }

    @Test func `samples of a block follow the floating IPs, and are probed less often`() throws {
        let block = try #require(PrefixBlock(count: 1_000))
        let flows = try scene(FlowSettings(prefixCount: 1_000, sampleCount: 32), announcing: block).flows
        let samples = flows.filter { $0.role == .sample }
        #expect(samples.count == 32 && flows.suffix(32).elementsEqual(samples))
        #expect(samples.allSatisfy { $0.interval > Milliseconds(1) && $0.active == "instance-rs-az1" })
        #expect(Set(samples.map(\.prefix)).count == 32)
    }

    @Test func `outward, the active instance of each floating IP probes the test host`() throws {
        let flows = try scene(FlowSettings(isOutward: true)).flows
        let outward = flows.filter { $0.direction == .outward }
        #expect(outward.map(\.prefix) == lab.floatingAddresses)
        #expect(outward.allSatisfy { $0.node == "instance-rs-az1" })
        #expect(Set(outward.map(\.destination)).count == 1)
        #expect(flows.prefix { $0.direction == .inward }.count == flows.count - outward.count)
    }

    @Test func `through firewalls, both directions must lead through the same one`() throws {
        let inspection = try Layouts.inspection()
        let transit = try #require(inspection.transits.first)
        func database(_ outward: String) throws -> GoverningDatabase {
            let prefixes = [transit.inward.prefix, transit.outward.prefix]
            let active = ["firewall-az1", outward]
            let routes = try zip(prefixes, active).flatMap { prefix, active in
                [
                    try plantedRoute(.inFIB, of: active, at: "10.0.1.203", to: prefix),
                    try plantedRoute(
                        .inRIB, of: active == "firewall-az1" ? "firewall-az2" : "firewall-az1", at: "10.0.2.203",
                        to: prefix),
                ]
            }
            return try #require(GoverningDatabase([(node: "rs", database: plantedDatabase(routes))], of: prefixes))
        }
        let scene = try scene(in: inspection) { _, _ in try database("firewall-az1") }
        #expect(scene.flows.map(\.role) == [.transit, .transit])
        #expect(scene.subject.returnRoute == .init(prefix: transit.outward.prefix, table: transit.outward.table))
        #expect(scene.subject.proberNode == LabPlan.internetNode)
        let error = try #require(
            throws: LabError.self,
            performing: { try self.scene(in: inspection) { _, _ in try database("firewall-az2") } })
        #expect(error.problem.contains("AWS does not support asymmetric routing through a middlebox"))
        let refused = try #require(
            throws: LabError.self,
            performing: {
                try self.scene(FlowSettings(isOutward: true), in: inspection) { _, _ in try database("firewall-az1") }
            })
        #expect(refused.problem.hasPrefix("--outward is for floating IPs"))
    }
}
