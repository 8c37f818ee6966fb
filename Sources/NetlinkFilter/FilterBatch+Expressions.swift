// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import WireFormat

/// The expressions from which a batch's rules are made.
extension FilterBatch {
    /// A 32-bit register, 0...15; longer values also use the following ones.
    struct Register {
        var number: UInt32

        init(_ number: UInt32) {
            self.number = number
        }

        var name: UInt32 { (NFT_REG32_00.rawValue + number).bigEndian }
    }

    private static let dropVerdict: Int32 = 0
    private static let acceptVerdict: Int32 = 1
    private static let first = Register(0)

    mutating func meta(_ key: nft_meta_keys, into register: Register = first) {
        expression("meta") {
            $0.put(NFTA_META_KEY, UInt32(key.rawValue).bigEndian)
            $0.put(NFTA_META_DREG, register.name)
        }
    }

    /// Loads octets of the packet; a load from the transport header ends the rule if the packet has none.
    mutating func load(_ base: nft_payload_bases, offset: UInt32, count: UInt32, into register: Register = first) {
        expression("payload") {
            $0.put(NFTA_PAYLOAD_DREG, register.name)
            $0.put(NFTA_PAYLOAD_BASE, UInt32(base.rawValue).bigEndian)
            $0.put(NFTA_PAYLOAD_OFFSET, offset.bigEndian)
            $0.put(NFTA_PAYLOAD_LEN, count.bigEndian)
        }
    }

    /// Writes octets of the packet, and corrects an Internet checksum in the same header.
    ///
    /// Octets that are part of TCP's and UDP's pseudo header change those checksums, too.
    mutating func write(
        _ register: Register, _ base: nft_payload_bases, offset: UInt32, count: UInt32, checksumOffset: UInt32,
        isInPseudoHeader: Bool = false
    ) {
        expression("payload") {
            $0.put(NFTA_PAYLOAD_SREG, register.name)
            $0.put(NFTA_PAYLOAD_BASE, UInt32(base.rawValue).bigEndian)
            $0.put(NFTA_PAYLOAD_OFFSET, offset.bigEndian)
            $0.put(NFTA_PAYLOAD_LEN, count.bigEndian)
            $0.put(NFTA_PAYLOAD_CSUM_TYPE, UInt32(NFT_PAYLOAD_CSUM_INET.rawValue).bigEndian)
            $0.put(NFTA_PAYLOAD_CSUM_OFFSET, checksumOffset.bigEndian)
            if isInPseudoHeader {
                $0.put(NFTA_PAYLOAD_CSUM_FLAGS, UInt32(NFT_PAYLOAD_L4CSUM_PSEUDOHDR.rawValue).bigEndian)
            }
        }
    }

    mutating func set(_ register: Register, to octets: [UInt8]) {
        expression("immediate") {
            $0.put(NFTA_IMMEDIATE_DREG, register.name)
            $0.nest(NFTA_IMMEDIATE_DATA) { $0.put(NFTA_DATA_VALUE, octets: octets) }
        }
    }

    /// Ends the rule unless the comparison with the register holds.
    mutating func compare(
        _ operation: nft_cmp_ops, _ value: some FixedWidthInteger, in register: Register = first
    ) {
        compare(operation, octets: withUnsafeBytes(of: value) { Array($0) }, in: register)
    }

    mutating func compare(_ operation: nft_cmp_ops, octets: [UInt8], in register: Register = first) {
        expression("cmp") {
            $0.put(NFTA_CMP_SREG, register.name)
            $0.put(NFTA_CMP_OP, UInt32(operation.rawValue).bigEndian)
            $0.nest(NFTA_CMP_DATA) { $0.put(NFTA_DATA_VALUE, octets: octets) }
        }
    }

    mutating func mask(with octets: [UInt8], in register: Register = first) {
        expression("bitwise") {
            $0.put(NFTA_BITWISE_SREG, register.name)
            $0.put(NFTA_BITWISE_DREG, register.name)
            $0.put(NFTA_BITWISE_LEN, UInt32(octets.count).bigEndian)
            $0.nest(NFTA_BITWISE_MASK) { $0.put(NFTA_DATA_VALUE, octets: octets) }
            $0.nest(NFTA_BITWISE_XOR) {
                $0.put(NFTA_DATA_VALUE, octets: [UInt8](repeating: 0, count: octets.count))
            }
        }
    }

    /// Ends the rule unless the key that begins in the register is in the set.
    mutating func lookUp(_ set: String, key register: Register = first) {
        expression("lookup") {
            $0.put(NFTA_LOOKUP_SET, set)
            $0.put(NFTA_LOOKUP_SREG, register.name)
        }
    }

