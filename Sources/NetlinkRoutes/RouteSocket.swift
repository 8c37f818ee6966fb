// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
package import LinuxSystem
internal import NetlinkSocket
package import WireFormat

/// A NETLINK_ROUTE socket opened inside one namespace, where it stays: it writes routes and is timed.
///
/// One change costs one system call out and one in, and no allocation: the kernel processes a request before the send
/// returns, and its acknowledgement is then waiting. Many changes go out in batches of one system call each; only the
/// last of a batch asks for an acknowledgement, since the kernel reports every failure anyway and works in order.
package struct RouteSocket: ~Copyable {
    private let socket: MnlSocket
    private let requests: NetlinkBuffer
    private let answers: NetlinkBuffer
    /// Changes per batch: if all of them fail, the answers must still fit the receive queue.
    private let batchLimit: Int
    private var sequence: UInt32

    /// The most changes that one system call carries.
    package static let maximumBatch = 1024
    /// Changes in the first system call; each further one carries twice as many.
    private static let firstBatch = 32
    /// The longest request: headers, table, prefix, next hop, interface and metric, all IPv6.
    private static let requestLimit = 128
    /// Receive queue space for one answer, generously: the kernel also counts its own bookkeeping.
    private static let answerRoom = 2048

    /// Opens the socket inside `namespace`, on a thread that ends with it.
    package init(in namespace: borrowing NetworkNamespace) throws(SystemError) {
        let socket = try MnlSocket(bus: NETLINK_ROUTE, in: namespace)
        let room = try socket.makeRoom(octets: Self.maximumBatch * Self.answerRoom)
        self.socket = socket
        sequence = 0
        batchLimit = min(max(room / Self.answerRoom, 1), Self.maximumBatch)
        requests = NetlinkBuffer(octets: batchLimit * Self.requestLimit)
        answers = NetlinkBuffer(octets: 32768)
    }

    /// Identifies this writer in a `RouteWatcher`'s events.
    package var portID: UInt32 { socket.portID }

    /// Writes changes in order, and reports for each its outcome and when the kernel's answer was read.
    ///
    /// Replacing an IPv4 route by an identical one succeeds, but the kernel announces nothing to a `RouteWatcher`.
    ///
    /// A failed change does not stop the others. `acknowledged` is called once per change, in order, with its index. A
    /// thrown error concerns the socket itself, and changes not yet reported are uncertain.
    package mutating func apply(
        _ changes: [RouteChange], acknowledged: (_ index: Int, _ result: RouteResult, _ at: Instant) -> Void
    ) throws(SystemError) {
        var first = 0
        // The first of many must not wait for the kernel's work on a thousand others before it is acknowledged.
        var size = min(Self.firstBatch, batchLimit)
        while first < changes.count {
            let end = min(first + size, changes.count)
            try apply(changes, first..<end, acknowledged)
            first = end
            size = min(2 * size, batchLimit)
        }
    }

    /// Writes one change, and returns its outcome and when the kernel's answer was read.
    package mutating func apply(_ change: RouteChange) throws(SystemError) -> (result: RouteResult, at: Instant) {
        let firstSequence = sequence &+ 1
        sequence = firstSequence
        let length = RouteMessage.put(
            change, at: requests.start, sequence: firstSequence, asksForAcknowledgement: true)
        try socket.send(requests.start, length)
        while true {
            let received = try socket.receive(into: answers)
            let now = Instant.now
            var answer: Acknowledgement?
            forEachMessage(in: answers, received) { header in
                guard header.pointee.nlmsg_seq == firstSequence else { return }
                answer = Acknowledgement(header)
            }
            if let answer { return (result(of: change, answer), now) }
        }
    }

    private mutating func apply(
        _ changes: [RouteChange], _ batch: Range<Int>,
        _ acknowledged: (_ index: Int, _ result: RouteResult, _ at: Instant) -> Void
    ) throws(SystemError) {
        let firstSequence = sequence &+ 1
        var length = 0
        for index in batch {
            sequence &+= 1
            length += RouteMessage.put(
                changes[index], at: requests.start + length, sequence: sequence,
                asksForAcknowledgement: index == batch.upperBound - 1)
        }
        try socket.send(requests.start, length)
        var next = batch.lowerBound
        while next < batch.upperBound {
            let received = try socket.receive(into: answers)
            let now = Instant.now
            forEachMessage(in: answers, received) { header in
                // An answer to an earlier batch, left behind by an error, wraps around to a large offset.
                let offset = Int(header.pointee.nlmsg_seq &- firstSequence)
                guard offset < batch.count, let answer = Acknowledgement(header) else { return }
                let answered = batch.lowerBound + offset
                // The kernel works in order: a change not mentioned before this answer succeeded.
                while next < answered {
                    acknowledged(next, .applied, now)
                    next += 1
                }
                if next == answered {
                    acknowledged(next, result(of: changes[next], answer), now)
                    next += 1
                }
            }
        }
    }

    private func result(of change: RouteChange, _ answer: Acknowledgement) -> RouteResult {
        if answer.code == 0 { return .applied }
        if change.nextHop == nil, answer.code == ESRCH || answer.code == ENOENT { return .alreadyAbsent }
        return .failed(
            SystemError(
                operation: change.nextHop == nil ? "delete route" : "replace route",
                subject: "\(change) in \(socket.namespaceName)", code: answer.code, detail: answer.detail))
    }
}
