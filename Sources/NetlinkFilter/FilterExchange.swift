// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
internal import LinuxSystem
internal import NetlinkSocket

/// A socket to one namespace's nf_tables, with the memory in which requests are built and answers read.
struct FilterExchange: ~Copyable {
    private let socket: MnlSocket
    private let buffer: NetlinkBuffer
    private var sequence: UInt32 = 0

    /// - Parameter octets: The size of the largest transaction.
    init(in namespace: borrowing NetworkNamespace, octets: Int) throws(SystemError) {
        let socket = try MnlSocket(bus: NETLINK_NETFILTER, in: namespace)
        // A transaction is one datagram.
        if octets > 65536 { try socket.makeRoomToSend(octets: octets) }
        self.socket = socket
        buffer = NetlinkBuffer(octets: octets)
    }

    /// Commits a transaction: all of it or, if this throws, nothing.
    mutating func commit(
        family: UInt8, operation: String, _ body: (inout FilterBatch) -> Void
    ) throws(SystemError) {
        let first = sequence &+ 1
        var batch = FilterBatch(in: buffer, family: family, sequence: sequence)
        body(&batch)
        batch.end()
        sequence = batch.sequence
        guard !batch.isCutShort else {
            throw SystemError(operation: operation, subject: "in \(socket.namespaceName)", code: EMSGSIZE)
        }
        try socket.send(buffer.start, batch.octetCount)
        var failure: Acknowledgement?
        var isAnswered = false
        while !isAnswered {
            let received = try socket.receive(into: buffer)
            forEachMessage(in: buffer, received) { header in
                // An earlier batch that failed may have left more answers than its first failure.
                let number = header.pointee.nlmsg_seq &- first
                guard number <= batch.sequence &- first, let answer = Acknowledgement(header) else { return }
                if answer.code != 0, failure == nil { failure = answer }
                // An error that the kernel finds only at commit is reported for the first message.
                isAnswered = isAnswered || answer.code != 0 || header.pointee.nlmsg_seq == batch.acknowledged
            }
        }
        if let failure {
            throw SystemError(
                operation: operation, subject: "in \(socket.namespaceName)", code: failure.code,
                detail: failure.detail)
        }
    }

    /// Requests a list, and calls `body` for each message of it.
    ///
    /// - Parameter attributes: Filters of the list, as pairs of attribute and octets.
    mutating func list(
        _ message: nf_tables_msg_types, family: UInt8, operation: String, _ attributes: [(UInt32, [UInt8])],
        _ body: (UnsafePointer<nlmsghdr>) -> Void
    ) throws(SystemError) {
        sequence &+= 1
        guard let header = mnl_nlmsg_put_header(buffer.start),
            let extra = mnl_nlmsg_put_extra_header(header, MemoryLayout<nfgenmsg>.size)
        else { preconditionFailure("libmnl writes headers where it is told") }
        header.pointee.nlmsg_type = UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(message.rawValue)
        header.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST | NLM_F_DUMP)
        header.pointee.nlmsg_seq = sequence
        extra.storeBytes(
            of: nfgenmsg(nfgen_family: family, version: UInt8(NFNETLINK_V0), res_id: 0), as: nfgenmsg.self)
        for (attribute, octets) in attributes {
            octets.withUnsafeBytes { mnl_attr_put(header, UInt16(attribute), $0.count, $0.baseAddress) }
        }
        try socket.send(buffer.start, Int(header.pointee.nlmsg_len))
        var end: Acknowledgement?
        while end == nil {
            let received = try socket.receive(into: buffer)
            forEachMessage(in: buffer, received) { header in
                guard header.pointee.nlmsg_seq == sequence else { return }
                if let answer = Acknowledgement(header) { end = answer } else { body(header) }
            }
        }
        if let end, end.code != 0 {
            throw SystemError(
                operation: operation, subject: "in \(socket.namespaceName)", code: end.code, detail: end.detail)
        }
    }
}