    /// Jumps to the chain that a map gives for the key; ends the rule if it gives none.
    mutating func followMap(_ map: String, key register: Register = first) {
        expression("lookup") {
            $0.put(NFTA_LOOKUP_SET, map)
            $0.put(NFTA_LOOKUP_SREG, register.name)
            $0.put(NFTA_LOOKUP_DREG, UInt32(NFT_REG_VERDICT.rawValue).bigEndian)
        }
    }

    /// Adds the key that begins in the register to a set, from which it expires after `idleSeconds` without another
    /// add.
    ///
    /// Ends the rule if the set is full.
    mutating func remember(in set: String, key register: Register = first, idleSeconds: UInt64? = nil) {
        expression("dynset") {
            $0.put(NFTA_DYNSET_SET_NAME, set)
            $0.put(NFTA_DYNSET_OP, UInt32(NFT_DYNSET_OP_UPDATE.rawValue).bigEndian)
            $0.put(NFTA_DYNSET_SREG_KEY, register.name)
            if let idleSeconds { $0.put(NFTA_DYNSET_TIMEOUT, (idleSeconds * 1000).bigEndian) }
        }
    }

    /// Counts how often the key that begins in the register occurred, in its element of a set.
    mutating func tally(in set: String, key register: Register = first) {
        expression("dynset") {
            $0.put(NFTA_DYNSET_SET_NAME, set)
            $0.put(NFTA_DYNSET_OP, UInt32(NFT_DYNSET_OP_UPDATE.rawValue).bigEndian)
            $0.put(NFTA_DYNSET_SREG_KEY, register.name)
            $0.nest(NFTA_DYNSET_EXPR) {
                $0.put(NFTA_EXPR_NAME, "counter")
                $0.nest(NFTA_EXPR_DATA) { _ in }
            }
        }
    }

    /// Counts in one of the table's named counters.
    mutating func count(in counter: String) {
        expression("objref") {
            $0.put(NFTA_OBJREF_IMM_TYPE, UInt32(NFT_OBJECT_COUNTER).bigEndian)
            $0.put(NFTA_OBJREF_IMM_NAME, counter)
        }
    }

    /// Counts in the rule itself.
    mutating func count() {
        expression("counter") { _ in }
    }

    mutating func drop() { verdict(Self.dropVerdict) }

    mutating func accept() { verdict(Self.acceptVerdict) }

    /// Continues in another chain, which returns to this chain's caller.
    mutating func goTo(_ chain: String) { verdict(NFT_GOTO.rawValue, chain: chain) }

    /// Returns to the calling chain.
    mutating func comeBack() { verdict(NFT_RETURN.rawValue) }

    private mutating func verdict(_ code: Int32, chain: String? = nil) {
        expression("immediate") {
            $0.put(NFTA_IMMEDIATE_DREG, UInt32(NFT_REG_VERDICT.rawValue).bigEndian)
            $0.nest(NFTA_IMMEDIATE_DATA) { $0.putVerdict(code, chain: chain) }
        }
    }

    mutating func putVerdict(_ code: Int32, chain: String?) {
        nest(NFTA_DATA_VERDICT) {
            $0.put(NFTA_VERDICT_CODE, code.bigEndian)
            if let chain { $0.put(NFTA_VERDICT_CHAIN, chain) }
        }
    }

    private mutating func expression(_ name: String, _ body: (inout FilterBatch) -> Void) {
        nest(NFTA_LIST_ELEM) {
            $0.put(NFTA_EXPR_NAME, name)
            $0.nest(NFTA_EXPR_DATA, body)
        }
    }
}

// MARK: - What a fault drops

extension FilterBatch {
    static let ethernetIPv4: UInt16 = 0x0800
    static let ethernetIPv6: UInt16 = 0x86DD

    /// A rule that counts and drops matching packets.
    mutating func addDrop(_ match: PacketMatch, chain: String, table: String) {
        addRule(chain: chain, table: table) { $0.putExpressions(match) }
    }

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
        if let destination = match.destination {
            let (offset, count): (UInt32, UInt32) = destination.family == .ipv4 ? (16, 4) : (24, 16)
            load(NFT_PAYLOAD_NETWORK_HEADER, offset: offset, count: count)
            compare(NFT_CMP_EQ, octets: destination.octets)
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
        if let identifier = match.echoIdentifier {
            load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 4, count: 2)
            compare(NFT_CMP_EQ, identifier.bigEndian)
        }
        if let probability = match.probability, probability < 1 {
            meta(NFT_META_PRANDOM)
            // Octets are compared as a number in network order; random ones are just as random in that order.
            let threshold = UInt32(clamping: UInt64(max(probability, 0) * 4_294_967_296))
            compare(NFT_CMP_LT, threshold.bigEndian)
        }
        count()
        drop()
    }
}
