// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
internal import NetlinkSocket

/// One transaction of nf_tables requests, built in memory that the caller owns.
///
/// The kernel acknowledges the last request when all are done, and reports every one that it refuses.
struct FilterBatch {
    private(set) var octetCount = 0
    private(set) var sequence: UInt32
    /// The sequence number of the request that the kernel acknowledges.
    private(set) var acknowledged: UInt32 = 0
    /// Whether the memory was too small; if so, the batch must not be sent.
    private(set) var isCutShort = false

    private static let acceptPolicy: UInt32 = 1
    /// More than any of our messages needs.
    private static let messageOctets = 8192

    private let start: UnsafeMutableRawPointer
    private let capacity: Int
    private let family: UInt8
    private var header: UnsafeMutablePointer<nlmsghdr>

    /// - Parameter family: The family of its tables (NFPROTO).
    init(in buffer: borrowing NetlinkBuffer, family: UInt8, sequence: UInt32) {
        start = buffer.start
        capacity = buffer.octets
        self.family = family
        self.sequence = sequence
        header = start.assumingMemoryBound(to: nlmsghdr.self)
        putEnvelope(UInt16(NFNL_MSG_BATCH_BEGIN))
    }

    mutating func end() {
        header.pointee.nlmsg_flags |= UInt16(NLM_F_ACK)
        acknowledged = sequence
        putEnvelope(UInt16(NFNL_MSG_BATCH_END))
    }

    // MARK: Tables, chains, counters

    mutating func addTable(_ name: String) {
        message(NFT_MSG_NEWTABLE, flags: NLM_F_CREATE) { $0.put(NFTA_TABLE_NAME, name) }
    }

    mutating func deleteTable(_ name: String) {
        message(NFT_MSG_DELTABLE) { $0.put(NFTA_TABLE_NAME, name) }
    }

    /// A chain attached to a hook.
    mutating func addBaseChain(
        _ name: String, hook: UInt32, priority: Int32 = 0, link: String? = nil, table: String
    ) {
        message(NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE) {
            $0.put(NFTA_CHAIN_TABLE, table)
            $0.put(NFTA_CHAIN_NAME, name)
            $0.nest(NFTA_CHAIN_HOOK) {
                $0.put(NFTA_HOOK_HOOKNUM, hook.bigEndian)
                $0.put(NFTA_HOOK_PRIORITY, priority.bigEndian)
                if let link { $0.put(NFTA_HOOK_DEV, link) }
            }
            $0.put(NFTA_CHAIN_TYPE, "filter")
            $0.put(NFTA_CHAIN_POLICY, Self.acceptPolicy.bigEndian)
        }
    }

    /// A chain of the netdev family that sees everything that arrives at a link, before anything else does.
    mutating func addIngressChain(_ name: String, link: String, table: String) {
        addBaseChain(name, hook: UInt32(NF_NETDEV_INGRESS.rawValue), link: link, table: table)
    }

    /// A chain that other chains jump to.
    mutating func addChain(_ name: String, table: String) {
        message(NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE) {
            $0.put(NFTA_CHAIN_TABLE, table)
            $0.put(NFTA_CHAIN_NAME, name)
        }
    }

    mutating func addRule(chain: String, table: String, _ expressions: (inout FilterBatch) -> Void) {
        message(NFT_MSG_NEWRULE, flags: NLM_F_CREATE | NLM_F_APPEND) {
            $0.put(NFTA_RULE_TABLE, table)
            $0.put(NFTA_RULE_CHAIN, chain)
            $0.nest(NFTA_RULE_EXPRESSIONS, expressions)
        }
    }

    mutating func addCounter(_ name: String, table: String) {
        message(NFT_MSG_NEWOBJ, flags: NLM_F_CREATE) {
            $0.put(NFTA_OBJ_TABLE, table)
            $0.put(NFTA_OBJ_NAME, name)
            $0.put(NFTA_OBJ_TYPE, UInt32(NFT_OBJECT_COUNTER).bigEndian)
            $0.nest(NFTA_OBJ_DATA) { _ in }
        }
    }

    // MARK: Sets

