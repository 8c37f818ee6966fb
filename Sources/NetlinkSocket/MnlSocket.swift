// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
package import LinuxSystem

/// A libmnl socket opened inside one namespace, closed when its owner goes away.
package struct MnlSocket: ~Copyable {
    private let pointer: OpaquePointer
    /// The namespace's name in messages.
    package let namespaceName: String

    /// - Parameter bus: NETLINK_ROUTE, NETLINK_NETFILTER, ….
    package init(
        bus: Int32, in namespace: borrowing NetworkNamespace, isBlocking: Bool = true
    ) throws(SystemError) {
        let name = namespace.name
        namespaceName = name
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (isBlocking ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        pointer = try namespace.perform { () throws(SystemError) -> OpaquePointer in
            guard let socket = mnl_socket_open2(bus, flags) else {
                throw SystemError(operation: "open netlink socket", subject: name, code: errno)
            }
            // Port 0: the kernel chooses a free one.
            guard mnl_socket_bind(socket, 0, 0) >= 0, rslab_mnl_set_up(socket, bus) >= 0 else {
                let code = errno
                mnl_socket_close(socket)
                throw SystemError(operation: "set up netlink socket", subject: name, code: code)
            }
            return socket
        }
    }

    package var descriptor: Int32 { mnl_socket_get_fd(pointer) }

    /// The kernel's name for this socket in its namespace: notifications of what it changed carry it.
    package var portID: UInt32 { mnl_socket_get_portid(pointer) }

    /// Subscribes to a multicast group (RTNLGRP).
    package func join(group: UInt32) throws(SystemError) {
        _ = try systemCall("join netlink group \(group)", namespaceName) {
            rslab_mnl_join(pointer, Int32(clamping: group))
        }
    }

    /// Enlarges the receive queue and returns its new size, in octets as the kernel counts them.
    package func makeRoom(octets: Int) throws(SystemError) -> Int {
        Int(
            try systemCall("enlarge netlink receive queue", namespaceName) {
                rslab_mnl_set_receive_room(pointer, Int32(clamping: octets))
            })
    }

    /// Allows datagrams of this length to be sent.
    package func makeRoomToSend(octets: Int) throws(SystemError) {
        _ = try systemCall("enlarge netlink send queue", namespaceName) {
            rslab_mnl_set_send_room(pointer, Int32(clamping: octets))
        }
    }

    /// Sends a batch of requests; the kernel processes them before this returns.
    package func send(_ start: UnsafeMutableRawPointer, _ length: Int) throws(SystemError) {
        _ = try systemCall("send netlink request", namespaceName) { mnl_socket_sendto(pointer, start, length) }
    }

    /// Receives one datagram and returns its length.
    package func receive(into buffer: borrowing NetlinkBuffer) throws(SystemError) -> Int {
        let start = buffer.start
        let octets = buffer.octets
        return try systemCall("read netlink answer", namespaceName) { mnl_socket_recvfrom(pointer, start, octets) }
    }

    deinit {
        mnl_socket_close(pointer)
    }
}
