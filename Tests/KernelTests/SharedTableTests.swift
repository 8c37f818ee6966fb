// SPDX-License-Identifier: MIT-0
import LinuxSystem
import NetlinkRoutes
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

/// One table with two writers, told apart by the metric of their routes.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(1)))
struct SharedTableTests {
    private func route(_ prefix: IPPrefix, by nextHop: String?, metric: UInt32) throws -> RouteChange {
        RouteChange(table: 100, prefix: prefix, nextHop: try nextHop.map(address), metric: metric)
    }

    @Test(arguments: [
        ("172.16.1.1/32", "10.9.0.7", "10.9.0.8", "10.9.0.9"), ("fd00:172::/48", "fd00:9::7", "fd00:9::8", "fd00:9::9"),
    ])
    func `each writer's route stays its own, and libnl reads both`(
        destination: String, preferred: String, other: String, moved: String
    ) throws {
        let fixture = try RoutesFixture()
        let destination = try prefix(destination)
        var first = try RouteSocket(in: fixture.router)
        var second = try RouteSocket(in: fixture.router)
        #expect(try second.apply(route(destination, by: other, metric: 101)).result == .applied)
        #expect(try first.apply(route(destination, by: preferred, metric: 100)).result == .applied)
        // The second one's change does not overwrite the first one's route.
        #expect(try second.apply(route(destination, by: moved, metric: 101)).result == .applied)
        var rows = try fixture.topology.routes(table: 100).sorted { $0.priority < $1.priority }
        #expect(rows.map(\.priority) == [100, 101])
        #expect(rows.map(\.route.gateway) == [try address(preferred), try address(moved)])
        #expect(try first.apply(route(destination, by: nil, metric: 100)).result == .applied)
        rows = try fixture.topology.routes(table: 100)
        #expect(rows.map(\.route.gateway) == [try address(moved)])
        // It is gone, and the other one's is not mistaken for it.
        #expect(try first.apply(route(destination, by: nil, metric: 100)).result == .alreadyAbsent)
        #expect(try fixture.topology.routes(table: 100).count == 1)
    }

    @Test func `of what the watcher sees, only changes of the followed route count`() throws {
        let fixture = try RoutesFixture()
        let destination = try prefix("172.16.1.1/32")
        var socket = try RouteSocket(in: fixture.router)
        var watcher = try RouteWatcher(in: fixture.router)
        var routes = EffectiveRoutes()
        var followed: [String] = []
        for change in [
            try route(destination, by: "10.9.0.8", metric: 101), try route(destination, by: "10.9.0.7", metric: 100),
            try route(destination, by: "10.9.0.9", metric: 101), try route(destination, by: nil, metric: 100),
            try route(destination, by: nil, metric: 101),
        ] {
            #expect(try socket.apply(change).result == .applied)
            for event in try watcher.events(ofTable: 100) {
                switch event {
                case .installed(let route, _, _):
                    if routes.install(route) { followed.append(route.nextHop?.description ?? "-") }
                case .removed(let route, _, _):
                    let change = routes.remove(route)
                    if change.wasFollowed { followed.append(change.nextHop?.description ?? "-") }
                case .overrun: Issue.record("overrun")
                }
            }
        }
        #expect(followed == ["10.9.0.8", "10.9.0.7", "10.9.0.9", "-"])
        #expect(routes.metric(of: destination, in: 100) == nil)
    }
}
