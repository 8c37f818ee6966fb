// SPDX-License-Identifier: MIT-0
import BGP
import RouteServer
import Testing
import WireFormat

@Suite struct NaiveComparisonTests {
    /// SplitMix64: the same sequence for the same seed, everywhere.
    struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Everything that one sequence of inputs needs.
    struct Rehearsal {
        static let prefixes = (0..<6).map { prefix("172.16.\($0).0/24") }
        static let nextHops = [SampleRouteServer.active, SampleRouteServer.standby, address("10.0.9.9")]

        var generator: SeededGenerator
        var server: SampleRouteServer
        var naive: NaiveRouteServer
        /// What the kernel would hold after the changes that were confirmed.
        var kernel: [UInt32: [IPPrefix: IPAddress]] = [:]
        var winners: [IPPrefix: PeerID] = [:]

        init(seed: UInt64) {
            generator = SeededGenerator(state: seed)
            server = SampleRouteServer {
                $0.selectsOnlyResolvableNextHops = seed.isMultiple(of: 2)
                $0.propagations.append(
                    .init(name: "Other", kernelTable: 101, staticPrefixes: [Rehearsal.prefixes[0]]))
            }
            naive = NaiveRouteServer(configuration: server.machine.configuration)
        }

        mutating func step() {
            let peers = server.machine.configuration.peers
            let peer = peers[Int.random(in: 0..<peers.count, using: &generator)].id
            switch Int.random(in: 0..<10, using: &generator) {
            case 0:
                server.machine.sessionEnded(peer, cause: "test", at: server.now)
                naive.end(peer)
            case 1, 2:
                let routerID = IPv4Address(bits: UInt32.random(in: 1...2, using: &generator))
                server.machine.sessionEstablished(peer, routerID: routerID, at: server.now)
                naive.end(peer)
                naive.routerIDs[peer] = routerID
            default:
                update(peer)
            }
        }

        private mutating func update(_ peer: PeerID) {
            let withdrawn = somePrefixes()
            let announced = somePrefixes()
            let attributes = announced.isEmpty ? nil : someAttributes()
            server.machine.received(
                UpdateMessage(withdrawn: withdrawn, attributes: attributes, announced: announced), from: peer,
                at: server.now)
            guard naive.routerIDs[peer] != nil else { return }
            for prefix in withdrawn {
                naive.paths[.init(peer: peer, prefix: prefix)] = nil
            }
            for prefix in announced {
                naive.paths[.init(peer: peer, prefix: prefix)] = attributes
            }
        }

        private mutating func somePrefixes() -> [IPPrefix] {
            Rehearsal.prefixes.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
        }

        private mutating func someAttributes() -> PathAttributes {
            var path = Array(repeating: ASN(65001), count: Int.random(in: 1...2, using: &generator))
            if Int.random(in: 0..<12, using: &generator) == 0 {
                path.append(ASN(65000))
            }
            return PathAttributes(
                origin: Bool.random(using: &generator) ? .igp : .incomplete, asPath: ASPath(sequence: path),
                nextHop: Rehearsal.nextHops[Int.random(in: 0..<3, using: &generator)],
                multiExitDiscriminator: [nil, 0, 5][Int.random(in: 0..<3, using: &generator)])
        }

        /// Takes the outputs over into the kernel; false if one of them changes nothing.
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
                }
            }
            return isEveryChangeOne
        }
    }

    @Test(arguments: UInt64(1)...40)
    func `winners and tables are those of a recomputation from scratch after every step`(seed: UInt64) {
        var rehearsal = Rehearsal(seed: seed)
        for number in 0..<250 {
            rehearsal.step()
            let isEveryChangeOne = rehearsal.follow()
            #expect(isEveryChangeOne, "step \(number)")
            #expect(rehearsal.winners == rehearsal.naive.winners(), "step \(number)")
            #expect(rehearsal.kernel.filter { !$0.value.isEmpty } == rehearsal.naive.tables(), "step \(number)")
            let database = rehearsal.server.machine.database()
            let inFIB = database.routes.filter { $0.status == .inFIB }
            #expect(Dictionary(uniqueKeysWithValues: inFIB.map { ($0.prefix, $0.peer) }) == rehearsal.winners)
        }
    }
}
