// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
internal import WireFormat

/// One transaction of nf_tables requests, put together in memory that the caller owns.
struct FilterBatch {
    private(set) var octetCount = 0
    private(set) var sequence: UInt32
    /// The sequence numbers of the requests that the kernel answers.
    private(set) var acknowledged: [UInt32] = []

    static let ethernetIPv4: UInt16 = 0x0800
    static let ethernetIPv6: UInt16 = 0x86DD
    static let acceptVerdict: UInt32 = 1
    private static let dropVerdict: UInt32 = 0

    /// The family of the tables that this is about: of links' ingress unless told.
    var family = NFPROTO_NETDEV
    private let start: UnsafeMutableRawPointer
    private var header: UnsafeMutablePointer<nlmsghdr>

    init(at start: UnsafeMutableRawPointer, sequence: UInt32) {
        self.start = start
        self.sequence = sequence
        header = start.assumingMemoryBound(to: nlmsghdr.self)
        beginEnvelope(UInt16(NFNL_MSG_BATCH_BEGIN))
    }

    mutating func end() {
        beginEnvelope(UInt16(NFNL_MSG_BATCH_END))
        finish()
    }

    mutating func addTable(_ name: String) {
        begin(NFT_MSG_NEWTABLE, flags: NLM_F_CREATE)
        put(NFTA_TABLE_NAME, name)
        finish()
    }

    mutating func deleteTable(_ name: String) {
        begin(NFT_MSG_DELTABLE)
        put(NFTA_TABLE_NAME, name)
        finish()
    }

    /// A chain that sees what arrives at a link before anything else does.
    mutating func addIngressChain(_ name: String, link: String, table: String) {
        begin(NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE)
        put(NFTA_CHAIN_TABLE, table)
        put(NFTA_CHAIN_NAME, name)
        nest(NFTA_CHAIN_HOOK) {
            $0.put(NFTA_HOOK_HOOKNUM, UInt32(NF_NETDEV_INGRESS.rawValue).bigEndian)
            $0.put(NFTA_HOOK_PRIORITY, UInt32(0))
            $0.put(NFTA_HOOK_DEV, link)
        }
        put(NFTA_CHAIN_TYPE, "filter")
        put(NFTA_CHAIN_POLICY, Self.acceptVerdict.bigEndian)
        finish()
    }

    /// A rule that counts and drops what matches.
    mutating func addDrop(_ match: PacketMatch, chain: String, table: String) {
        begin(NFT_MSG_NEWRULE, flags: NLM_F_CREATE | NLM_F_APPEND)
        put(NFTA_RULE_TABLE, table)
        put(NFTA_RULE_CHAIN, chain)
        nest(NFTA_RULE_EXPRESSIONS) { $0.putExpressions(match) }
        finish()
    }

    // MARK: Expressions

