// SPDX-License-Identifier: MIT-0
internal import Measurement
internal import NodeProtocol
internal import RouteServer
internal import WireFormat

/// Keeps the account of a block of prefixes for a node, and reports it with one event per direction.
struct BlockObserver {
    private(set) var block: PrefixBlock?
    // A VPC has few tables and a burst few directions: searching them costs less than hashing their names.
    private var ledgers: [(table: String, ledger: BlockLedger)] = []
    private var batches: [(direction: Direction, batch: BlockBatch)] = []
    /// When the first change since `begin` was about to be written.
    private(set) var writingBegan: Instant?
    private var overrunCount = 0

    /// What the changes of a batch have in common.
    private struct Direction: Hashable {
        var kind: TraceEvent.Kind
        var table: String?
        var nextHop: IPAddress?
    }

    mutating func observe(_ block: PrefixBlock?) {
        self = BlockObserver()
        self.block = block
    }

    mutating func begin() {
        for index in ledgers.indices { ledgers[index].ledger.begin() }
        writingBegan = nil
        overrunCount = 0
    }

    mutating func noteOverrun() {
        overrunCount += 1
    }

    /// Whether the changes include the first of the block's since `begin`.
    func concerns(_ changes: [TableChange]) -> Bool {
        guard let block, writingBegan == nil else { return false }
        return changes.contains { block.index(of: $0.prefix) != nil }
    }

    mutating func noteWriting(at instant: Instant) {
        writingBegan = instant
    }

    /// Takes a route's change if it belongs to the block; returns false for any other prefix.
    mutating func take(
        _ kind: TraceEvent.Kind, _ prefix: IPPrefix, nextHop: IPAddress?, table: String?, at instant: Instant
    ) -> Bool {
        guard let block, let index = block.index(of: prefix) else { return false }
        if let table {
            let place = ledgers.firstIndex { $0.table == table } ?? ledgers.count
            if place == ledgers.count { ledgers.append((table, BlockLedger(block))) }
            ledgers[place].ledger.record(index, nextHop: nextHop, at: instant)
        }
        let direction = Direction(kind: kind, table: table, nextHop: nextHop)
        if let place = batches.firstIndex(where: { $0.direction == direction }) {
            batches[place].batch.add(at: instant)
        } else {
            batches.append((direction, BlockBatch(at: instant)))
        }
        return true
    }

    /// Records events for the changes taken since the last call.
    mutating func tell(_ server: NodeServer, instance: (IPAddress) -> String?) {
        guard !batches.isEmpty else { return }
        for (direction, batch) in batches.sorted(by: { $0.batch.lastAt < $1.batch.lastAt }) {
            server.record(direction.kind, at: batch.lastAt) {
                $0.prefix = PrefixBlock.range
                $0.nextHop = direction.nextHop
                $0.table = direction.table
                $0.instance = direction.nextHop.flatMap(instance)
                $0.count = batch.count
                $0.firstAt = batch.firstAt
            }
        }
        batches.removeAll(keepingCapacity: true)
    }

    var report: BlockReport {
        BlockReport(
            tables: ledgers.map { BlockReport.Table($0.table, $0.ledger) },
            writingBegan: writingBegan, overrunCount: overrunCount)
    }

    /// - Throws: if nothing of the block was seen in the table.
    func changes(in table: String) throws(ProgramFailure) -> BlockChanges {
        guard let ledger = ledgers.first(where: { $0.table == table })?.ledger else {
            throw ProgramFailure("nothing of the block was seen in \(table)")
        }
        return ledger.changes
    }
}
