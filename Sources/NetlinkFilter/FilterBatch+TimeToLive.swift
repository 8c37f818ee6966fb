// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc

/// Rules about the time to live of what is forwarded.
extension FilterBatch {
    /// NF_IP_PRI_MANGLE, as a number of 32 bits.
    private static let manglePriority = UInt32(bitPattern: -150)

    /// A chain of the ip family that sees packets on their way through.
    mutating func addForwardingChain(_ name: String, hook: nf_inet_hooks, table: String) {
        begin(NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE)
        put(NFTA_CHAIN_TABLE, table)
        put(NFTA_CHAIN_NAME, name)
        nest(NFTA_CHAIN_HOOK) {
            $0.put(NFTA_HOOK_HOOKNUM, UInt32(hook.rawValue).bigEndian)
            $0.put(NFTA_HOOK_PRIORITY, Self.manglePriority.bigEndian)
        }
        put(NFTA_CHAIN_TYPE, "filter")
        put(NFTA_CHAIN_POLICY, Self.acceptVerdict.bigEndian)
        finish()
    }

    /// A rule that gives IPv4 packets with one time to live another, and sets their checksum right (RFC 791 section 3.1).
    mutating func addTimeToLiveChange(from former: UInt8, to new: UInt8, chain: String, table: String) {
        begin(NFT_MSG_NEWRULE, flags: NLM_F_CREATE | NLM_F_APPEND)
        put(NFTA_RULE_TABLE, table)
        put(NFTA_RULE_CHAIN, chain)
        nest(NFTA_RULE_EXPRESSIONS) { expressions in
            expressions.load(NFT_PAYLOAD_NETWORK_HEADER, offset: 8, count: 1)
            expressions.compare(NFT_CMP_EQ, former)
            expressions.expression("immediate") {
                $0.put(NFTA_IMMEDIATE_DREG, UInt32(NFT_REG_1.rawValue).bigEndian)
                $0.nest(NFTA_IMMEDIATE_DATA) { $0.put(NFTA_DATA_VALUE, new) }
            }
            expressions.expression("payload") {
                $0.put(NFTA_PAYLOAD_SREG, UInt32(NFT_REG_1.rawValue).bigEndian)
                $0.put(NFTA_PAYLOAD_BASE, UInt32(NFT_PAYLOAD_NETWORK_HEADER.rawValue).bigEndian)
                $0.put(NFTA_PAYLOAD_OFFSET, UInt32(8).bigEndian)
                $0.put(NFTA_PAYLOAD_LEN, UInt32(1).bigEndian)
                $0.put(NFTA_PAYLOAD_CSUM_TYPE, UInt32(NFT_PAYLOAD_CSUM_INET.rawValue).bigEndian)
                $0.put(NFTA_PAYLOAD_CSUM_OFFSET, UInt32(10).bigEndian)
            }
        }
        finish()
    }
}
