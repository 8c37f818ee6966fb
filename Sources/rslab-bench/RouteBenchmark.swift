// SPDX-License-Identifier: MIT-0
internal import CBareRoutes
internal import Glibc
internal import LinuxSystem
internal import NetlinkRoutes
internal import NetlinkTopology
internal import WireFormat

/// 10,000 routes moved from one next hop to another and back: the route server's writer against a bare loop in C.
///
/// Both write the same routes in their own namespace, the same number per system call, in turns.
enum RouteBenchmark {
    private static let count = 10_000
    private static let table: UInt32 = 100
    private static let link: Int32 = 5
    private static let first: UInt32 = 0x0A64_0000
    private static let nextHops: [UInt32] = [0x0A09_0007, 0x0A09_0008]

    private final class BareRoutes {
        let routes: OpaquePointer

        init(in namespace: borrowing NetworkNamespace) throws(SystemError) {
            routes = try namespace.perform { () throws(SystemError) in
                guard let routes = bare_routes_open(Int32(RouteSocket.maximumBatch)) else {
                    throw SystemError(operation: "open", subject: "netlink socket", code: errno)
                }
                return routes
            }
        }

        deinit { bare_routes_close(routes) }

        func replace(by nextHop: UInt32) throws(SystemError) {
            try checked(
                "replace", "routes",
                bare_routes_replace(
                    routes, RouteBenchmark.table, RouteBenchmark.first, Int32(RouteBenchmark.count), nextHop,
                    RouteBenchmark.link))
        }
    }

    static func run(rounds: Int) throws -> [Comparison] {
        let router = try NetworkNamespace.create(name: "router")
        let neighbor = try NetworkNamespace.create(name: "neighbor")
        let topology = try TopologySocket(in: router)
        try topology.addVeth(
            VethEnd(name: InterfaceName(literal: "eth0"), index: link), in: router,
            to: VethEnd(name: InterfaceName(literal: "eth0"), index: 2), in: neighbor)
        try TopologySocket(in: neighbor).setUp(index: 2)
        try topology.addAddress(.v4(IPv4Address(bits: 0x0A09_0001)), prefixLength: 16, index: link)

        var socket = try RouteSocket(in: router)
        let bare = try BareRoutes(in: router)
        var watcher = try RouteWatcher(in: router)
        let changes = nextHops.map { nextHop in
            (0..<UInt32(count)).map { number in
                RouteChange(
                    table: table, prefix: IPPrefix(host: .v4(IPv4Address(bits: first + number))),
                    nextHop: .v4(IPv4Address(bits: nextHop)), interfaceIndex: link)
            }
        }
        func own(_ number: Int) throws {
            var failure: SystemError?
            try socket.apply(changes[number]) { _, result, _ in
                if case .failed(let error) = result { failure = failure ?? error }
            }
            if let failure { throw failure }
        }
        // The first write installs and is not part of the comparison; then each shows that it works.
        try own(0)
        try check(&watcher, nextHops[0])
        try bare.replace(by: nextHops[1])
        try check(&watcher, nextHops[1])
        var (ownRates, bareRates): ([Double], [Double]) = ([], [])
        for round in 0..<rounds {
            let rates = try [round % 2, 1 - round % 2].enumerated().map { turn, writer in
                let start = Instant.now
                if writer == 0 { try own(turn) } else { try bare.replace(by: nextHops[turn]) }
                return (writer, Double(count) / (Double((Instant.now - start).nanoseconds) / 1e9))
            }
            for (writer, rate) in rates {
                if writer == 0 { ownRates.append(rate) } else { bareRates.append(rate) }
            }
        }
        return [
            Comparison(
                "routes replaced", unit: "routes/s", rslab: ownRates, peer: .init("libmnl loop in C", bareRates),
                target: "ratio of at least 0.6")
        ]
    }

    private static func check(_ watcher: inout RouteWatcher, _ nextHop: UInt32) throws {
        // Events so far do not matter, not even an overrun: the table itself is read.
        let rows = try watcher.dump(table: table)
        guard rows.count == count, rows.allSatisfy({ $0.nextHop == .v4(IPv4Address(bits: nextHop)) }) else {
            throw BenchmarkError("the routes are not what was written: \(rows.count) of \(count)")
        }
    }
}
