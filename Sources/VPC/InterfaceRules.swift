// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What one network interface lets through: its source/destination check, and the rules of all its security groups.
///
/// References are resolved: a group that a rule refers to stands for the private addresses of the interfaces that have
/// it, so traffic from a floating IP does not count as from the group (Amazon VPC User Guide, "Security group
/// referencing").
package struct InterfaceRules: Hashable, Sendable {
    /// As seen by the interface's owner.
    package enum Direction: String, Hashable, Sendable, CaseIterable {
        case ingress, egress
    }

    /// The other end of the traffic that a rule allows.
    package enum Peer: Hashable, Sendable {
        case block(IPPrefix)
        case members(of: String, [IPAddress])

        func contains(_ address: IPAddress) -> Bool {
            switch self {
            case .block(let block): block.contains(address)
            case .members(_, let addresses): addresses.contains(address)
            }
        }
    }

    /// The part of a rule that concerns the protocol; parts that are nil match anything.
    package enum Service: Hashable, Sendable {
        case all
        case ports(IPProtocol, ClosedRange<UInt16>?)
        case icmp(IPProtocol, type: UInt8?, code: UInt8?)
        case other(IPProtocol)

        package func matches(_ traffic: Traffic) -> Bool {
            switch (self, traffic.selector) {
            case (.all, _):
                true
            case (.ports(let ipProtocol, let range), .port(let port)):
                ipProtocol == traffic.ipProtocol && range?.contains(port) != false
            case (.icmp(let ipProtocol, let type, let code), .icmp(let ownType, let ownCode)):
                ipProtocol == traffic.ipProtocol && (type ?? ownType) == ownType && (code ?? ownCode) == ownCode
            case (.other(let ipProtocol), _):
                ipProtocol == traffic.ipProtocol
            default:
                false
            }
        }
    }

    /// One rule of one of the groups.
    package struct Rule: Hashable, Sendable {
        /// The group's name.
        package var group: String
        /// Its number among the group's rules of this direction, from 1.
        package var number: Int
        package var service: Service
        package var peer: Peer

        package func allows(_ traffic: Traffic, _ direction: Direction) -> Bool {
            service.matches(traffic)
                && peer.contains(direction == .ingress ? traffic.source : traffic.destination)
        }

        /// Whether it allows every packet of a family.
        package func allowsEverything(_ family: AddressFamily) -> Bool {
            guard service == .all, case .block(let block) = peer else { return false }
            return block.length == 0 && block.family == family
        }
    }

    package var interface: NetworkInterface
    /// The instance or endpoint that it belongs to.
    package var owner: String
    /// The VPC router's addresses in the subnet: traffic to and from them passes security groups.
    package var routerAddresses: [IPAddress]
    package var checksSourceDestination: Bool
    /// Nil if security groups are not enforced.
    package var groups: [SecurityGroup]?
    package var ingress: [Rule]
    package var egress: [Rule]

    package func rules(_ direction: Direction) -> [Rule] {
        direction == .ingress ? ingress : egress
    }

    /// Whether security groups allow every packet of a family in one direction.
    package func isOpen(_ direction: Direction, _ family: AddressFamily) -> Bool {
        groups == nil || rules(direction).contains { $0.allowsEverything(family) }
    }

    /// Whether nothing is ever dropped.
    package var isOpen: Bool {
        !checksSourceDestination
            && Direction.allCases.allSatisfy { direction in
                AddressFamily.allCases.allSatisfy { isOpen(direction, $0) }
            }
    }

    /// Why the first packet of a flow is dropped in one direction; nil if it passes.
    package func refusal(of traffic: Traffic, _ direction: Direction) -> InterfaceRefusal? {
        if let refusal = checkRefusal(of: traffic, direction) { return refusal }
        let peer = direction == .ingress ? traffic.source : traffic.destination
        guard groups != nil, !routerAddresses.contains(peer),
            !rules(direction).contains(where: { $0.allows(traffic, direction) })
        else { return nil }
        return InterfaceRefusal(self, .securityGroups, direction, traffic)
    }

    /// Why the source/destination check drops a packet; nil if it passes.
    ///
    /// Replies of an established flow are subject to this check but not to security groups.
    package func checkRefusal(of traffic: Traffic, _ direction: Direction) -> InterfaceRefusal? {
        let own = direction == .ingress ? traffic.destination : traffic.source
        guard checksSourceDestination, !interface.addresses.contains(own) else { return nil }
        return InterfaceRefusal(self, .sourceDestinationCheck, direction, traffic)
    }
}

extension InterfaceRules {
    /// Why a request from one interface to another, or its answer, does not arrive; nil if both do.
    package static func refusal(
        of request: Traffic, from sender: InterfaceRules, to receiver: InterfaceRules
    ) -> InterfaceRefusal? {
        var answer = request
        swap(&answer.source, &answer.destination)
        return sender.refusal(of: request, .egress) ?? receiver.refusal(of: request, .ingress)
            ?? receiver.checkRefusal(of: answer, .egress) ?? sender.checkRefusal(of: answer, .ingress)
    }
}

/// A drop at an interface, and the reason.
package struct InterfaceRefusal: Hashable, Sendable, CustomStringConvertible {
    package enum Cause: String, Hashable, Sendable, Codable {
        case sourceDestinationCheck = "source-dest-check"
        case securityGroups = "security-groups"
    }

    package var cause: Cause
    package var interface: NetworkInterface
    package var owner: String
    /// The interface's security groups.
    package var groups: [SecurityGroup]
    package var direction: InterfaceRules.Direction
    package var traffic: Traffic

    package init(
        _ rules: InterfaceRules, _ cause: Cause, _ direction: InterfaceRules.Direction, _ traffic: Traffic
    ) {
        self.cause = cause
        interface = rules.interface
        owner = rules.owner
        groups = rules.groups ?? []
        self.direction = direction
        self.traffic = traffic
    }

    package var description: String {
        let place = "\(interface.name) (\(interface.id))"
        switch cause {
        case .securityGroups:
            let names = groups.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
            let subject = groups.count == 1 ? "the security group \(names) lets" : "the security groups \(names) let"
            let way =
                direction == .ingress ? "in from \(traffic.source)" : "out to \(traffic.destination)"
            return "\(subject) no \(traffic.service) \(way) at \(place)"
        case .sourceDestinationCheck:
            let way =
                direction == .ingress
                ? "in for \(traffic.destination), which is not one of its addresses"
                : "out from \(traffic.source), which is not one of its addresses"
            return "the source/destination check of \(place) lets nothing \(way)"
        }
    }
}
