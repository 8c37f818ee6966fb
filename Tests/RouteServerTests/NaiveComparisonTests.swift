// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import TestSupport
import Testing
import WireFormat

@Suite struct NaiveComparisonTests {
    /// How a route server differs from the default.
    enum Setting: String, CaseIterable, CustomTestStringConvertible, Sendable {
        case asIs, quotas, sessionReset, persist, delays, everything

        var testDescription: String { rawValue }

        func apply(to configuration: inout RouteServerConfiguration, seed: UInt64) {
            configuration.selectsOnlyResolvableNextHops = seed.isMultiple(of: 2)
            configuration.localRoutePolicy = seed.isMultiple(of: 5) ? .localFirst : .longestPrefix
            configuration.propagations = Rehearsal.tables
            if seed.isMultiple(of: 3) {
                configuration.selection.steps = [.multiExitDiscriminator, .asPathLength, .age, .routerID, .peerAddress]
            }
            if self == .quotas || self == .everything {
                configuration.quotas.routesPerPeer.limit = 4
                configuration.quotas.routesInFIB.limit = 5
                configuration.quotas.propagatedRoutesPerTable.limit = 3
            }
            if self == .sessionReset {
                configuration.quotas.routesPerPeer = .init(limit: 4, policy: .resetSession)
            }
            if self == .persist || self == .everything {
                configuration.persistRoutes = PersistRoutes(
                    isEnabled: true, timeScale: seed.isMultiple(of: 2) ? 2 : 1,
                    whenDisabled: seed.isMultiple(of: 4) ? .drop : .keep)
                configuration.delays.modification = seed.isMultiple(of: 3) ? .seconds(5) : .zero
            }
            if self == .delays || self == .everything {
                configuration.delays.ribToTable = seed.isMultiple(of: 2) ? .seconds(3) : .zero
                configuration.delays.failback = seed.isMultiple(of: 3) ? .zero : .seconds(20)
            }
        }
    }

    /// The state for one sequence of inputs.
    struct Rehearsal {
        static let prefixes = (0..<8).map { prefix("172.16.\($0).0/24") } + [prefix("2001:db8:1::/64")]
        static let nextHops = [SampleRouteServer.active, SampleRouteServer.standby, address("10.0.9.9")]
        static let tables = [
            RouteServerConfiguration.PropagatedTable(
                name: "RouteTable", kernelTable: 100, staticPrefixes: [], localPrefixes: [prefix("172.16.4.0/23")]),
            RouteServerConfiguration.PropagatedTable(
                name: "Other", kernelTable: 101, staticPrefixes: [prefixes[0]], localPrefixes: [prefixes[1]],
                permittedPrefixes: prefixes.filter { $0 != prefixes[2] }),
        ]

        var generator: SeededGenerator
        var server: SampleRouteServer
        var naive: NaiveRouteServer
        /// What the kernel would contain after the confirmed changes.
        var kernel: [UInt32: [IPPrefix: IPAddress]] = [:]
        var winners: [IPPrefix: PeerID] = [:]
        /// Peers created and not yet deleted.
        var extraPeers: [PeerID] = []
        var createdCount = 0

        init(seed: UInt64, setting: Setting) {
            generator = SeededGenerator(seed: seed)
            server = SampleRouteServer {
                setting.apply(to: &$0, seed: seed)
                $0.owners.append(
                    .init(address: address("2001:db8::1"), networkInterface: "eni-az1", instance: "instance-rs-az1"))
            }
            naive = NaiveRouteServer(configuration: server.machine.configuration)
        }

        mutating func step() throws {
            let peers = naive.peers
            let peer = peers[Int.random(in: 0..<peers.count, using: &generator)].id
            switch Int.random(in: 0..<24, using: &generator) {
            case 0, 1:
                server.machine.sessionEnded(peer, cause: .stopped, at: server.now)
                naive.end(peer)
            case 2, 3:
                let routerID = IPv4Address(bits: UInt32.random(in: 1...2, using: &generator))
                server.machine.sessionEstablished(peer, routerID: routerID, at: server.now)
                naive.establish(peer, routerID: routerID)
            case 4: endAll()
            case 5, 6: advance()
            case 7: try switchTable()
            case 8: try createOrDeletePeer()
            case 9: modify()
            default: update(peer)
            }
        }

        private mutating func endAll() {
            for peer in naive.peers {
                server.machine.sessionEnded(peer.id, cause: .stopped, at: server.now)
                naive.end(peer.id)
            }
        }

        private mutating func advance() {
            server.now = server.now + .seconds(Int64.random(in: 1...40, using: &generator))
            server.machine.timeReached(at: server.now)
            naive.advance(to: server.now)
        }

        private mutating func switchTable() throws {
            let table = Rehearsal.tables[Int.random(in: 0..<2, using: &generator)]
            if server.machine.description().propagations.contains(where: { $0.table == table }) {
                try server.machine.disablePropagation(toTable: table.resourceID, at: server.now)
                naive.disable(table.kernelTable)
            } else {
                try server.machine.enablePropagation(to: table, at: server.now)
                naive.enable(table)
            }
        }

