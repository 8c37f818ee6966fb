// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
package import LinuxSystem
internal import NetlinkSocket
internal import WireFormat

/// Sees every change to a namespace's routing tables, IPv4 and IPv6, whatever makes it.
///
/// A witness independent of the writer: it has its own sockets.
package struct RouteWatcher: ~Copyable {
    private let events: MnlSocket
    /// Dumps use a separate socket: on the events' socket their answers would mix.
    private let dumps: MnlSocket
    private let buffer: NetlinkBuffer
    private var sequence: UInt32

    /// Room for unread events, in octets as the kernel counts them: about 20,000 events.
    package static let defaultEventRoom = 16 << 20
    /// The most times a dump is repeated because the table changed meanwhile.
    private static let dumpAttempts = 8

    /// Subscribes inside `namespace`, on a thread that ends with it.
    ///
    /// `eventRoom` is how much may wait unread, in octets as the kernel counts them.
    package init(
        in namespace: borrowing NetworkNamespace, eventRoom: Int = defaultEventRoom
    ) throws(SystemError) {
        let events = try MnlSocket(bus: NETLINK_ROUTE, in: namespace, isBlocking: false)
        _ = try events.makeRoom(octets: eventRoom)
        try events.join(group: RTNLGRP_IPV4_ROUTE.rawValue)
        try events.join(group: RTNLGRP_IPV6_ROUTE.rawValue)
        let dumps = try MnlSocket(bus: NETLINK_ROUTE, in: namespace)
        self.events = events
        self.dumps = dumps
        buffer = NetlinkBuffer(octets: 32768)
        sequence = 0
    }

    /// Readable when events are waiting; never blocks.
    package var descriptor: Int32 { events.descriptor }

    /// Reads all waiting events.
    ///
    /// It never waits. After an `.overrun` the kernel reports nothing more until everything is read, so dump after this
    /// returns, not inside `body`.
    package mutating func readEvents(_ body: (RouteEvent) -> Void) throws(SystemError) {
        while true {
            let received: Int
            do throws(SystemError) {
                received = try events.receive(into: buffer)
            } catch {
                if error.code == EAGAIN { return }
                guard error.code == ENOBUFS else { throw error }
                body(.overrun(at: .now))
                continue
            }
            let now = Instant.now
            forEachMessage(in: buffer, received) { header in
                switch Int(header.pointee.nlmsg_type) {
                case RTM_NEWROUTE:
                    if let route = RouteMessage.read(header) {
                        body(.installed(route, by: header.pointee.nlmsg_pid, at: now))
                    }
                case RTM_DELROUTE:
                    if let route = RouteMessage.read(header) {
                        body(.removed(route, by: header.pointee.nlmsg_pid, at: now))
                    }
                default:
                    break
                }
            }
        }
    }

    /// The current routes of a table, both families; empty for a table that does not exist.
    ///
    /// Events of changes already included in the result may still be waiting.
    package mutating func dump(table: UInt32) throws(SystemError) -> [KernelRoute] {
        try dump(table: table, family: .ipv4) + dump(table: table, family: .ipv6)
    }

    private mutating func dump(table: UInt32, family: AddressFamily) throws(SystemError) -> [KernelRoute] {
        var routes: [KernelRoute] = []
        for _ in 0..<Self.dumpAttempts {
            routes.removeAll(keepingCapacity: true)
            sequence &+= 1
            let length = RouteMessage.putDump(
                table: table, family: family, at: buffer.start, sequence: sequence)
            try dumps.send(buffer.start, length)
            if try readDump(of: table, into: &routes) { break }
        }
        return routes
    }

    /// Returns false if the table changed while it was read.
    private func readDump(of table: UInt32, into routes: inout [KernelRoute]) throws(SystemError) -> Bool {
        var isConsistent = true
        var outcome: Acknowledgement?
        while outcome == nil {
            let received = try dumps.receive(into: buffer)
            forEachMessage(in: buffer, received) { header in
                guard header.pointee.nlmsg_seq == sequence else { return }
                if Int32(header.pointee.nlmsg_flags) & NLM_F_DUMP_INTR != 0 { isConsistent = false }
                switch Int32(header.pointee.nlmsg_type) {
                case NLMSG_ERROR, NLMSG_DONE:
                    outcome = Acknowledgement(header)
                case Int32(RTM_NEWROUTE):
                    // An older kernel ignores the filter.
                    if let route = RouteMessage.read(header), route.table == table { routes.append(route) }
                default:
                    break
                }
            }
        }
        // A table exists once it has an entry.
        guard let outcome, outcome.code != 0, outcome.code != ENOENT else { return isConsistent }
        throw SystemError(
            operation: "list routes", subject: "table \(table) in \(dumps.namespaceName)", code: outcome.code,
            detail: outcome.detail)
    }
}
