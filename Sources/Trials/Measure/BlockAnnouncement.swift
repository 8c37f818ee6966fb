// SPDX-License-Identifier: MIT-0
internal import BGP
package import LabHost
internal import LabModel
internal import LinuxSystem
package import Measurement
internal import NetlinkTopology
internal import NodeProtocol
internal import VPC
internal import WireFormat

/// A block of prefixes that the speakers announce for a run.
///
/// Each announces it with the attributes of its first floating IP, and its instance answers for it.
///
/// The lab's state records it before anything is done, so a later `withdraw` works.
package final class BlockAnnouncement {
    /// How long all speakers together may take to announce or withdraw.
    private static let timeout = Duration.seconds(60)
    private static let pollInterval = Duration.milliseconds(5)
    /// RT_TABLE_LOCAL: what the kernel delivers locally.
    private static let localTable: UInt32 = 255

    package let block: PrefixBlock
    private let lab: Lab
    private let feed: EventFeed
    private let speakers: [Speaker]

    private struct Speaker {
        var instance: String
        /// The local addresses of its sessions.
        var addresses: Set<IPAddress>
        /// The number of routes that it announces by the template.
        var ownCount: Int
        /// The attributes of the first floating IP.
        var attributes: PathAttributes
    }

    /// - Throws: `LabError` for any other speaker than rslab's own, or if the VPC uses addresses of the block.
    private init(_ block: PrefixBlock, in lab: Lab, feed: EventFeed) throws {
        self.block = block
        self.lab = lab
        self.feed = feed
        guard lab.state.options.speaker == .builtin else {
            throw LabError(
                "--prefixes is for rslab's own speaker, and the lab's instances run \(lab.state.options.speaker.rawValue)"
            )
        }
        if let taken = lab.state.model.cidrBlocks.first(where: { $0.overlaps(PrefixBlock.range) }) {
            throw LabError(
                "--prefixes takes addresses of \(PrefixBlock.range) (RFC 2544), and the VPC uses \(taken) itself")
        }
        let floating = lab.layout.floatingAddresses
        guard !floating.isEmpty else {
            throw LabError("--prefixes follows a floating IP, and the lab has none")
        }
        speakers = lab.state.speakers.compactMap { speaker in
            let own = speaker.configuration.announcements
            guard let pattern = own.first(where: { $0.prefix == floating.first }),
                let instance = lab.state.model.instances.first(where: { $0.name == speaker.instance })
            else { return nil }
            return Speaker(
                instance: speaker.instance, addresses: Set(lab.state.model.addresses(of: instance)),
                ownCount: own.count,
                attributes: pattern.attributes)
        }
    }

    // MARK: Announcing

    /// Announces the block until `end`; nil announces nothing.
    ///
    /// What a killed run has left is removed first.
    static func begin(_ block: PrefixBlock?, in lab: Lab, feed: EventFeed) throws -> BlockAnnouncement? {
        try feed.ignoringInterruptions { try withdrawRemains(in: lab, feed: feed) }
        guard let block else { return nil }
        let announcement = try BlockAnnouncement(block, in: lab, feed: feed)
        do {
            try announcement.announce()
            return announcement
        } catch {
            do {
                try announcement.end()
            } catch let second {
                throw LabError(
                    "\(error); and the prefixes could not be withdrawn: \(second)", advice: "run 'rslab restore'")
            }
            throw error
        }
    }

    /// Withdraws the whole block.
    ///
    /// A lab that ends with this process takes its routes along.
    func end() throws {
        guard !lab.endsWithThisProcess, lab.state.block != nil else { return }
        try feed.ignoringInterruptions { try withdraw() }
    }

    /// Makes every speaker announce the block, and waits until it leads to one of them.
    private func announce() throws {
        lab.state.block = block
        try lab.state.save(lab.directory)
        for node in observers { try ask(node, ObserveBlock(block)) }
        for speaker in speakers {
            try setDelivery(true, on: speaker.instance)
            try ask(speaker.instance, OriginateBlock(block, speaker.attributes))
        }
        try waitUntilComplete(until: .now + Self.timeout)
    }

    /// Announces again without waiting, since a speaker may be a new one; one that already announces the block does
    /// nothing.
    func announceAgain() throws {
        for speaker in speakers { try ask(speaker.instance, OriginateBlock(block, speaker.attributes)) }
    }

    /// Withdraws everything, and waits until no route is left.
    private func withdraw() throws {
        let deadline = Instant.now + Self.timeout
        for speaker in speakers {
            try ask(speaker.instance, WithdrawBlock(block))
            try setDelivery(false, on: speaker.instance)
        }
        try wait(for: "the routes of \(PrefixBlock.range) to be gone", until: deadline) {
            try report(of: LabPlan.vpcNode).tables.allSatisfy { $0.counts.allSatisfy { $0 == 0 } }
        }
        for node in observers { try ask(node, ObserveBlock(nil)) }
        lab.state.block = nil
        try lab.state.save(lab.directory)
    }

    /// Removes what a killed run has left.
    package static func withdrawRemains(in lab: Lab) throws {
        try withdrawRemains(in: lab, feed: EventFeed())
    }

    private static func withdrawRemains(in lab: Lab, feed: EventFeed) throws {
        guard let block = lab.state.block else { return }
        try BlockAnnouncement(block, in: lab, feed: feed).withdraw()
    }

    /// One local route for all addresses: one address each would take seconds to add.
    private func setDelivery(_ isDelivering: Bool, on instance: String) throws {
        let socket = try TopologySocket(in: try lab.namespace(instance).namespace)
        let route = TopologyRoute(
            destination: PrefixBlock.range, index: LabPlan.loopbackIndex, table: Self.localTable, kind: .local)
        let isDelivered = try socket.routes(table: Self.localTable).contains {
            $0.route.destination == PrefixBlock.range
        }
        guard isDelivered != isDelivering else { return }
        if isDelivering {
            try socket.addRoute(route)
        } else {
            try socket.deleteRoute(route)
        }
    }

    // MARK: Observing

    private var observers: [String] { lab.layout.routeServerNodes + [LabPlan.vpcNode] }

    /// Resets the count of changes, just before a fault.
    func begin() throws {
        for node in observers { try ask(node, BeginBlock()) }
    }

    /// Whether every prefix has one of the given next hops in a route table.
    func leads(to nextHops: [IPAddress], in table: String) throws -> Bool {
        guard let state = try report(of: LabPlan.vpcNode).tables.first(where: { $0.name == table }) else {
            return false
        }
        return zip(state.nextHops, state.counts).reduce(0) { $0 + (nextHops.contains($1.0) ? $1.1 : 0) } == block.count
    }

    /// The observations since `begin`.
    func records(in table: String, routeServer: String) throws -> PrefixConvergence.Records {
        let client = try NodeClient(LabPlan.vpcNode, in: lab.directory)
        let changes = try client.ask(ListBlockChanges(in: table))
        let written = try report(of: routeServer)
        let inTable = written.tables.first { $0.name == table }
        return PrefixConvergence.Records(
            block: block, table: table, changes: changes,
            overrunCount: try report(of: LabPlan.vpcNode).overrunCount,
            replacement: PrefixConvergence.Replacement(
                routeCount: inTable?.changeCount ?? 0, began: written.writingBegan, last: inTable?.lastAt))
    }

    /// Waits until every session has delivered the block, and every propagated table has all of it.
    func waitUntilComplete(until deadline: Instant) throws {
        try wait(for: "the routes of \(PrefixBlock.range)", until: deadline) {
            for node in lab.layout.routeServerNodes {
                for neighbor in try NodeClient(node, in: lab.directory).ask(ListNeighbors()) {
                    let speaker = speakers.first { $0.addresses.contains(neighbor.address) }
                    guard neighbor.receivedCount >= (speaker.map { $0.ownCount + block.count } ?? 0) else {
                        return false
                    }
                }
            }
            let tables = try report(of: LabPlan.vpcNode).tables
            return !tables.isEmpty && tables.allSatisfy { $0.counts.reduce(0, +) == block.count }
        }
    }

    private func report(of node: String) throws -> BlockReport {
        try NodeClient(node, in: lab.directory).ask(ReportBlock())
    }

    private func ask<Query: NodeQuery>(_ node: String, _ query: Query) throws where Query.Answer == Done {
        try NodeClient(node, in: lab.directory).ask(query)
    }

    private func wait(for subject: String, until deadline: Instant, _ condition: () throws -> Bool) throws {
        while try !condition() {
            guard Instant.now < deadline else {
                throw LabError("still waiting for \(subject)", advice: "see 'rslab neighbors'")
            }
            _ = try feed.wait(until: .now + Self.pollInterval) { false }
        }
    }
}
