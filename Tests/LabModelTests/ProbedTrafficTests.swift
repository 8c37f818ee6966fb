// SPDX-License-Identifier: MIT-0
import LabModel
import Measurement
import Testing
import WireFormat

/// What a trial probes, and from where.
@Suite struct ProbedTrafficTests {
    private let lab: LabLayout

    init() throws { lab = try Layouts.template("three-floating-ips.yaml") }

    private func refusal(_ settings: FlowSettings) throws -> LabError {
        try #require(throws: LabError.self, performing: { try ProbedTraffic(settings, in: lab) })
    }

    @Test func `all floating IPs are probed, from the test host`() throws {
        let traffic = try ProbedTraffic(FlowSettings(), in: lab)
        #expect(traffic.prefixes == lab.floatingAddresses && traffic.prefix == lab.floatingAddresses[0])
        #expect(traffic.sources == [try lab.testHost()] && traffic.source == traffic.sources[0])
        #expect(traffic.transits.isEmpty)
    }

    @Test func `those that are asked for are probed in their order`() throws {
        let asked = [lab.floatingAddresses[2], lab.floatingAddresses[0]]
        let traffic = try ProbedTraffic(FlowSettings(floatingAddresses: asked.map(\.address)), in: lab)
        #expect(traffic.prefixes == asked && traffic.prefix == asked[0])
    }

    @Test func `an address that is no floating IP is refused with those that are`() throws {
        let error = try refusal(FlowSettings(floatingAddresses: [try address("192.0.2.1")]))
        #expect(error.problem == "192.0.2.1 is no floating IP of the lab")
        #expect(lab.floatingAddresses.allSatisfy { error.advice?.contains("\($0.address)") == true })
    }

    @Test func `a host that would answer itself, or does not exist, cannot probe`() throws {
        let host = try lab.testHost()
        let answering = try refusal(FlowSettings(sources: [host, "instance-rs-az1"]))
        #expect(answering.problem.hasPrefix("instance-rs-az1 cannot probe: it has a floating IP"))
        #expect(answering.advice == "those that can are access-instance, access-az1")
        let unknown = try refusal(FlowSettings(sources: ["nobody"]))
        #expect(unknown.problem == "nobody cannot probe: it is not an instance of the lab")
    }

    @Test func `behind firewalls, hosts are probed from outside and probe the outside`() throws {
        let inspection = try Layouts.inspection()
        let traffic = try ProbedTraffic(FlowSettings(), in: inspection)
        #expect(traffic.transits.map(\.host) == ["application-host"])
        #expect(traffic.prefixes == traffic.transits.prefixes)
        #expect(traffic.sources == [LabPlan.internetNode, "application-host"])
    }
}
