// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What passes one port of a bridge, statefully: rules for each direction, and addresses that belong to the port.
///
/// Directions are those of whoever is behind the port: what it sends is egress. Without a rule that allows it a packet passes
/// only as part of a flow whose other direction was allowed.
package struct PortFilter: Hashable, Sendable {
    package enum Direction: String, Hashable, Sendable, CaseIterable {
        case ingress, egress

        var opposite: Direction { self == .ingress ? .egress : .ingress }
    }

    /// A packet that a rule is about; parts that are nil may be anything.
    package struct Rule: Hashable, Sendable {
        package enum Service: Hashable, Sendable {
            case all
            /// TCP (6), UDP (17), or any other protocol by its number, which then has no ports.
            case transport(UInt8, ports: ClosedRange<UInt16>?)
            /// ICMP (1) or ICMPv6 (58).
            case icmp(UInt8, type: UInt8?, code: UInt8?)
        }

        /// Who it comes from or goes to.
        package enum Peer: Hashable, Sendable {
            case block(IPPrefix)
            /// One of the addresses; none where there are none.
            case addresses([IPAddress])
        }

        package var service: Service
        package var peer: Peer

        package init(_ service: Service, _ peer: Peer) {
            self.service = service
            self.peer = peer
        }

        func isEverything(_ family: AddressFamily) -> Bool {
            guard service == .all, case .block(let block) = peer else { return false }
            return block.family == family && block.length == 0
        }
    }

    /// Interface index of the port, by which its packets are told.
    package var port: UInt32
    /// Who is behind the port; frames for others, which a bridge floods before it has learned where they belong, are not
    /// judged: nobody there takes them.
    ///
    /// Nil where all frames are.
    package var linkAddress: MACAddress?
    /// Addresses behind the port.
    package var addresses: [IPAddress]
    /// Whether what is sent from another address, or to another, is dropped.
    package var checksAddresses: Bool
    /// Whether rules count; without them everything passes that the addresses allow.
    package var hasRules: Bool
    package var ingress: [Rule]
    package var egress: [Rule]
    /// Who may always be talked to: the segment's router.
    package var exempt: [IPAddress]

    package init(
        port: UInt32, linkAddress: MACAddress? = nil, addresses: [IPAddress], checksAddresses: Bool, hasRules: Bool,
        ingress: [Rule], egress: [Rule],
        exempt: [IPAddress]
    ) {
        self.port = port
        self.linkAddress = linkAddress
        self.addresses = addresses
        self.checksAddresses = checksAddresses
        self.hasRules = hasRules
        self.ingress = ingress
        self.egress = egress
        self.exempt = exempt
    }

    func rules(_ direction: Direction) -> [Rule] {
        direction == .ingress ? ingress : egress
    }

    /// Whether rules let everything of a family through in one direction, so that no flow has to be remembered for its sake.
    func isOpen(_ direction: Direction, _ family: AddressFamily) -> Bool {
        !hasRules || rules(direction).contains { $0.isEverything(family) }
    }
}

/// How many packets something was applied to.
package struct PortCount: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        /// The rule with this place among those of its direction, from 0 on.
        case rule(Int)
        /// What belongs to a flow that was allowed in the other direction.
        case established
        /// Dropped: no rule allowed it.
        case refused
        /// Dropped: not from or to an address of the port.
        case foreign
    }

    package var port: UInt32
    package var direction: PortFilter.Direction
    package var subject: Subject
    package var packets: UInt64
    package var octets: UInt64
}

/// What was dropped at a port: packets that are alike.
package struct PortDrop: Hashable, Sendable {
    package var port: UInt32
    package var direction: PortFilter.Direction
    /// Whether the addresses were why; else no rule allowed it.
    package var isForeign: Bool
    package var ipProtocol: UInt8
    package var source: IPAddress
    package var destination: IPAddress
    /// The destination port of TCP or UDP, or type and code of ICMP; nil for other protocols.
    package var selector: UInt16?
    package var packets: UInt64
}
