// SPDX-License-Identifier: MIT-0
internal import CLibnl
internal import Glibc
internal import LinuxSystem
internal import WireFormat

/// A libnl object (link, address, route, rule, neighbour) with one owner, released when the owner goes away.
struct LibnlObject: ~Copyable {
    let pointer: OpaquePointer

    /// Takes ownership of a reference; nil, which libnl returns when out of memory, is an error.
    init(adopting pointer: OpaquePointer?, for operation: String) throws(SystemError) {
        self.pointer = try allocated(pointer, for: operation)
    }

    deinit {
        nl_object_put(pointer)
    }
}

/// A netlink message under construction, by hand or by libnl, with one owner.
struct LibnlMessage: ~Copyable {
    let pointer: OpaquePointer
    private let operation: String

    init(adopting pointer: OpaquePointer?, for operation: String) throws(SystemError) {
        self.pointer = try allocated(pointer, for: operation)
        self.operation = operation
    }

    /// Makes a message that begins with an rtnetlink family header such as `ifinfomsg`.
    static func make<Header: BitwiseCopyable>(
        type: Int, flags: Int32, header: Header, for operation: String
    ) throws(SystemError) -> LibnlMessage {
        let message = try LibnlMessage(adopting: nlmsg_alloc_simple(Int32(type), flags), for: operation)
        var header = header
        try message.check(
            nlmsg_append(message.pointer, &header, MemoryLayout<Header>.size, Int32(NLMSG_ALIGNTO)))
        return message
    }

    /// Throws for a negative libnl code.
    func check(_ result: Int32) throws(SystemError) {
        guard result >= 0 else {
            throw SystemError(operation: operation, subject: "netlink request", libnl: result)
        }
    }

    func put(_ attribute: Int, _ value: UInt8) throws(SystemError) {
        try check(nla_put_u8(pointer, Int32(attribute), value))
    }

    func put(_ attribute: Int, _ value: UInt32) throws(SystemError) {
        try check(nla_put_u32(pointer, Int32(attribute), value))
    }

    func put(_ attribute: Int, _ text: String) throws(SystemError) {
        try check(nla_put_string(pointer, Int32(attribute), text))
    }

    /// Wraps the attributes that `body` adds in a nested attribute.
    func nest(_ attribute: Int, _ body: () throws(SystemError) -> Void) throws(SystemError) {
        guard let start = nla_nest_start(pointer, Int32(attribute)) else { return try check(0 - NLE_MSGSIZE) }
        try body()
        try check(nla_nest_end(pointer, start))
    }

    deinit {
        nlmsg_free(pointer)
    }
}

/// An address in libnl's form, with one owner.
///
/// Objects that it is set on hold their own references.
struct LibnlAddress: ~Copyable {
    private let pointer: OpaquePointer
    private let operation: String

    /// An address of either family; `prefixLength` defaults to the full width.
    init(_ address: IPAddress, prefixLength: Int? = nil, for operation: String) throws(SystemError) {
        let octets = address.octets
        pointer = try allocated(nl_addr_build(address.family.number, octets, octets.count), for: operation)
        self.operation = operation
        nl_addr_set_prefixlen(pointer, Int32(clamping: prefixLength ?? address.family.bitWidth))
    }

    init(_ address: MACAddress, for operation: String) throws(SystemError) {
        let octets = address.octets
        pointer = try allocated(nl_addr_build(AF_LLC, octets, octets.count), for: operation)
        self.operation = operation
    }

    /// Lends the address to a libnl setter; throws if the setter returns a negative code.
    ///
    /// This is the only access to the pointer: an owner that is not named in a variable is gone before the call that
    /// uses its pointer.
    func lend(_ body: (OpaquePointer) -> Int32) throws(SystemError) {
        let result = body(pointer)
        guard result >= 0 else {
            throw SystemError(operation: operation, subject: "address", libnl: result)
        }
    }

    /// Lends the address to a libnl setter that cannot fail.
    func lend(_ body: (OpaquePointer) -> Void) {
        body(pointer)
    }

    deinit {
        nl_addr_put(pointer)
    }
}

/// A libnl socket with one owner, closed when the owner goes away.
struct LibnlSocket: ~Copyable {
    let pointer: OpaquePointer

    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        nl_socket_free(pointer)
    }
}

private func allocated(_ pointer: OpaquePointer?, for operation: String) throws(SystemError) -> OpaquePointer {
    guard let pointer else {
        throw SystemError(operation: operation, subject: "netlink request", code: ENOMEM)
    }
    return pointer
}

extension AddressFamily {
    /// Linux's AF number.
    var number: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        }
    }

    /// The family with this Linux AF number; nil for others.
    init?(number: Int32) {
        switch number {
        case AF_INET: self = .ipv4
        case AF_INET6: self = .ipv6
        default: return nil
        }
    }
}

extension IPAddress {
    /// Converts an address read by libnl; nil if there is none, or if it is not IP.
    init?(libnl pointer: OpaquePointer?) {
        guard let pointer, let octets = libnlOctets(of: pointer) else { return nil }
        self.init(octets: octets)
    }
}

extension MACAddress {
    /// Converts an address read by libnl; nil if there is none, or if it is not Ethernet.
    init?(libnl pointer: OpaquePointer?) {
        guard let pointer, let octets = libnlOctets(of: pointer), octets.count == 6 else { return nil }
        self.init(bits: octets.reduce(0) { $0 << 8 | UInt64($1) })
    }
}

private func libnlOctets(of pointer: OpaquePointer) -> [UInt8]? {
    guard let start = nl_addr_get_binary_addr(pointer) else { return nil }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(nl_addr_get_len(pointer))))
}
