// SPDX-License-Identifier: MIT-0
package import LabModel
internal import LinuxSystem
internal import NetlinkFilter
package import VPC
internal import WireFormat

/// How many packets an interface's rules were applied to.
package struct InterfaceCount: Hashable, Sendable {
    package var rules: InterfaceRules
    package var direction: InterfaceRules.Direction
    /// What was applied, in words: a rule, or a verdict without one.
    package var subject: String
    package var isDrop: Bool
    package var packets: UInt64
    package var octets: UInt64
}

extension Lab {
    private var interfaceFilters: InterfaceFilters {
        InterfaceFilters(layout)
    }

    /// Updates the rules in an endpoint's subnet to the lab's present state; counts there restart from 0.
    ///
    /// For operations that change the endpoint's peers on a running lab.
    func enforceInterfaceRules(at endpoint: RouteServerEndpoint) throws {
        let filters = interfaceFilters
        let subnet = filters.ports.first { $0.rules.interface.logicalID == endpoint.networkInterface }?.subnet
        if let subnet { try filters.enforce(inSubnet: subnet, of: try namespace(subnet)) }
    }

    /// One sentence for each thing that the rules of interfaces block.
    ///
    /// - Parameter drops: The packets dropped so far.
    package func interfaceProblems(_ drops: [InterfaceDrop]) -> [InterfaceProblem] {
        // A floating IP without an active instance has no traffic to check.
        layout.interfaceProblems(drops) { try? activeInstance(for: $0) }
    }

    /// What the rules of network interfaces dropped, the most frequent first.
    package func interfaceDrops() throws -> [InterfaceDrop] {
        let filters = interfaceFilters
        var drops: [InterfaceDrop] = []
        for subnet in filters.subnets {
            var socket = try PortFilterSocket(in: try namespace(subnet).namespace)
            for drop in try socket.drops() {
                guard let port = filters.ports.first(where: { $0.subnet == subnet && $0.index == drop.port }) else {
                    continue
                }
                drops.append(
                    InterfaceDrop(
                        refusal: InterfaceRefusal(
                            port.rules, drop.isForeign ? .sourceDestinationCheck : .securityGroups,
                            InterfaceRules.Direction(drop.direction), Traffic(drop)), packets: drop.packets))
            }
        }
        return drops.sorted { ($1.packets, $0.refusal.description) < ($0.packets, $1.refusal.description) }
    }

    /// How often each rule of each interface was applied, in model order.
    package func interfaceCounts() throws -> [InterfaceCount] {
        let filters = interfaceFilters
        var counts: [String: [PortCount]] = [:]
        for subnet in filters.subnets {
            var socket = try PortFilterSocket(in: try namespace(subnet).namespace)
            counts[subnet] = try socket.counts()
        }
        return filters.ports.flatMap { port in
            InterfaceRules.Direction.allCases.flatMap { direction -> [InterfaceCount] in
                let own = (counts[port.subnet] ?? []).filter {
                    $0.port == port.index && InterfaceRules.Direction($0.direction) == direction
                }
                return own.compactMap { count in
                    port.rules.words(for: count.subject, direction).map { words in
                        InterfaceCount(
                            rules: port.rules, direction: direction, subject: words.text, isDrop: words.isDrop,
                            packets: count.packets, octets: count.octets)
                    }
                }
            }
        }
    }
}

extension InterfaceRules.Direction {
    fileprivate init(_ direction: PortFilter.Direction) {
        switch direction {
        case .ingress: self = .ingress
        case .egress: self = .egress
        }
    }
}

extension Traffic {
    fileprivate init(_ drop: PortDrop) {
        let ipProtocol = IPProtocol(drop.ipProtocol)
        let selector: Selector =
            switch (ipProtocol, drop.selector) {
            case (.icmp, let selector?), (.icmpv6, let selector?):
                .icmp(type: UInt8(selector >> 8), code: UInt8(truncatingIfNeeded: selector))
            case (_, let port?): .port(port)
            case (_, nil): .none
            }
        self.init(from: drop.source, to: drop.destination, ipProtocol, selector)
    }
}

extension InterfaceRules {
    /// What was counted, in words; nil for what does not apply to the interface.
    fileprivate func words(
        for subject: PortCount.Subject, _ direction: Direction
    ) -> (text: String, isDrop: Bool)? {
        switch subject {
        case .rule(let index):
            let rules = rules(direction)
            guard groups != nil, rules.indices.contains(index) else { return nil }
            return (rules[index].text(direction), false)
        case .established: return groups == nil ? nil : ("established", false)
        case .refused: return groups == nil ? nil : ("no rule", true)
        case .foreign: return checksSourceDestination ? ("source/destination check", true) : nil
        }
    }
}

extension InterfaceRules.Rule {
    /// `TCP 179 from 10.0.0.0/16 (rule 1 of bgp)`.
    package func text(_ direction: InterfaceRules.Direction) -> String {
        let what: String
        switch service {
        case .all: what = "everything"
        case .ports(let ipProtocol, nil), .other(let ipProtocol): what = "\(ipProtocol)"
        case .ports(let ipProtocol, let range?):
            what =
                range.count == 1
                ? "\(ipProtocol) \(range.lowerBound)" : "\(ipProtocol) \(range.lowerBound)-\(range.upperBound)"
        case .icmp(let ipProtocol, let type, let code):
            what =
                "\(ipProtocol)" + (type.map { " type \($0)" } ?? "") + (code.map { " code \($0)" } ?? "")
        }
        let who =
            switch peer {
            case .block(let block): "\(block)"
            case .members(let group, _): "the group \(group)"
            }
        return "\(what) \(direction == .ingress ? "from" : "to") \(who) (rule \(number) of \(group))"
    }
}
