// SPDX-License-Identifier: MIT-0
internal import CLibnl
internal import Glibc
package import LinuxSystem
internal import WireFormat

extension TopologySocket {
    /// Creates a bridge, up by default.
    package func addBridge(_ bridge: BridgeSpecification, isUp: Bool = true) throws(SystemError) {
        let operation = "add bridge"
        let link = try LibnlObject(adopting: rtnl_link_alloc(), for: operation)
        rtnl_link_set_name(link.pointer, bridge.name.text)
        if let macAddress = bridge.macAddress {
            try LibnlAddress(macAddress, for: operation).lend { rtnl_link_set_addr(link.pointer, $0) }
        }
        var header = ifinfomsg()
        header.ifi_index = bridge.index
        header.ifi_flags = isUp ? UInt32(IFF_UP) : 0
        header.ifi_change = UInt32(IFF_UP)
        let message = try LibnlMessage.make(
            type: RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, header: header, for: operation)
        try message.check(rtnl_link_fill_info(message.pointer, link.pointer))
        // libnl 3.7 has no setters for a bridge's own attributes.
        try message.nest(IFLA_LINKINFO) { () throws(SystemError) in
            try message.put(IFLA_INFO_KIND, "bridge")
            try message.nest(IFLA_INFO_DATA) { () throws(SystemError) in
                try message.put(IFLA_BR_STP_STATE, UInt32(0))
                try message.put(IFLA_BR_FORWARD_DELAY, UInt32(0))
                try message.put(IFLA_BR_MCAST_SNOOPING, UInt8(0))
            }
        }
        try send(message, operation, bridge.name.text)
    }

    /// Creates a veth in one request that names both ends' namespaces.
    ///
    /// The near end may be made a port of a bridge in its namespace and set up at once. The far end may not: the kernel
    /// ignores a master there, and IFF_UP fails with ENOTCONN, since the ends are not joined yet. `setUp`, through a
    /// socket of the far namespace, does that.
    package func addVeth(
        _ near: VethEnd, in nearNamespace: borrowing NetworkNamespace, master: Int32? = nil, isUp: Bool = true,
        to far: VethEnd, in farNamespace: borrowing NetworkNamespace
    ) throws(SystemError) {
        let operation = "add veth"
        let link = try LibnlObject(adopting: rtnl_link_veth_alloc(), for: operation)
        let peer = try LibnlObject(adopting: rtnl_link_veth_get_peer(link.pointer), for: operation)
        try Self.fill(link, from: near, namespace: nearNamespace.descriptor.rawValue, for: operation)
        try Self.fill(peer, from: far, namespace: farNamespace.descriptor.rawValue, for: operation)
        if let master {
            rtnl_link_set_master(link.pointer, master)
        }
        if isUp {
            rtnl_link_set_flags(link.pointer, UInt32(IFF_UP))
        }
        let nearName = nearNamespace.name
        let farName = farNamespace.name
        try request(operation, "\(near.name)@\(nearName) to \(far.name)@\(farName)") {
            rtnl_link_build_add_request(link.pointer, NLM_F_CREATE | NLM_F_EXCL, $0)
        }
    }

    private static func fill(
        _ link: borrowing LibnlObject, from end: VethEnd, namespace descriptor: Int32, for operation: String
    ) throws(SystemError) {
        rtnl_link_set_name(link.pointer, end.name.text)
        rtnl_link_set_ns_fd(link.pointer, descriptor)
        if let index = end.index {
            rtnl_link_set_ifindex(link.pointer, index)
        }
        if let macAddress = end.macAddress {
            try LibnlAddress(macAddress, for: operation).lend { rtnl_link_set_addr(link.pointer, $0) }
        }
        if let unit = end.maximumTransmissionUnit {
            rtnl_link_set_mtu(link.pointer, unit)
        }
    }

    /// Sets a link up.
    package func setUp(index: Int32) throws(SystemError) {
        try change(index, "set up link") { rtnl_link_set_flags($0, UInt32(IFF_UP)) }
    }

    /// Sets a link down; the other end of a veth loses its carrier.
    package func setDown(index: Int32) throws(SystemError) {
        try change(index, "set down link") { rtnl_link_unset_flags($0, UInt32(IFF_UP)) }
    }

    /// Makes a link a port of a bridge in the same namespace, or removes it from one.
    package func setMaster(index: Int32, master: Int32?) throws(SystemError) {
        try change(index, "set master of link") { rtnl_link_set_master($0, master ?? 0) }
    }

    /// Gives a link a long second name, at most 255 octets, for people who list links.
    package func setAlias(index: Int32, _ text: String) throws(SystemError) {
        try change(index, "set alias of link") { rtnl_link_set_ifalias($0, text) }
    }

    private func change(
        _ index: Int32, _ operation: String, _ set: (OpaquePointer) -> Void
    ) throws(SystemError) {
        let original = try LibnlObject(adopting: rtnl_link_alloc(), for: operation)
        rtnl_link_set_ifindex(original.pointer, index)
        let changes = try LibnlObject(adopting: rtnl_link_alloc(), for: operation)
        rtnl_link_set_ifindex(changes.pointer, index)
        set(changes.pointer)
        try request(operation, "\(index)") {
            rtnl_link_build_change_request(original.pointer, changes.pointer, 0, $0)
        }
    }

    /// Makes a bridge port forward, or drop everything in both directions without changing its carrier.
    ///
    /// The port must be up, and the bridge must not run spanning tree.
    package func setForwarding(port index: Int32, _ isForwarding: Bool) throws(SystemError) {
        let operation = isForwarding ? "enable bridge port" : "disable bridge port"
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        header.ifi_index = index
        let message = try LibnlMessage.make(type: RTM_SETLINK, flags: 0, header: header, for: operation)
        let state = isForwarding ? BR_STATE_FORWARDING : BR_STATE_DISABLED
        try message.nest(IFLA_PROTINFO | Int(NLA_F_NESTED)) { () throws(SystemError) in
            try message.put(IFLA_BRPORT_STATE, UInt8(state))
        }
        try send(message, operation, "\(index)")
    }

    /// Deletes a link; a veth's other end is deleted with it.
    package func delete(index: Int32) throws(SystemError) {
        let operation = "delete link"
        let link = try LibnlObject(adopting: rtnl_link_alloc(), for: operation)
        rtnl_link_set_ifindex(link.pointer, index)
        try request(operation, "\(index)") { rtnl_link_build_delete_request(link.pointer, $0) }
    }
}
