// SPDX-License-Identifier: MIT-0
internal import CLibnl
internal import Glibc
package import LinuxSystem
internal import WireFormat

extension TopologySocket {
    /// All links of the namespace, by index.
    package func links() throws(SystemError) -> [LinkRow] {
        try dump("list links", type: RTM_GETLINK, header: ifinfomsg()) { LinkRow(libnl: $0) }
            .sorted { $0.index < $1.index }
    }

    /// One link, with its carrier state settled.
    ///
    /// When the second end of a veth comes up, the first gets its carrier at once but may not send yet, and a bridge
    /// does not forward to it yet: the kernel leaves that to a worker, which waits for the lock that building and
    /// tearing down hold for tens of milliseconds. Packets sent until then are lost, and the next ARP request comes a
    /// second later. Asking for one link (not for all) makes the kernel do that work before it answers
    /// (`linkwatch_sync_dev`).
    package func settledLink(index: Int32) throws(SystemError) -> LinkRow {
        let operation = "read link"
        let rows = try collect({ LinkRow(libnl: $0) }) { () throws(SystemError) in
            try request(operation, "\(index)") { rtnl_link_build_get_request(index, nil, $0) }
        }
        guard let row = rows.first else {
            throw SystemError(operation: operation, subject: "\(index) in \(namespaceName)", code: ENODEV)
        }
        return row
    }

    /// The ports of all bridges that forward, by their links' indexes.
    package func forwardingPorts() throws(SystemError) -> Set<Int32> {
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        return Set(
            try dump("list bridge ports", type: RTM_GETLINK, header: header) { object -> Int32? in
                let isForwarding = rtnl_link_bridge_get_port_state(object) == BR_STATE_FORWARDING
                return isForwarding ? rtnl_link_get_ifindex(object) : nil
            })
    }

    /// All addresses, both families.
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

    /// The routes of one table or of all, both families; a route with several next hops shows the first.
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

    /// The rules of both families, in lookup order.
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

extension LinkRow {
    init(libnl link: OpaquePointer) {
        let flags = rtnl_link_get_flags(link)
        let master = rtnl_link_get_master(link)
        let peer = rtnl_link_get_link(link)
        self.init(
            index: rtnl_link_get_ifindex(link), name: text(rtnl_link_get_name(link)) ?? "",
            kind: text(rtnl_link_get_type(link)), macAddress: MACAddress(libnl: rtnl_link_get_addr(link)),
            master: master > 0 ? master : nil, isUp: flags & UInt32(IFF_UP) != 0,
            hasCarrier: rtnl_link_get_carrier(link) != 0, maximumTransmissionUnit: rtnl_link_get_mtu(link),
            alias: rtnl_link_get_ifalias(link).map { String(cString: $0) }, peerIndex: peer > 0 ? peer : nil)
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

/// A destination read by libnl: a default route has length 0, and often no octets at all.
private func prefix(libnl pointer: OpaquePointer?, family: AddressFamily) -> IPPrefix {
    let any: IPAddress = family == .ipv4 ? .v4(.any) : .v6(.any)
    guard let pointer, let address = IPAddress(libnl: pointer), address.family == family else {
        return IPPrefix(masking: any, length: 0)
    }
    return IPPrefix(masking: address, length: min(Int(nl_addr_get_prefixlen(pointer)), family.bitWidth))
}
