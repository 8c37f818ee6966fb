// SPDX-License-Identifier: MIT-0
internal import CLibnl
internal import Glibc
package import LinuxSystem
package import WireFormat

extension TopologySocket {
    /// Adds an address to an interface, including host bits.
    ///
    /// An IPv6 address is usable at once: duplicate detection is skipped, since the lab chose the address.
    package func addAddress(_ address: IPAddress, prefixLength: Int, index: Int32) throws(SystemError) {
        let operation = "add address"
        let object = try Self.libnlAddress(address, prefixLength, index, for: operation)
        try request(operation, "\(address)/\(prefixLength) on link \(index)") {
            rtnl_addr_build_add_request(object.pointer, NLM_F_CREATE | NLM_F_EXCL, $0)
        }
    }

    /// Deletes an address from an interface.
    package func deleteAddress(_ address: IPAddress, prefixLength: Int, index: Int32) throws(SystemError) {
        let operation = "delete address"
        let object = try Self.libnlAddress(address, prefixLength, index, for: operation)
        try request(operation, "\(address)/\(prefixLength) on link \(index)") {
            rtnl_addr_build_delete_request(object.pointer, 0, $0)
        }
    }

    private static func libnlAddress(
        _ address: IPAddress, _ prefixLength: Int, _ index: Int32, for operation: String
    ) throws(SystemError) -> LibnlObject {
        let object = try LibnlObject(adopting: rtnl_addr_alloc(), for: operation)
        let local = try LibnlAddress(address, prefixLength: prefixLength, for: operation)
        rtnl_addr_set_ifindex(object.pointer, index)
        try local.lend { rtnl_addr_set_local(object.pointer, $0) }
        if address.family == .ipv6 {
            rtnl_addr_set_flags(object.pointer, UInt32(IFA_F_NODAD))
        }
        return object
    }

    /// Adds a route; an existing one with the same destination in the same table is an error.
    package func addRoute(_ route: TopologyRoute) throws(SystemError) {
        let operation = "add route"
        let object = try Self.libnlRoute(route, for: operation)
        try request(operation, "\(route)") {
            rtnl_route_build_add_request(object.pointer, NLM_F_CREATE | NLM_F_EXCL, $0)
        }
    }

    /// Deletes a route.
    package func deleteRoute(_ route: TopologyRoute) throws(SystemError) {
        let operation = "delete route"
        let object = try Self.libnlRoute(route, for: operation)
        try request(operation, "\(route)") { rtnl_route_build_del_request(object.pointer, 0, $0) }
    }

    private static func libnlRoute(
        _ route: TopologyRoute, for operation: String
    ) throws(SystemError) -> LibnlObject {
        let object = try LibnlObject(adopting: rtnl_route_alloc(), for: operation)
        let destination = try LibnlAddress(
            route.destination.address, prefixLength: route.destination.length, for: operation)
        rtnl_route_set_family(object.pointer, UInt8(route.destination.family.number))
        try destination.lend { rtnl_route_set_dst(object.pointer, $0) }
        rtnl_route_set_table(object.pointer, route.table)
        rtnl_route_set_type(object.pointer, route.kind.number)
        if route.metric > 0 { rtnl_route_set_priority(object.pointer, route.metric) }
        if let source = route.preferredSource {
            try LibnlAddress(source, for: operation).lend { rtnl_route_set_pref_src(object.pointer, $0) }
        }
        guard route.gateway != nil || route.index != nil else { return object }
        guard let hop = rtnl_route_nh_alloc() else {
            throw SystemError(operation: operation, subject: "\(route)", code: ENOMEM)
        }
        // From here on the route owns its next hop.
        rtnl_route_add_nexthop(object.pointer, hop)
        if let gateway = route.gateway {
            try LibnlAddress(gateway, for: operation).lend { rtnl_route_nh_set_gateway(hop, $0) }
        }
        if let index = route.index {
            rtnl_route_nh_set_ifindex(hop, index)
        }
        return object
    }

    /// Adds a rule that routes packets by a table other than main.
    package func addRule(_ rule: RoutingRule) throws(SystemError) {
        let operation = "add rule"
        let object = try Self.libnlRule(rule, for: operation)
        try request(operation, "\(rule)") { message in
            let result = rtnl_rule_build_add_request(object.pointer, NLM_F_CREATE | NLM_F_EXCL, message)
            guard result >= 0, let length = rule.suppressedPrefixLength, let built = message.pointee else {
                return result
            }
            return nla_put_u32(built, Int32(FRA_SUPPRESS_PREFIXLEN), UInt32(length))
        }
    }

