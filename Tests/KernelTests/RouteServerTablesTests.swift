// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import NetlinkRoutes
import NetlinkTopology
import RouteServer
import TestSupport
import Testing
import WireFormat

/// Two route servers and the kernel's tables.
///
/// Whatever happens to sessions, paths and propagations, the kernel has exactly the routes that each of them reports as
/// installed.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(1)))
struct RouteServerTablesTests {
    /// A route server's machine and the socket that writes its changes.
    private struct Server: ~Copyable {
        let metric: UInt32
        var machine: RouteServerMachine
        var socket: RouteSocket
        var sessions: Set<PeerID> = []

        mutating func follow() throws {
            var changes: [TableChange] = []
            while let output = machine.nextOutput() {
                if case .tableChange(let change) = output { changes.append(change) }
            }
            let requests = changes.map {
                RouteChange(table: $0.kernelTable, prefix: $0.prefix, nextHop: $0.nextHop, metric: metric)
            }
            var results: [RouteResult] = []
            try socket.apply(requests) { _, result, _ in results.append(result) }
            #expect(results.allSatisfy { $0 == .applied })
            for change in changes { machine.confirmWritten(change, error: nil) }
        }

        /// The routes that the machine reports as installed, by table.
        func installed(_ kernelTables: [String: UInt32]) -> [UInt32: [IPPrefix: IPAddress]] {
            var tables: [UInt32: [IPPrefix: IPAddress]] = [:]
            for route in machine.database().routes {
                for installation in route.installations where installation.status == .installed {
                    guard let number = kernelTables[installation.table] else { continue }
                    tables[number, default: [:]][route.prefix] = route.nextHop
                }
            }
            return tables
        }

        /// The prefixes of the FIB that a table should have, if it is one of the machine's.
        func expected(in table: RouteServerConfiguration.PropagatedTable) -> Set<IPPrefix> {
            let isEnabled = machine.description().propagations.contains { $0.table == table && $0.state == .available }
            let routes = machine.database().routes.filter { $0.status == .inFIB }
            return isEnabled ? Set(routes.map(\.prefix)).subtracting(table.staticPrefixes) : []
        }
    }

    private static let peers = (0..<4).map { PeerID("Peer\($0)") }

    private func propagatedTables() throws -> [RouteServerConfiguration.PropagatedTable] {
        [
            .init(name: "shared", kernelTable: 100, staticPrefixes: [try prefix("172.16.2.0/24")]),
            .init(name: "own", kernelTable: 101, staticPrefixes: []),
        ]
    }

    private func server(_ name: String, metric: UInt32, in fixture: borrowing RoutesFixture) throws -> Server {
        let configuration = RouteServerConfiguration(
            name: name, asn: ASN(65000),
            peers: try Self.peers.enumerated().map { number, peer in
                .init(
                    id: peer, endpoint: "rse-\(number)", endpointAddress: try address("10.9.1.\(number + 4)"),
                    address: try address("10.9.0.\(number + 7)"), asn: ASN(65001))
            },
            owners: try ["10.9.0.7", "10.9.0.8", "10.9.0.9", "fd00:9::7", "fd00:9::8"].map {
                .init(address: try address($0), networkInterface: "eni-\($0)", instance: nil)
            }, propagations: try propagatedTables())
        return Server(
            metric: metric, machine: RouteServerMachine(configuration: configuration),
            socket: try RouteSocket(in: fixture.router))
    }

    private func step(_ server: inout Server, _ generator: inout SeededGenerator) throws {
        let peer = Self.peers[Int.random(in: 0..<Self.peers.count, using: &generator)]
        switch Int.random(in: 0..<16, using: &generator) {
        case 0:
            server.machine.sessionEnded(peer, cause: .stopped, at: .zero)
            server.sessions.remove(peer)
        case 1, 2:
            server.machine.sessionEstablished(peer, routerID: IPv4Address(bits: 1), at: .zero)
            server.sessions.insert(peer)
        case 3:
            let tables = try propagatedTables()
            let table = tables[Int.random(in: 0..<tables.count, using: &generator)]
            if server.machine.description().propagations.contains(where: { $0.table == table }) {
                try server.machine.disablePropagation(toTable: table.resourceID, at: .zero)
            } else {
                try server.machine.enablePropagation(to: table, at: .zero)
            }
        case 4, 5, 6:
            server.machine.received(
                UpdateMessage(withdrawn: try prefixes(&generator)), from: peer, at: .zero)
        default:
            let isIPv6 = Int.random(in: 0..<3, using: &generator) == 0
            let nextHops = isIPv6 ? ["fd00:9::7", "fd00:9::8"] : ["10.9.0.7", "10.9.0.8", "10.9.0.9", "10.9.0.99"]
            let attributes = PathAttributes(
                origin: .igp, asPath: ASPath(sequence: [ASN(65001)]),
                nextHop: try address(nextHops[Int.random(in: 0..<nextHops.count, using: &generator)]),
                multiExitDiscriminator: UInt32.random(in: 0...3, using: &generator))
            let announced = try prefixes(&generator).filter { ($0.family == .ipv6) == isIPv6 }
            server.machine.received(
                UpdateMessage(attributes: attributes, announced: announced), from: peer, at: .zero)
        }
    }

    private func prefixes(_ generator: inout SeededGenerator) throws -> [IPPrefix] {
        let all =
            try (0..<6).map { try prefix("172.16.\($0).0/24") } + [prefix("fd00:172::/48"), prefix("fd00:173::/48")]
        return all.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
    }

    @Test(arguments: UInt64(1)...4)
    func `after every step the kernel's tables are what the route servers say is installed`(seed: UInt64) throws {
        let fixture = try RoutesFixture()
        let tables = try propagatedTables()
        let numbers = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.kernelTable) })
        var generator = SeededGenerator(seed: seed)
        var first = try server("rs-a", metric: 100, in: fixture)
        var second = try server("rs-b", metric: 101, in: fixture)
        var written = 0
        for number in 0..<150 {
            // In separate turns, so that either may be first in a table.
            if Bool.random(using: &generator) {
                try step(&first, &generator)
                try first.follow()
            } else {
                try step(&second, &generator)
                try second.follow()
            }
            let rows = try fixture.topology.routes().filter { $0.protocolNumber == RouteChange.bgp }
            func kernel(metric: UInt32) -> [UInt32: [IPPrefix: IPAddress]] {
                var tables: [UInt32: [IPPrefix: IPAddress]] = [:]
                for row in rows where row.priority == metric {
                    tables[row.route.table, default: [:]][row.route.destination] = row.route.gateway
                }
                return tables
            }
            #expect(kernel(metric: first.metric) == first.installed(numbers), "step \(number)")
            #expect(kernel(metric: second.metric) == second.installed(numbers), "step \(number)")
            for table in tables {
                let firstPrefixes = kernel(metric: first.metric)[table.kernelTable, default: [:]].keys
                #expect(Set(firstPrefixes) == first.expected(in: table), "step \(number), \(table.name)")
                let secondPrefixes = kernel(metric: second.metric)[table.kernelTable, default: [:]].keys
                #expect(Set(secondPrefixes) == second.expected(in: table), "step \(number), \(table.name)")
            }
            #expect(rows.allSatisfy { $0.priority == first.metric || $0.priority == second.metric })
            written += rows.count
        }
        #expect(written > 150)
    }
}
