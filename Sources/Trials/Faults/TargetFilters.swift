// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NetlinkFilter
internal import WireFormat

/// Drops chosen packets on a fault's links, where they arrive: neither end is notified.
final class TargetFilters {
    private static let bgpPort: UInt16 = 179
    private static let bfdPort: UInt16 = 3784

    /// What arrives in one namespace, on one or several links.
    private final class Arrival {
        /// At the target, or at the node before it.
        let isTarget: Bool
        var links: [String]
        var socket: FilterSocket
        var hasRules = false

        init(_ end: LabPlan.LinkEnd, isTarget: Bool, in lab: Lab) throws {
            self.isTarget = isTarget
            links = [end.name]
            socket = try FilterSocket(in: try lab.namespace(end.namespace).namespace)
        }
    }

    private let table: String
    private var arrivals: [String: Arrival] = [:]
    private let servedAddresses: [IPAddress]

    /// Opens its sockets, so that nothing need be opened while a fault is timed.
    ///
    /// Every fault has its own table, by number, so that several do not disturb each other.
    /// - Throws: if the kernel has no nf_tables.
    init(_ cables: [LabPlan.Cable], number: Int, in lab: Lab) throws {
        table = "\(FilterSocket.table)-\(number)"
        servedAddresses = lab.layout.servedAddresses
        for cable in cables {
            for (end, isTarget) in [(cable.far, true), (cable.near, false)] {
                if let known = arrivals[end.namespace] {
                    known.links.append(end.name)
                } else {
                    arrivals[end.namespace] = try Arrival(end, isTarget: isTarget, in: lab)
                }
            }
        }
    }

    /// Applies a fault's rules, each namespace's in one transaction.
    ///
    /// `share` is the fraction of matching packets to drop, 0...1.
    func drop(_ packets: FaultAction.DroppedPackets, share: Double) throws(SystemError) {
        for arrival in arrivals.values {
            let matches = matches(packets, share: share, arrivingAtTarget: arrival.isTarget)
            arrival.hasRules = !matches.isEmpty
            guard arrival.hasRules else { continue }
            try arrival.socket.drop(
                arrival.links.flatMap { link in matches.map { IngressDrop(link: link, match: $0) } }, table: table)
        }
    }

    /// Whether every namespace with rules still has them.
    func arePresent() throws(SystemError) -> Bool {
        for arrival in arrivals.values where arrival.hasRules {
            if try arrival.socket.ruleCount(table: table) == 0 { return false }
        }
        return true
    }

    func removeAll() throws(SystemError) {
        for arrival in arrivals.values { try arrival.socket.removeAll(table: table) }
    }

    private func matches(
        _ packets: FaultAction.DroppedPackets, share: Double, arrivingAtTarget: Bool
    ) -> [PacketMatch] {
        switch packets {
        case .toTarget: arrivingAtTarget ? [PacketMatch()] : []
        case .fromTarget: arrivingAtTarget ? [] : [PacketMatch()]
        case .bgp:
            [
                PacketMatch(transport: .tcp, port: .destination(Self.bgpPort)),
                PacketMatch(transport: .tcp, port: .source(Self.bgpPort)),
            ]
        case .bfd: [PacketMatch(transport: .udp, port: .destination(Self.bfdPort))]
        case .toServedAddresses: arrivingAtTarget ? servedAddresses.map { PacketMatch(destination: $0) } : []
        case .atRandom: [PacketMatch(probability: share)]
        }
    }
}