    private mutating func putExpressions(_ match: PacketMatch) {
        if let family = match.family {
            meta(NFT_META_PROTOCOL)
            compare(NFT_CMP_EQ, (family == .ipv4 ? Self.ethernetIPv4 : Self.ethernetIPv6).bigEndian)
        }
        if let transport = match.transport {
            load(NFT_PAYLOAD_NETWORK_HEADER, offset: 9, count: 1)
            compare(NFT_CMP_EQ, transport.rawValue)
        }
        if let source = match.source {
            load(NFT_PAYLOAD_NETWORK_HEADER, offset: 12, count: 4)
            compare(NFT_CMP_EQ, source.bits.bigEndian)
        }
        switch match.destination {
        case .v4(let destination):
            load(NFT_PAYLOAD_NETWORK_HEADER, offset: 16, count: 4)
            compare(NFT_CMP_EQ, destination.bits.bigEndian)
        case .v6(let destination):
            load(NFT_PAYLOAD_NETWORK_HEADER, offset: 24, count: 16)
            compare(NFT_CMP_EQ, (UInt128(destination.high) << 64 | UInt128(destination.low)).bigEndian)
        case nil: break
        }
        switch match.port {
        case .source(let port):
            load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 0, count: 2)
            compare(NFT_CMP_EQ, port.bigEndian)
        case .destination(let port):
            load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 2, count: 2)
            compare(NFT_CMP_EQ, port.bigEndian)
        case nil: break
        }
        if let probability = match.probability, probability < 1 {
            meta(NFT_META_PRANDOM)
            // Octets are compared as a number in network order, and random ones are as random in that order.
            let threshold = UInt32(clamping: UInt64(max(probability, 0) * 4_294_967_296))
            compare(NFT_CMP_LT, threshold.bigEndian)
        }
        expression("counter") { _ in }
        expression("immediate") {
            $0.put(NFTA_IMMEDIATE_DREG, UInt32(NFT_REG_VERDICT.rawValue).bigEndian)
            $0.nest(NFTA_IMMEDIATE_DATA) {
                $0.nest(NFTA_DATA_VERDICT) { $0.put(NFTA_VERDICT_CODE, Self.dropVerdict.bigEndian) }
            }
        }
    }

    mutating func meta(_ key: nft_meta_keys) {
        expression("meta") {
            $0.put(NFTA_META_KEY, UInt32(key.rawValue).bigEndian)
            $0.put(NFTA_META_DREG, UInt32(NFT_REG_1.rawValue).bigEndian)
        }
    }

    mutating func load(_ base: nft_payload_bases, offset: UInt32, count: UInt32) {
        expression("payload") {
            $0.put(NFTA_PAYLOAD_DREG, UInt32(NFT_REG_1.rawValue).bigEndian)
            $0.put(NFTA_PAYLOAD_BASE, UInt32(base.rawValue).bigEndian)
            $0.put(NFTA_PAYLOAD_OFFSET, offset.bigEndian)
            $0.put(NFTA_PAYLOAD_LEN, count.bigEndian)
        }
    }

    mutating func compare(_ operation: nft_cmp_ops, _ value: some FixedWidthInteger) {
        expression("cmp") {
            $0.put(NFTA_CMP_SREG, UInt32(NFT_REG_1.rawValue).bigEndian)
            $0.put(NFTA_CMP_OP, UInt32(operation.rawValue).bigEndian)
            $0.nest(NFTA_CMP_DATA) { $0.put(NFTA_DATA_VALUE, value) }
        }
    }

    mutating func expression(_ name: String, _ body: (inout FilterBatch) -> Void) {
        nest(NFTA_LIST_ELEM) {
            $0.put(NFTA_EXPR_NAME, name)
            $0.nest(NFTA_EXPR_DATA, body)
        }
    }

    // MARK: Messages and attributes

    private mutating func beginEnvelope(_ type: UInt16) {
        putHeader(type: type, flags: NLM_F_REQUEST, family: UInt8(AF_UNSPEC), resource: UInt16(NFNL_SUBSYS_NFTABLES))
        octetCount += Int(header.pointee.nlmsg_len)
    }

    mutating func begin(_ message: nf_tables_msg_types, flags: Int32 = 0) {
        let type = UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(message.rawValue)
        putHeader(
            type: type, flags: NLM_F_REQUEST | NLM_F_ACK | flags, family: UInt8(family), resource: 0)
        acknowledged.append(sequence)
    }

    private mutating func putHeader(type: UInt16, flags: Int32, family: UInt8, resource: UInt16) {
        guard let header = mnl_nlmsg_put_header(start + octetCount),
            let extra = mnl_nlmsg_put_extra_header(header, MemoryLayout<nfgenmsg>.size)
        else { preconditionFailure("libmnl writes headers where it is told") }
        sequence &+= 1
        header.pointee.nlmsg_type = type
        header.pointee.nlmsg_flags = UInt16(flags)
        header.pointee.nlmsg_seq = sequence
        extra.storeBytes(
            of: nfgenmsg(nfgen_family: family, version: UInt8(NFNETLINK_V0), res_id: resource.bigEndian),
            as: nfgenmsg.self)
        self.header = header
    }

    mutating func finish() {
        guard header.pointee.nlmsg_type & 0xFF00 != 0 else { return }
        octetCount += Int(header.pointee.nlmsg_len)
    }

    func put(_ attribute: some RawRepresentable<UInt32>, _ text: String) {
        mnl_attr_put_strz(header, UInt16(attribute.rawValue), text)
    }

    func put(_ attribute: some RawRepresentable<UInt32>, _ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) {
            mnl_attr_put(header, UInt16(attribute.rawValue), $0.count, $0.baseAddress)
        }
    }

    mutating func nest(_ attribute: some RawRepresentable<UInt32>, _ body: (inout FilterBatch) -> Void) {
        let start = mnl_attr_nest_start(header, UInt16(attribute.rawValue))
        body(&self)
        mnl_attr_nest_end(header, start)
    }
}
