// SPDX-License-Identifier: MIT-0
import LinuxSystem
import NetlinkRoutes
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(1)))
struct RouteSocketTests {
    @Test(arguments: [
        ("172.16.1.1/32", "10.9.0.7", "10.9.0.8"), ("0.0.0.0/0", "10.9.0.7", "10.9.0.8"),
        ("fd00:172::/48", "fd00:9::7", "fd00:9::8"), ("::/0", "fd00:9::7", "fd00:9::8"),
    ])
    func `a route is installed, moved and taken away, and the watcher and libnl see the same`(
        destination: String, first: String, second: String
    ) throws {
        let fixture = try RoutesFixture()
        var socket = try RouteSocket(in: fixture.router)
        var watcher = try RouteWatcher(in: fixture.router)
        let destination = try prefix(destination)
        for nextHop in [try address(first), try address(second)] {
            let before = Instant.now
            let change = RouteChange(table: 100, prefix: destination, nextHop: nextHop)
            let written = try socket.apply(change)
            #expect(written.result == .applied)

            let expected = KernelRoute(
                table: 100, prefix: destination, nextHop: nextHop, interfaceIndex: RoutesFixture.link,
                // IPv6 has a default metric, IP6_RT_PRIO_USER.
                metric: destination.family == .ipv6 ? 1024 : 0, protocolNumber: RouteChange.bgp, type: 1)
            let events = try watcher.events(ofTable: 100)
            try #require(events.count == 1)
            guard case .installed(let route, let writer, let seen) = events[0] else {
                Issue.record("not an installation: \(events)")
                return
            }
            #expect(route == expected)
            #expect(writer == socket.portID)
            #expect(before <= written.at && written.at <= seen && seen <= Instant.now)
            #expect(try watcher.dump(table: 100) == [expected])

            let rows = try fixture.topology.routes(table: 100)
            let row = try #require(rows.count == 1 ? rows.first : nil)
            #expect(
                row.route
                    == TopologyRoute(
                        destination: destination, gateway: nextHop, index: RoutesFixture.link, table: 100))
            #expect(row.protocolNumber == RouteChange.bgp)
        }

