// SPDX-License-Identifier: MIT-0
internal import CLibnl
internal import Glibc
package import LinuxSystem
package import WireFormat

/// A link as the kernel lists it.
package struct LinkRow: Hashable, Sendable {
    package var index: Int32
    package var name: String
    /// `veth`, `bridge`; nil for the loopback and hardware.
    package var kind: String?
    package var macAddress: MACAddress?
    package var master: Int32?
    /// Whether somebody brought it up.
    package var isUp: Bool
    /// Whether it has a carrier: for a veth, whether the other end is up.
    package var hasCarrier: Bool
    package var maximumTransmissionUnit: UInt32
    package var alias: String?
    /// The index of a veth's other end, in that end's namespace.
    package var peerIndex: Int32?
}

/// An interface's address as the kernel lists it.
package struct AddressRow: Hashable, Sendable {
    package var index: Int32
    package var address: IPAddress
    package var prefixLength: Int
    /// 0 global, 253 link, 254 host.
    package var scope: Int32
    /// Whether duplicate detection is under way: the address is not usable yet.
    package var isTentative: Bool
}

/// A route as the kernel lists it.
package struct RouteRow: Hashable, Sendable {
    package var route: TopologyRoute
    /// Who made it: 2 the kernel, 4 static, 186 BGP.
    package var protocolNumber: UInt8
    /// Metric; IPv6 has 1024 where IPv4 has 0.
    package var priority: UInt32
}

/// A rule as the kernel lists it.
package struct RuleRow: Hashable, Sendable {
    package var family: AddressFamily
    package var priority: UInt32
    package var inputInterface: String?
    package var table: UInt32
}

/// A neighbour as the kernel lists it.
package struct NeighborRow: Hashable, Sendable {
    package var address: IPAddress
    package var macAddress: MACAddress?
    package var index: Int32
    package var isPermanent: Bool
}

extension TopologySocket {
    /// All links of the namespace, by index.
    package func links() throws(SystemError) -> [LinkRow] {
        try dump("list links", type: RTM_GETLINK, header: ifinfomsg()) {
            link -> LinkRow in
            let flags = rtnl_link_get_flags(link)
            let master = rtnl_link_get_master(link)
            let peer = rtnl_link_get_link(link)
            return LinkRow(
                index: rtnl_link_get_ifindex(link), name: text(rtnl_link_get_name(link)) ?? "",
                kind: text(rtnl_link_get_type(link)), macAddress: MACAddress(libnl: rtnl_link_get_addr(link)),
                master: master > 0 ? master : nil, isUp: flags & UInt32(IFF_UP) != 0,
                hasCarrier: rtnl_link_get_carrier(link) != 0,
                maximumTransmissionUnit: rtnl_link_get_mtu(link),
                alias: rtnl_link_get_ifalias(link).map { String(cString: $0) }, peerIndex: peer > 0 ? peer : nil)
        }.sorted { $0.index < $1.index }
    }

    /// All addresses of both families.
    package func addresses() throws(SystemError) -> [AddressRow] {
        try dump(
            "list addresses", type: RTM_GETADDR, header: ifaddrmsg()
        ) { object -> AddressRow? in
            guard let address = IPAddress(libnl: rtnl_addr_get_local(object)) else { return nil }
            return AddressRow(
                index: rtnl_addr_get_ifindex(object), address: address,
                prefixLength: Int(rtnl_addr_get_prefixlen(object)), scope: rtnl_addr_get_scope(object),
                isTentative: rtnl_addr_get_flags(object) & UInt32(IFA_F_TENTATIVE) != 0)
        }
    }

    /// The routes of one table, or of all, of both families; one with several next hops shows the first.
    package func routes(table: UInt32? = nil) throws(SystemError) -> [RouteRow] {
        try dump("list routes", type: RTM_GETROUTE, header: rtmsg()) {
            object -> RouteRow? in
            let ownTable = rtnl_route_get_table(object)
            guard table == nil || table == ownTable,
                let family = AddressFamily(number: Int32(rtnl_route_get_family(object))),
                let kind = TopologyRoute.Kind(number: rtnl_route_get_type(object))
            else { return nil }
            let hop = rtnl_route_get_nnexthops(object) > 0 ? rtnl_route_nexthop_n(object, 0) : nil
            let index = hop.map { rtnl_route_nh_get_ifindex($0) } ?? 0
            let route = TopologyRoute(
                destination: prefix(libnl: rtnl_route_get_dst(object), family: family),
                gateway: hop.flatMap { IPAddress(libnl: rtnl_route_nh_get_gateway($0)) },
                index: index > 0 ? index : nil, table: ownTable, kind: kind,
                preferredSource: IPAddress(libnl: rtnl_route_get_pref_src(object)))
            return RouteRow(
                route: route, protocolNumber: rtnl_route_get_protocol(object),
                priority: rtnl_route_get_priority(object))
        }
    }

    /// The rules of both families, in the order in which they are asked.
    package func rules() throws(SystemError) -> [RuleRow] {
        try dump(
            "list rules", type: RTM_GETRULE, header: fib_rule_hdr()
        ) { object -> RuleRow? in
            guard let family = AddressFamily(number: rtnl_rule_get_family(object)) else { return nil }
            return RuleRow(
                family: family, priority: rtnl_rule_get_prio(object),
                inputInterface: text(rtnl_rule_get_iif(object)), table: rtnl_rule_get_table(object))
        }.sorted { ($0.family, $0.priority) < ($1.family, $1.priority) }
    }

    /// The neighbours of both families.
    package func neighbors() throws(SystemError) -> [NeighborRow] {
        try dump("list neighbors", type: RTM_GETNEIGH, header: ndmsg()) {
            object -> NeighborRow? in
            guard let address = IPAddress(libnl: rtnl_neigh_get_dst(object)) else { return nil }
            return NeighborRow(
                address: address, macAddress: MACAddress(libnl: rtnl_neigh_get_lladdr(object)),
                index: rtnl_neigh_get_ifindex(object),
                isPermanent: rtnl_neigh_get_state(object) & NUD_PERMANENT != 0)
        }
    }
}

extension TopologyRoute.Kind {
    init?(number: UInt8) {
        guard let kind = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = kind
    }
}

private func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
    pointer.map { String(cString: $0) }
}

/// A destination as libnl read it: for a default route it has a length of 0, and often no octets at all.
private func prefix(libnl pointer: OpaquePointer?, family: AddressFamily) -> IPPrefix {
    let any: IPAddress = family == .ipv4 ? .v4(.any) : .v6(.any)
    guard let pointer, let address = IPAddress(libnl: pointer), address.family == family else {
        return IPPrefix(masking: any, length: 0)
    }
    return IPPrefix(masking: address, length: min(Int(nl_addr_get_prefixlen(pointer)), family.bitWidth))
}
