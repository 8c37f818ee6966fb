// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import Measurement
internal import NetlinkFilter
internal import WireFormat

/// Drops chosen packets between an instance and its subnets, where they arrive: neither end is told.
final class InstanceFilters {
    private static let bgpPort: UInt16 = 179
    private static let bfdPort: UInt16 = 3784

    /// The arriving side of one direction of one cable.
    private final class End {
        let link: String
        let isInstance: Bool
        var socket: FilterSocket

        init(_ end: LabPlan.LinkEnd, isInstance: Bool, in lab: Lab) throws {
            link = end.name
            self.isInstance = isInstance
            socket = try FilterSocket(in: try lab.namespace(end.namespace).namespace)
        }
    }

    private let ends: [End]
    private let floatingAddresses: [IPv4Address]

    /// Opens its sockets, so that nothing has to be opened while a fault is timed.
    ///
    /// - Throws: where the kernel has no nf_tables.
    init(of instance: String, in lab: Lab) throws {
        let cables = lab.plan.cables.filter { $0.far.namespace == instance }
        ends =
            try cables.map { try End($0.far, isInstance: true, in: lab) }
            + cables.map { try End($0.near, isInstance: false, in: lab) }
        floatingAddresses = lab.floatingAddresses.compactMap {
            if case .v4(let address) = $0.address { address } else { nil }
        }
    }

    /// Puts a fault's rules in place, each namespace's in one transaction.
    func drop(for fault: FaultName, lossShare: Double) throws(SystemError) {
        for end in ends {
            let matches = matches(of: fault, lossShare: lossShare, arrivingAtInstance: end.isInstance)
            guard !matches.isEmpty else { continue }
            try end.socket.drop(matches.map { IngressDrop(link: end.link, match: $0) })
        }
    }

    func removeAll() throws(SystemError) {
        for end in ends { try end.socket.removeAll() }
    }

    private func matches(
        of fault: FaultName, lossShare: Double, arrivingAtInstance: Bool
    ) -> [PacketMatch] {
        switch fault {
        case .onewayIn: arrivingAtInstance ? [PacketMatch()] : []
        case .onewayOut: arrivingAtInstance ? [] : [PacketMatch()]
        case .bgpPartition:
            [
                PacketMatch(transport: .tcp, port: .destination(Self.bgpPort)),
                PacketMatch(transport: .tcp, port: .source(Self.bgpPort)),
            ]
        case .bfdPartition: [PacketMatch(transport: .udp, port: .destination(Self.bfdPort))]
        case .grey: arrivingAtInstance ? floatingAddresses.map { PacketMatch(destination: $0) } : []
        case .loss: [PacketMatch(probability: lossShare)]
        default: []
        }
    }
}