        let deletion = RouteChange(table: 100, prefix: destination, nextHop: nil)
        #expect(try socket.apply(deletion).result == .applied)
        let events = try watcher.events(ofTable: 100)
        try #require(events.count == 1)
        guard case .removed(let route, _, _) = events[0] else {
            Issue.record("not a removal: \(events)")
            return
        }
        #expect(route.prefix == destination)
        #expect(route.nextHop == (try address(second)))
        #expect(try watcher.dump(table: 100).isEmpty)
        #expect(try fixture.topology.routes(table: 100).isEmpty)
        #expect(try socket.apply(deletion).result == .alreadyAbsent)
    }

    @Test func `a route that libnl wrote is what the watcher lists and sees`() throws {
        let fixture = try RoutesFixture()
        var watcher = try RouteWatcher(in: fixture.router)
        let route = TopologyRoute(
            destination: try prefix("172.16.0.0/12"), gateway: try address("10.9.0.3"), index: RoutesFixture.link,
            table: 77)
        let unreachable = TopologyRoute(destination: try prefix("0.0.0.0/0"), table: 77, kind: .unreachable)
        try fixture.topology.addRoute(route)
        try fixture.topology.addRoute(unreachable)
        let expected = [
            KernelRoute(
                table: 77, prefix: try prefix("0.0.0.0/0"), nextHop: nil, interfaceIndex: nil, protocolNumber: 4,
                type: 7),
            KernelRoute(
                table: 77, prefix: try prefix("172.16.0.0/12"), nextHop: try address("10.9.0.3"),
                interfaceIndex: RoutesFixture.link, protocolNumber: 4, type: 1),
        ]
        #expect(try watcher.dump(table: 77) == expected)
        #expect(try watcher.events(ofTable: 77).count == 2)
        try fixture.topology.deleteRoute(unreachable)
        guard case .removed(let removed, _, _)? = try watcher.events(ofTable: 77).first else {
            Issue.record("the deletion was not seen")
            return
        }
        #expect(removed == expected[0])
        #expect(try watcher.dump(table: 77) == [expected[1]])
    }

    @Test func `a deletion spares an entry of another owner`() throws {
        let fixture = try RoutesFixture()
        var socket = try RouteSocket(in: fixture.router)
        try fixture.topology.addRoute(
            TopologyRoute(destination: try prefix("172.16.0.0/12"), gateway: try address("10.9.0.3"), table: 77))
        let deletion = RouteChange(table: 77, prefix: try prefix("172.16.0.0/12"), nextHop: nil)
        #expect(try socket.apply(deletion).result == .alreadyAbsent)
        #expect(try fixture.topology.routes(table: 77).count == 1)
    }

    @Test func `a batch reports each change in order, and failures do not keep the others back`() throws {
        let fixture = try RoutesFixture()
        var socket = try RouteSocket(in: fixture.router)
        let good = try address("10.9.0.7")
        let bad = try address("192.0.2.1")
        let changes = try (0..<10).map { number in
            RouteChange(
                table: 100, prefix: try prefix("172.16.0.\(number)/32"),
                nextHop: [3, 4, 9].contains(number) ? bad : good)
        }
        var results: [RouteResult] = []
        try socket.apply(changes) { index, result, _ in
            #expect(index == results.count)
            results.append(result)
        }
        try #require(results.count == 10)
        for (index, result) in results.enumerated() {
            guard [3, 4, 9].contains(index) else {
                #expect(result == .applied)
                continue
            }
            guard case .failed(let error) = result else {
                Issue.record("change \(index) did not fail")
                continue
            }
            #expect(error.operation == "replace route")
            #expect(error.subject == "172.16.0.\(index)/32 via 192.0.2.1 table 100 in router")
            #expect(error.code == 101)  // ENETUNREACH
            #expect(error.detail == "Nexthop has invalid gateway")
        }
        #expect(try fixture.topology.routes(table: 100).count == 7)
    }

    @Test func `a change that failed leaves nothing behind for the next one to read`() throws {
        let fixture = try RoutesFixture()
        var socket = try RouteSocket(in: fixture.router)
        let bad = RouteChange(
            table: 100, prefix: try prefix("172.16.0.1/32"), nextHop: try address("10.9.0.7"), interfaceIndex: 99)
        guard case .failed(let error) = try socket.apply(bad).result else {
            Issue.record("an interface that is not there was taken")
            return
        }
        #expect(error.code == 101)  // ENETUNREACH
        var good = bad
        good.interfaceIndex = RoutesFixture.link
        #expect(try socket.apply(good).result == .applied)
        #expect(try socket.apply([]).isEmpty)
    }

    @Test(arguments: [true, false])
    func `10,000 routes go in by batches, fail or not, and the watcher sees all that went in`(
        areValid: Bool
    ) throws {
        let fixture = try RoutesFixture()
        var socket = try RouteSocket(in: fixture.router)
        var watcher = try RouteWatcher(in: fixture.router)
        let nextHop = try address(areValid ? "10.9.0.7" : "192.0.2.1")
        let changes = (0..<10_000).map { number in
            RouteChange(
                table: 100, prefix: IPPrefix(host: .v4(IPv4Address(bits: 0x0A80_0000 + UInt32(number)))),
                nextHop: nextHop)
        }
        let results = try socket.apply(changes)
        #expect(results.count == 10_000)
        #expect(results.allSatisfy { ($0 == .applied) == areValid })
        let events = try watcher.events(ofTable: 100)
        #expect(events.count == (areValid ? 10_000 : 0))
        #expect(!events.contains { if case .overrun = $0 { true } else { false } })
        #expect(Set(try watcher.dump(table: 100).map(\.prefix)) == Set(areValid ? changes.map(\.prefix) : []))
        #expect(try fixture.topology.routes(table: 100).count == (areValid ? 10_000 : 0))
    }

    @Test func `events that are not read in time are reported as an overrun, and a dump shows the table again`() throws
    {
        let fixture = try RoutesFixture()
        var socket = try RouteSocket(in: fixture.router)
        var watcher = try RouteWatcher(in: fixture.router, eventRoom: 65536)
        let nextHop = try address("10.9.0.7")
        let changes = (0..<2_000).map { number in
            RouteChange(
                table: 100, prefix: IPPrefix(host: .v4(IPv4Address(bits: 0x0A80_0000 + UInt32(number)))),
                nextHop: nextHop)
        }
        #expect(try socket.apply(changes).allSatisfy { $0 == .applied })
        let events = try watcher.events(ofTable: 100)
        #expect(events.count < 2_000)
        #expect(events.count { if case .overrun = $0 { true } else { false } } == 1)
        #expect(try watcher.dump(table: 100).count == 2_000)
        var moved = changes[0]
        moved.nextHop = try address("10.9.0.8")
        #expect(try socket.apply(moved).result == .applied)
        #expect(try watcher.events(ofTable: 100).count == 1)
        // A change without effect is not announced.
        #expect(try socket.apply(moved).result == .applied)
        #expect(try watcher.events(ofTable: 100).isEmpty)
    }
}

extension RouteSocket {
    /// Only the results, in order.
    fileprivate mutating func apply(_ changes: [RouteChange]) throws -> [RouteResult] {
        var results: [RouteResult] = []
        try apply(changes) { _, result, _ in results.append(result) }
        return results
    }
}
