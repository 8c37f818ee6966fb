// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What may pass one port of a bridge, statefully: rules for each direction, and addresses that belong to the port.
///
/// Directions are as seen by the host behind the port: what it sends is egress. A packet that no rule allows passes
/// only as part of a flow whose other direction was allowed.
package struct PortFilter: Hashable, Sendable {
    package enum Direction: String, Hashable, Sendable, CaseIterable {
        case ingress, egress

        var opposite: Direction { self == .ingress ? .egress : .ingress }
    }

    /// The packets that a rule allows; parts that are nil match anything.
    package struct Rule: Hashable, Sendable {
        package enum Service: Hashable, Sendable {
            case all
            /// TCP (6), UDP (17), or any other protocol by its number, which then has no ports.
            case transport(UInt8, ports: ClosedRange<UInt16>?)
            /// ICMP (1) or ICMPv6 (58).
            case icmp(UInt8, type: UInt8?, code: UInt8?)
        }

        /// The other end: the sender of ingress, the receiver of egress.
        package enum Peer: Hashable, Sendable {
            case block(IPPrefix)
            /// One of the addresses; an empty list matches nothing.
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

    /// The interface index of the port, which identifies its packets.
    package var port: UInt32
    /// The host behind the port.
    ///
    /// A bridge floods frames for other hosts before it has learned where they are; those are not judged, since nothing
    /// there accepts them. Nil if all frames are judged.
    package var linkAddress: MACAddress?
    /// The addresses behind the port.
    package var addresses: [IPAddress]
    /// Whether packets from, or to, any other address are dropped.
    package var checksAddresses: Bool
    /// Whether rules apply; without them everything passes that the addresses allow.
    package var hasRules: Bool
    package var ingress: [Rule]
    package var egress: [Rule]
    /// Addresses that may always be talked to: the segment's router.
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

    /// Whether the rules allow everything of a family in one direction, so that no flow need be remembered for it.
    func isOpen(_ direction: Direction, _ family: AddressFamily) -> Bool {
        !hasRules || rules(direction).contains { $0.isEverything(family) }
    }
}

/// How many packets a rule or a verdict was applied to.
package struct PortCount: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        /// The rule with this index in its direction, from 0.
        case rule(Int)
        /// Packets of a flow that was allowed in the other direction.
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

/// Similar packets that were dropped at a port.
package struct PortDrop: Hashable, Sendable {
    package var port: UInt32
    package var direction: PortFilter.Direction
    /// Whether the addresses were the reason; otherwise no rule allowed it.
    package var isForeign: Bool
    package var ipProtocol: UInt8
    package var source: IPAddress
    package var destination: IPAddress
    /// The destination port of TCP or UDP, or the type and code of ICMP; nil for other protocols.
    package var selector: UInt16?
    package var packets: UInt64
}