    /// Deletes a rule.
    package func deleteRule(_ rule: RoutingRule) throws(SystemError) {
        let operation = "delete rule"
        let object = try Self.libnlRule(rule, for: operation)
        try request(operation, "\(rule)") { rtnl_rule_build_delete_request(object.pointer, 0, $0) }
    }

    private static func libnlRule(_ rule: RoutingRule, for operation: String) throws(SystemError) -> LibnlObject {
        let object = try LibnlObject(adopting: rtnl_rule_alloc(), for: operation)
        rtnl_rule_set_family(object.pointer, rule.family.number)
        if let interface = rule.inputInterface { rtnl_rule_set_iif(object.pointer, interface.text) }
        if let source = rule.source {
            try LibnlAddress(source.address, prefixLength: source.length, for: operation).lend {
                rtnl_rule_set_src(object.pointer, $0)
            }
        }
        if let destination = rule.destination {
            try LibnlAddress(destination.address, prefixLength: destination.length, for: operation).lend {
                rtnl_rule_set_dst(object.pointer, $0)
            }
        }
        rtnl_rule_set_table(object.pointer, rule.table)
        rtnl_rule_set_prio(object.pointer, rule.priority)
        rtnl_rule_set_action(object.pointer, UInt8(FR_ACT_TO_TBL))
        return object
    }

    /// Sets the link-layer address of an IP address permanently, so that it is never resolved; replaces an earlier
    /// entry.
    package func addPermanentNeighbor(
        _ address: IPAddress, macAddress: MACAddress, index: Int32
    ) throws(SystemError) {
        let operation = "add neighbor"
        let object = try Self.libnlNeighbor(address, index, for: operation)
        try LibnlAddress(macAddress, for: operation).lend { rtnl_neigh_set_lladdr(object.pointer, $0) }
        rtnl_neigh_set_state(object.pointer, NUD_PERMANENT)
        try request(operation, "\(address) on link \(index)") {
            rtnl_neigh_build_add_request(object.pointer, NLM_F_CREATE | NLM_F_REPLACE, $0)
        }
    }

    /// Deletes a neighbour entry.
    package func deleteNeighbor(_ address: IPAddress, index: Int32) throws(SystemError) {
        let operation = "delete neighbor"
        let object = try Self.libnlNeighbor(address, index, for: operation)
        try request(operation, "\(address) on link \(index)") {
            rtnl_neigh_build_delete_request(object.pointer, 0, $0)
        }
    }

    private static func libnlNeighbor(
        _ address: IPAddress, _ index: Int32, for operation: String
    ) throws(SystemError) -> LibnlObject {
        let object = try LibnlObject(adopting: rtnl_neigh_alloc(), for: operation)
        rtnl_neigh_set_family(object.pointer, address.family.number)
        rtnl_neigh_set_ifindex(object.pointer, index)
        try LibnlAddress(address, for: operation).lend { rtnl_neigh_set_dst(object.pointer, $0) }
        return object
    }
}

extension TopologyRoute: CustomStringConvertible {
    package var description: String {
        var text = kind == .unicast ? "\(destination)" : "\(kind.rawValue) \(destination)"
        if let gateway { text += " via \(gateway)" }
        if let index { text += " by link \(index)" }
        return text + " table \(table)"
    }
}

extension RoutingRule: CustomStringConvertible {
    package var description: String {
        var text = "\(priority):"
        if let inputInterface { text += " in by \(inputInterface)" }
        if let source { text += " from \(source)" }
        if let destination { text += " to \(destination)" }
        text += " (\(family.rawValue)) table \(table)"
        if let suppressedPrefixLength { text += " without prefixes up to /\(suppressedPrefixLength)" }
        return text
    }
}

extension TopologyRoute.Kind {
    /// Linux's RTN number.
    var number: UInt8 {
        let value =
            switch self {
            case .unicast: RTN_UNICAST
            case .local: RTN_LOCAL
            case .broadcast: RTN_BROADCAST
            case .anycast: RTN_ANYCAST
            case .multicast: RTN_MULTICAST
            case .unreachable: RTN_UNREACHABLE
            case .blackhole: RTN_BLACKHOLE
            case .prohibit: RTN_PROHIBIT
            case .throw: RTN_THROW
            }
        return UInt8(value)
    }
}
