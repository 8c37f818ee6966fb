// SPDX-License-Identifier: MIT-0
import LabHost
import LabModel
import LinuxSystem
import NetlinkRoutes
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    @Suite(.timeLimit(.minutes(1)))
    struct ReadinessTests {
        /// The route was there, and route server, watcher and their events say so; the kernel has it no more.
        @Test func `a route that was in the table once does not make the lab ready`() throws {
            try TestLab.with("interop-readiness") { test in
                let lab = try Lab(opening: RunDirectory(labName: test.name))
                let router = try lab.namespace(LabPlan.vpcNode)
                let prefix = try #require(lab.layout.floatingAddresses.first)
                let routes = try TopologySocket(in: router.namespace).routes().filter {
                    $0.route.destination == prefix && $0.protocolNumber == RouteChange.bgp
                }
                try #require(!routes.isEmpty)
                var socket = try RouteSocket(in: router.namespace)
                func write(_ nextHop: (TopologyRoute) -> IPAddress?) throws {
                    let changes = routes.map {
                        RouteChange(
                            table: $0.route.table, prefix: prefix, nextHop: nextHop($0.route),
                            interfaceIndex: $0.route.index)
                    }
                    try socket.apply(changes) { _, result, _ in #expect(result == .applied) }
                }
                func waitForRoutes(until deadline: Instant) throws {
                    let feed = try EventFeed()
                    for node in lab.layout.routeServerNodes + [LabPlan.vpcNode] {
                        try feed.listen(to: node, in: lab.directory, since: .zero)
                    }
                    // Everything that was ever reported is here.
                    _ = try feed.wait(until: .now + .milliseconds(200)) { false }
                    try Readiness(lab: lab, feed: feed, deadline: deadline).waitForRoutes()
                }
                try write { _ in nil }
                let error = #expect(throws: LabError.self) {
                    try waitForRoutes(until: .now + .milliseconds(500))
                }
                #expect("\(try #require(error))".contains("\(prefix) in "))
                try write(\.gateway)
                try waitForRoutes(until: .now + .seconds(10))
            }
        }
    }
}
