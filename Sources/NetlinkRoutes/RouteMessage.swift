// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
internal import NetlinkSocket
internal import WireFormat

/// Routes in rtnetlink's form: RTM_NEWROUTE, RTM_DELROUTE and RTM_GETROUTE.
enum RouteMessage {
    /// Writes the request for a change at `start` and returns its length.
    static func put(
        _ change: RouteChange, at start: UnsafeMutableRawPointer, sequence: UInt32, asksForAcknowledgement: Bool
    ) -> Int {
        let isDelete = change.nextHop == nil
        var flags = NLM_F_REQUEST
        if !isDelete { flags |= NLM_F_CREATE | NLM_F_REPLACE }
        if asksForAcknowledgement { flags |= NLM_F_ACK }
        var route = rtmsg()
        route.rtm_family = change.prefix.family.number
        route.rtm_dst_len = UInt8(change.prefix.length)
        route.rtm_protocol = change.protocolNumber
        if isDelete {
            // Any scope and any type: as a scope, 0 would mean "universe"; as a type it means "any".
            route.rtm_scope = UInt8(RT_SCOPE_NOWHERE.rawValue)
        } else {
            route.rtm_scope = UInt8(RT_SCOPE_UNIVERSE.rawValue)
            route.rtm_type = UInt8(RTN_UNICAST)
        }
        let header = begin(
            at: start, type: isDelete ? RTM_DELROUTE : RTM_NEWROUTE, flags: flags, sequence: sequence, route)
        mnl_attr_put_u32(header, UInt16(RTA_TABLE.rawValue), change.table)
        if change.prefix.length > 0 {
            put(change.prefix.address, header, UInt16(RTA_DST.rawValue))
        }
        if let nextHop = change.nextHop {
            put(nextHop, header, UInt16(RTA_GATEWAY.rawValue))
        }
        if let index = change.interfaceIndex {
            mnl_attr_put_u32(header, UInt16(RTA_OIF.rawValue), UInt32(bitPattern: index))
        }
        if let metric = change.metric {
            mnl_attr_put_u32(header, UInt16(RTA_PRIORITY.rawValue), metric)
        }
        return Int(header.pointee.nlmsg_len)
    }

    /// Writes the request for all routes of a table and family at `start` and returns its length.
    static func putDump(
        table: UInt32, family: AddressFamily, at start: UnsafeMutableRawPointer, sequence: UInt32
    ) -> Int {
        var route = rtmsg()
        route.rtm_family = family.number
        let header = begin(
            at: start, type: RTM_GETROUTE, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence: sequence, route)
        mnl_attr_put_u32(header, UInt16(RTA_TABLE.rawValue), table)
        return Int(header.pointee.nlmsg_len)
    }

    private static func begin(
        at start: UnsafeMutableRawPointer, type: Int, flags: Int32, sequence: UInt32, _ route: rtmsg
    ) -> UnsafeMutablePointer<nlmsghdr> {
        guard let header = mnl_nlmsg_put_header(start),
            let extra = mnl_nlmsg_put_extra_header(header, MemoryLayout<rtmsg>.size)
        else { preconditionFailure("libmnl writes headers where it is told") }
        header.pointee.nlmsg_type = UInt16(type)
        header.pointee.nlmsg_flags = UInt16(flags)
        header.pointee.nlmsg_seq = sequence
        extra.storeBytes(of: route, as: rtmsg.self)
        return header
    }

    private static func put(
        _ address: IPAddress, _ header: UnsafeMutablePointer<nlmsghdr>, _ attribute: UInt16
    ) {
        switch address {
        case .v4(let address):
            mnl_attr_put_u32(header, attribute, address.bits.bigEndian)
        case .v6(let address):
            var octets = (address.high.bigEndian, address.low.bigEndian)
            mnl_attr_put(header, attribute, 16, &octets)
        }
    }

    /// Reads a route that the kernel lists or announces; nil if it is of another family or malformed.
    static func read(_ header: UnsafePointer<nlmsghdr>) -> KernelRoute? {
        guard mnl_nlmsg_get_payload_len(header) >= MemoryLayout<rtmsg>.size,
            let payload = mnl_nlmsg_get_payload(header)
        else { return nil }
        let message = payload.loadUnaligned(as: rtmsg.self)
        // Cached clones of a route are not part of the table.
        guard let family = AddressFamily(number: message.rtm_family), message.rtm_flags & UInt32(RTM_F_CLONED) == 0,
            Int(message.rtm_dst_len) <= family.bitWidth
        else { return nil }
        let any: IPAddress = family == .ipv4 ? .v4(.any) : .v6(.any)
        var route = KernelRoute(
            table: UInt32(message.rtm_table), prefix: IPPrefix(masking: any, length: Int(message.rtm_dst_len)),
            nextHop: nil, interfaceIndex: nil, protocolNumber: message.rtm_protocol, type: message.rtm_type)
        forEachAttribute(header, after: MemoryLayout<rtmsg>.size) { type, value in
            switch type {
            case RTA_TABLE.rawValue where value.count == 4:
                route.table = value.loadUnaligned(as: UInt32.self)
            case RTA_OIF.rawValue where value.count == 4:
                route.interfaceIndex = value.loadUnaligned(as: Int32.self)
            case RTA_PRIORITY.rawValue where value.count == 4:
                route.metric = value.loadUnaligned(as: UInt32.self)
            case RTA_DST.rawValue:
                guard let address = address(value), address.family == family else { return }
                route.prefix = IPPrefix(masking: address, length: Int(message.rtm_dst_len))
            case RTA_GATEWAY.rawValue:
                route.nextHop = address(value)
            default:
                break
            }
        }
        return route
    }

    private static func address(_ value: UnsafeRawBufferPointer) -> IPAddress? {
        switch value.count {
        case 4:
            .v4(IPv4Address(bits: UInt32(bigEndian: value.loadUnaligned(as: UInt32.self))))
        case 16:
            .v6(
                IPv6Address(
                    high: UInt64(bigEndian: value.loadUnaligned(as: UInt64.self)),
                    low: UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 8, as: UInt64.self))))
        default:
            nil
        }
    }
}

extension AddressFamily {
    /// Linux's AF number.
    var number: UInt8 {
        switch self {
        case .ipv4: UInt8(AF_INET)
        case .ipv6: UInt8(AF_INET6)
        }
    }

    /// The family with this Linux AF number; nil for others.
    init?(number: UInt8) {
        switch Int32(number) {
        case AF_INET: self = .ipv4
        case AF_INET6: self = .ipv6
        default: return nil
        }
    }
}