    /// A set; `flags` (NFT_SET) give its properties.
    ///
    /// - Parameter number: Unique in the batch.
    mutating func addSet(
        _ name: String, number: UInt32, keyOctets: Int, flags: UInt32, sizeMax: UInt32? = nil, table: String
    ) {
        message(NFT_MSG_NEWSET, flags: NLM_F_CREATE) {
            $0.put(NFTA_SET_TABLE, table)
            $0.put(NFTA_SET_NAME, name)
            $0.put(NFTA_SET_ID, number.bigEndian)
            $0.put(NFTA_SET_FLAGS, flags.bigEndian)
            $0.put(NFTA_SET_KEY_TYPE, UInt32(0))
            $0.put(NFTA_SET_KEY_LEN, UInt32(keyOctets).bigEndian)
            if flags & NFT_SET_MAP.rawValue != 0 {
                $0.put(NFTA_SET_DATA_TYPE, UInt32(NFT_DATA_VERDICT.rawValue).bigEndian)
            }
            if let sizeMax {
                $0.nest(NFTA_SET_DESC) { $0.put(NFTA_SET_DESC_SIZE, sizeMax.bigEndian) }
            }
        }
    }

    /// An element of a set.
    struct Element {
        var key: [UInt8]
        /// In a map: the chain to jump to for packets with that key.
        var chain: String?
        /// In a set whose elements expire: after how long, in the kernel's encoding.
        var timeout: [UInt8] = []
    }

    mutating func addElements(_ elements: [Element], to set: String, table: String) {
        // In groups, to keep each message short.
        for start in stride(from: 0, to: elements.count, by: 64) {
            message(NFT_MSG_NEWSETELEM, flags: NLM_F_CREATE) { batch in
                batch.put(NFTA_SET_ELEM_LIST_TABLE, table)
                batch.put(NFTA_SET_ELEM_LIST_SET, set)
                batch.nest(NFTA_SET_ELEM_LIST_ELEMENTS) { batch in
                    for element in elements[start..<min(start + 64, elements.count)] {
                        batch.nest(NFTA_LIST_ELEM) {
                            $0.nest(NFTA_SET_ELEM_KEY) { $0.put(NFTA_DATA_VALUE, octets: element.key) }
                            if !element.timeout.isEmpty {
                                $0.put(NFTA_SET_ELEM_TIMEOUT, octets: element.timeout)
                            }
                            if let chain = element.chain {
                                $0.nest(NFTA_SET_ELEM_DATA) { $0.putVerdict(NFT_JUMP.rawValue, chain: chain) }
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: Messages and attributes

    private mutating func putEnvelope(_ type: UInt16) {
        putHeader(type: type, flags: NLM_F_REQUEST, family: UInt8(AF_UNSPEC), resource: UInt16(NFNL_SUBSYS_NFTABLES))
        octetCount += Int(header.pointee.nlmsg_len)
    }

    private mutating func message(
        _ message: nf_tables_msg_types, flags: Int32 = 0, _ body: (inout FilterBatch) -> Void
    ) {
        // Room for one message and the end of the envelope.
        guard octetCount + 2 * Self.messageOctets <= capacity else {
            isCutShort = true
            return
        }
        putHeader(
            type: UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(message.rawValue), flags: NLM_F_REQUEST | flags,
            family: family, resource: 0)
        body(&self)
        octetCount += Int(header.pointee.nlmsg_len)
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

    func put(_ attribute: some RawRepresentable<UInt32>, _ text: String) {
        mnl_attr_put_strz(header, UInt16(attribute.rawValue), text)
    }

    func put(_ attribute: some RawRepresentable<UInt32>, _ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) {
            mnl_attr_put(header, UInt16(attribute.rawValue), $0.count, $0.baseAddress)
        }
    }

    func put(_ attribute: some RawRepresentable<UInt32>, octets: [UInt8]) {
        octets.withUnsafeBytes {
            mnl_attr_put(header, UInt16(attribute.rawValue), $0.count, $0.baseAddress)
        }
    }

    mutating func nest(_ attribute: some RawRepresentable<UInt32>, _ body: (inout FilterBatch) -> Void) {
        let start = mnl_attr_nest_start(header, UInt16(attribute.rawValue))
        body(&self)
        mnl_attr_nest_end(header, start)
    }
}
