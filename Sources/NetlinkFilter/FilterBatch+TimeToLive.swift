// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc

/// Rules about the time to live of forwarded packets.
extension FilterBatch {
    /// NF_IP_PRI_MANGLE.
    private static let manglePriority: Int32 = -150

    /// A chain of the ip family that sees forwarded packets.
    mutating func addForwardingChain(_ name: String, hook: nf_inet_hooks, table: String) {
        addBaseChain(name, hook: UInt32(hook.rawValue), priority: Self.manglePriority, table: table)
    }

    /// A rule that changes the time to live of IPv4 packets from one value to another, and corrects their checksum (RFC
    /// 791 section 3.1).
    mutating func addTimeToLiveChange(from former: UInt8, to new: UInt8, chain: String, table: String) {
        addRule(chain: chain, table: table) {
            $0.load(NFT_PAYLOAD_NETWORK_HEADER, offset: 8, count: 1)
            $0.compare(NFT_CMP_EQ, former)
            $0.set(Register(0), to: [new])
            $0.write(Register(0), NFT_PAYLOAD_NETWORK_HEADER, offset: 8, count: 1, checksumOffset: 10)
        }
    }
}
