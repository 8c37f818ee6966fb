// SPDX-License-Identifier: MIT-0
internal import BGP
internal import Causes
internal import LinuxSystem
internal import RouteServer
internal import WireFormat

/// The route server's cost of one change in a large RIB, compared with the same change in a small one.
///
/// Only the machine, without sessions and without a kernel: the work must be proportional to the change, so each figure
/// should be about its peer's, not a hundred or a thousand times as much.
enum RIBBenchmark {
    private static let changesPerTurn = 1000

    static func run(rounds: Int, isSmoke: Bool) throws -> [Comparison] {
        let scale = isSmoke ? 100 : 1
        return [
            try comparePeers(rounds: rounds, many: isSmoke ? 100 : 1000, few: 10),
            try comparePrefixes(rounds: rounds, many: 100_000 / scale, few: 100),
            load(rounds: rounds, count: 100_000 / scale),
        ]
    }

    // MARK: Figures

    /// Each change makes another peer's path to the one prefix the best, so that FIB and table are updated.
    private static func comparePeers(rounds: Int, many: Int, few: Int) throws -> Comparison {
        var large = Bench(peerCount: many)
        var small = Bench(peerCount: few)
        for number in 0..<many { large.announce(Bench.prefixes(1), from: number, med: 100) }
        for number in 0..<few { small.announce(Bench.prefixes(1), from: number, med: 100) }
        func turn(_ bench: inout Bench) throws {
            let count = bench.peerCount
            for change in 0..<changesPerTurn / 2 {
                // Better than all others, and then as before.
                bench.announce(Bench.prefixes(1), from: change % count, med: 1)
                bench.announce(Bench.prefixes(1), from: change % count, med: 100)
            }
            guard bench.tableChangeCount > 0 else { throw BenchmarkError("no route moved") }
        }
        let (own, other) = try measure(rounds: rounds, &large, &small, turn)
        return Comparison(
            "one path of \(many) changes", unit: "µs", rslab: own, peer: .init("one of \(few)", other),
            target: "ratio of at most 5")
    }

    private static func comparePrefixes(rounds: Int, many: Int, few: Int) throws -> Comparison {
        var large = Bench(peerCount: 1)
        var small = Bench(peerCount: 1)
        large.announce(Bench.prefixes(many), from: 0, med: 100)
        small.announce(Bench.prefixes(few), from: 0, med: 100)
        func turn(_ bench: inout Bench) throws {
            let all = bench.announced
            for change in 0..<changesPerTurn / 2 {
                let prefix = [all[(change * 7919) % all.count]]
                bench.withdraw(prefix, from: 0)
                bench.announce(prefix, from: 0, med: 100)
            }
            guard bench.tableChangeCount > 0 else { throw BenchmarkError("no route came or went") }
        }
        let (own, other) = try measure(rounds: rounds, &large, &small, turn)
        return Comparison(
            "one prefix of \(many) changes", unit: "µs", rslab: own, peer: .init("one of \(few)", other),
            target: "ratio of at most 5")
    }

    /// A full RIB from nothing, and the end of the session that sent it.
    private static func load(rounds: Int, count: Int) -> Comparison {
        let prefixes = Bench.prefixes(count)
        let rates = (0..<rounds).map { _ in
            var bench = Bench(peerCount: 1)
            let start = Instant.now
            bench.announce(prefixes, from: 0, med: 100)
            bench.end(0)
            return Double(2 * count) / (Double((Instant.now - start).nanoseconds) / 1e9)
        }
        return Comparison("\(count) prefixes come and go", unit: "changes/s", rslab: rates)
    }

    /// Microseconds per change, of both in turns.
    private static func measure(
        rounds: Int, _ large: inout Bench, _ small: inout Bench, _ turn: (inout Bench) throws -> Void
    ) throws -> (large: [Double], small: [Double]) {
        var (own, other): ([Double], [Double]) = ([], [])
        func time(_ bench: inout Bench) throws -> Double {
            let start = Instant.now
            try turn(&bench)
            return Double((Instant.now - start).nanoseconds) / 1000 / Double(changesPerTurn)
        }
        for round in 0..<rounds {
            if round.isMultiple(of: 2) { own.append(try time(&large)) }
            other.append(try time(&small))
            if !round.isMultiple(of: 2) { own.append(try time(&large)) }
        }
        return (own, other)
    }

    // MARK: The route server

    /// A route server whose tables confirm everything at once, with quotas lifted.
    private struct Bench {
        let peerCount: Int
        private var machine: RouteServerMachine
        private(set) var announced: [IPPrefix] = []
        private(set) var tableChangeCount = 0

        private static let firstDevice: UInt32 = 0x0A01_0000
        private static let firstPrefix: UInt32 = 0x0A64_0000

        static func prefixes(_ count: Int) -> [IPPrefix] {
            (0..<UInt32(count)).map { IPPrefix(host: .v4(IPv4Address(bits: firstPrefix + $0))) }
        }

        private static func device(_ number: Int) -> IPAddress {
            .v4(IPv4Address(bits: firstDevice + UInt32(number)))
        }

        private static func peer(_ number: Int) -> PeerID { PeerID("Peer\(number)") }

        init(peerCount: Int) {
            self.peerCount = peerCount
            let endpoint = IPAddress.v4(IPv4Address(bits: 0x0A02_0004))
            machine = RouteServerMachine(
                configuration: RouteServerConfiguration(
                    name: "rs", asn: ASN(65000),
                    peers: (0..<peerCount).map {
                        .init(
                            id: Self.peer($0), endpoint: "rse", endpointAddress: endpoint, address: Self.device($0),
                            asn: ASN(65001))
                    },
                    owners: (0..<peerCount).map {
                        .init(address: Self.device($0), networkInterface: "eni-\($0)", instance: "instance-\($0)")
                    },
                    propagations: [.init(name: "rtb", kernelTable: 100, staticPrefixes: [])], quotas: .unlimitedRoutes))
            for number in 0..<peerCount {
                machine.sessionEstablished(
                    Self.peer(number), routerID: IPv4Address(bits: Self.firstDevice + UInt32(number)), at: .zero)
            }
            follow()
        }

        mutating func announce(_ prefixes: [IPPrefix], from number: Int, med: UInt32) {
            if announced.count < prefixes.count { announced = prefixes }
            let attributes = PathAttributes(
                origin: .igp, asPath: ASPath(sequence: [ASN(65001)]), nextHop: Self.device(number),
                multiExitDiscriminator: med)
            machine.received(
                UpdateMessage(attributes: attributes, announced: prefixes), from: Self.peer(number), at: .zero)
            follow()
        }

        mutating func withdraw(_ prefixes: [IPPrefix], from number: Int) {
            machine.received(UpdateMessage(withdrawn: prefixes), from: Self.peer(number), at: .zero)
            follow()
        }

        mutating func end(_ number: Int) {
            machine.sessionEnded(Self.peer(number), cause: .stopped, at: .zero)
            follow()
        }

        private mutating func follow() {
            while let output = machine.nextOutput() {
                guard case .tableChange(let change) = output else { continue }
                tableChangeCount += 1
                machine.confirmWritten(change, error: nil)
            }
        }
    }
}