        private mutating func createOrDeletePeer() throws {
            if let peer = extraPeers.randomElement(using: &generator), extraPeers.count > 1 {
                extraPeers.removeAll { $0 == peer }
                try server.machine.deletePeer(peer, at: server.now)
                server.machine.confirmDeletion(of: peer)
                naive.delete(peer)
            } else {
                createdCount += 1
                // The third of them has the id of the first, and so on.
                let id = PeerID("Extra\(createdCount % 3)")
                guard !extraPeers.contains(id) else { return }
                let peer = RouteServerConfiguration.Peer(
                    id: id, endpoint: "Endpoint1", endpointAddress: address("10.0.1.230"),
                    address: address("10.0.1.\(50 + createdCount % 100)"), asn: ASN(65001))
                try server.machine.createPeer(peer, at: server.now)
                server.machine.confirmCreation(of: id)
                naive.create(peer)
                extraPeers.append(id)
            }
        }

        private mutating func modify() {
            let action = PersistRoutes.Action.allCases.randomElement(using: &generator)
            let minutes = action == .reset ? nil : Int.random(in: 1...5, using: &generator)
            do throws(RouteServerRefusal) {
                try server.machine.modify(persistRoutes: action, durationMinutes: minutes, at: server.now)
                naive.modify(action, minutes: minutes)
            } catch {
                #expect(naive.modification != nil, "\(error)")
            }
        }

        private mutating func update(_ peer: PeerID) {
            let announced = somePrefixes()
            let withdrawn = somePrefixes()
            let attributes = announced.isEmpty ? nil : someAttributes()
            server.machine.received(
                UpdateMessage(withdrawn: withdrawn, attributes: attributes, announced: announced), from: peer,
                at: server.now)
            for prefix in withdrawn where !announced.contains(prefix) {
                naive.withdraw(prefix, from: peer)
            }
            for prefix in announced {
                if let attributes { naive.announce(prefix, attributes, from: peer) }
            }
        }

        private mutating func somePrefixes() -> [IPPrefix] {
            Rehearsal.prefixes.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }.shuffled(using: &generator)
        }

        private mutating func someAttributes() -> PathAttributes {
            var path = Array(repeating: ASN(65001), count: Int.random(in: 1...2, using: &generator))
            if Int.random(in: 0..<12, using: &generator) == 0 {
                path.append(ASN(65000))
            }
            var nextHop = Rehearsal.nextHops[Int.random(in: 0..<3, using: &generator)]
            if Int.random(in: 0..<6, using: &generator) == 0 {
                nextHop = address("2001:db8::1")
            }
            return PathAttributes(
                origin: Bool.random(using: &generator) ? .igp : .incomplete, asPath: ASPath(sequence: path),
                nextHop: nextHop, multiExitDiscriminator: [nil, 0, 5][Int.random(in: 0..<3, using: &generator)])
        }

        /// Applies the outputs to the kernel; false if one of them changes nothing.
        mutating func follow() -> Bool {
            var isEveryChangeOne = true
            for output in server.drain() {
                switch output {
                case .tableChange(let change):
                    isEveryChangeOne = isEveryChangeOne && kernel[change.kernelTable]?[change.prefix] != change.nextHop
                    kernel[change.kernelTable, default: [:]][change.prefix] = change.nextHop
                    server.machine.confirmWritten(change, error: nil)
                case .bestPathChanged(let change):
                    isEveryChangeOne = isEveryChangeOne && change.winner != change.previous
                    winners[change.prefix] = change.winner?.peer.id
                default: break
                }
            }
            return isEveryChangeOne
        }
    }

    @Test(arguments: Setting.allCases, UInt64(1)...TestLength.rounds(3, long: 12))
    func `winners, FIB and tables are those of a recomputation from scratch after every step`(
        setting: Setting, seed: UInt64
    ) throws {
        var rehearsal = Rehearsal(seed: seed, setting: setting)
        for number in 0..<TestLength.rounds(150, long: 300) {
            try rehearsal.step()
            let isEveryChangeOne = rehearsal.follow()
            #expect(isEveryChangeOne, "step \(number)")
            let naive = rehearsal.naive
            #expect(rehearsal.winners == naive.winners(), "step \(number)")
            #expect(rehearsal.kernel.filter { !$0.value.isEmpty } == naive.tables(), "step \(number)")
            #expect(rehearsal.server.machine.nextDeadline == naive.nextDeadline, "step \(number)")
            #expect(rehearsal.server.machine.areRoutesPersisted == (naive.relearned != nil), "step \(number)")
            let database = rehearsal.server.machine.database()
            let inFIB = database.routes.filter { $0.status == .inFIB }
            let winners = naive.winners().filter { naive.fib().contains($0.key) }
            #expect(Dictionary(uniqueKeysWithValues: inFIB.map { ($0.prefix, $0.peer) }) == winners, "step \(number)")
            let installed = database.routes.flatMap { route in
                route.installations.filter { $0.status == .installed }.map { _ in route.prefix }
            }
            if rehearsal.server.machine.configuration.delays == .none {
                #expect(installed.count == rehearsal.kernel.values.reduce(0) { $0 + $1.count }, "step \(number)")
            }
            try #require(isEveryChangeOne && rehearsal.winners == naive.winners(), "step \(number)")
        }
    }
}
