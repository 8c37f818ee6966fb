// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
package import LinuxSystem
internal import NetlinkSocket
internal import WireFormat

/// A NETLINK_NETFILTER socket that was opened inside one namespace: drops what arrives at links there, by nf_tables.
///
/// The rules of a fault are in a table of its own, made and removed as a whole in one transaction: a fault is in place or
/// it is not, and several leave each other alone. Ingress of a link is before anything else, so nobody who sends is told that it went nowhere.
package struct FilterSocket: ~Copyable {
    /// Of the netdev family; nobody else's name begins like this.
    package static let table = "rslab-fault"

    /// Of the ip family: what a VPC's router does to what it forwards.
    private static let forwardingTable = "rslab-router"

    private let socket: MnlSocket
    private let buffer: NetlinkBuffer
    private var sequence: UInt32 = 0

    /// Opens the socket inside `namespace`, on a thread that ends with it.
    package init(in namespace: borrowing NetworkNamespace) throws(SystemError) {
        socket = try MnlSocket(bus: NETLINK_NETFILTER, in: namespace)
        buffer = NetlinkBuffer(octets: 65536)
    }

    /// Drops what the rules say from here on; what an earlier call said of the same table holds no longer.
    ///
    /// The links must be there: from Linux 6.16 on the kernel takes rules for one that may come later.
    /// - Throws: EPROTONOSUPPORT or EOPNOTSUPP where the kernel has no nf_tables.
    package mutating func drop(_ rules: [IngressDrop], table: String = table) throws(SystemError) {
        var batch = FilterBatch(at: buffer.start, sequence: sequence)
        // Deleting a table needs one to be there: adding it is no failure where it is.
        batch.addTable(table)
        batch.deleteTable(table)
        if !rules.isEmpty {
            batch.addTable(table)
            for (number, link) in Set(rules.map(\.link)).sorted().enumerated() {
                batch.addIngressChain("ingress-\(number)", link: link, table: table)
                for rule in rules where rule.link == link {
                    batch.addDrop(rule.match, chain: "ingress-\(number)", table: table)
                }
            }
        }
        try commit(&batch, operation: "drop packets")
    }

    /// From here on a packet that is forwarded with a time to live of 1 or 255 leaves with the same.
    ///
    /// A VPC takes no hop where it forwards (observed, not documented): BGP with a time to live of 1 and BFD with 255 (RFC 5881
    /// section 5) reach another subnet. Linux takes one, and drops what has none left, so these two are put back.
    /// - Throws: EPROTONOSUPPORT or EOPNOTSUPP where the kernel has no nf_tables.
    package mutating func keepEdgeTimesToLive() throws(SystemError) {
        var batch = FilterBatch(at: buffer.start, sequence: sequence)
        batch.family = NFPROTO_IPV4
        batch.addTable(Self.forwardingTable)
        batch.addForwardingChain("arriving", hook: NF_INET_PRE_ROUTING, table: Self.forwardingTable)
        batch.addTimeToLiveChange(from: 1, to: 2, chain: "arriving", table: Self.forwardingTable)
        batch.addForwardingChain("leaving", hook: NF_INET_POST_ROUTING, table: Self.forwardingTable)
        batch.addTimeToLiveChange(from: 254, to: 255, chain: "leaving", table: Self.forwardingTable)
        try commit(&batch, operation: "keep times to live")
    }

    /// Takes all rules of a table back; without any it does nothing.
    package mutating func removeAll(table: String = table) throws(SystemError) {
        var batch = FilterBatch(at: buffer.start, sequence: sequence)
        batch.addTable(table)
        batch.deleteTable(table)
        try commit(&batch, operation: "stop dropping packets")
    }

    /// Carries out what `build` puts into one transaction.
    mutating func transact(_ operation: String, _ build: (inout FilterBatch) -> Void) throws(SystemError) {
        var batch = FilterBatch(at: buffer.start, sequence: sequence)
        build(&batch)
        try commit(&batch, operation: operation)
    }

    private mutating func commit(_ batch: inout FilterBatch, operation: String) throws(SystemError) {
        batch.end()
        sequence = batch.sequence
        try socket.send(buffer.start, batch.octetCount)
        // Each message that is not about the batch itself is acknowledged, in order; a failed batch has its failures alone.
        var awaited = Set(batch.acknowledged)
        while !awaited.isEmpty {
            let received = try socket.receive(into: buffer)
            var failure: Acknowledgement?
            forEachMessage(in: buffer, received) { header in
                guard let answer = Acknowledgement(header) else { return }
                awaited.remove(header.pointee.nlmsg_seq)
                if answer.code != 0, failure == nil { failure = answer }
            }
            if let failure {
                throw SystemError(
                    operation: operation, subject: "in \(socket.namespaceName)", code: failure.code,
                    detail: failure.detail)
            }
        }
    }
}
