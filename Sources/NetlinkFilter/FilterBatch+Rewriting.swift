// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
internal import WireFormat

/// Requests for rules that change packets instead of dropping them.
extension FilterBatch {
    /// Offsets in an IPv4 header (RFC 791 section 3.1).
    private enum IPv4Offset {
        static let timeToLive: UInt32 = 8
        static let transport: UInt32 = 9
        static let checksum: UInt32 = 10
        static let source: UInt32 = 12
        static let destination: UInt32 = 16
    }

    private static let echoReply: UInt8 = 0

    /// A rule that replaces one address with another, counts the packet and accepts it.
    mutating func addTranslation(_ translation: AddressTranslation, chain: String, table: String) {
        let offset = translation.isOfSource ? IPv4Offset.source : IPv4Offset.destination
        addRule(chain: chain, table: table) {
            $0.meta(NFT_META_PROTOCOL)
            $0.compare(NFT_CMP_EQ, FilterBatch.ethernetIPv4.bigEndian)
            $0.load(NFT_PAYLOAD_NETWORK_HEADER, offset: offset, count: 4)
            $0.compare(NFT_CMP_EQ, translation.address.bits.bigEndian)
            $0.immediate(translation.replacement.bits.bigEndian)
            $0.write(offset: offset, count: 4, isInPseudoHeader: true)
            $0.count()
            $0.accept()
        }
    }

    /// A rule that accepts packets from one address.
    mutating func addAccept(source: IPv4Address, chain: String, table: String) {
        addRule(chain: chain, table: table) {
            $0.meta(NFT_META_PROTOCOL)
            $0.compare(NFT_CMP_EQ, FilterBatch.ethernetIPv4.bigEndian)
            $0.load(NFT_PAYLOAD_NETWORK_HEADER, offset: IPv4Offset.source, count: 4)
            $0.compare(NFT_CMP_EQ, source.bits.bigEndian)
            $0.accept()
        }
    }

    /// A rule that counts and drops every IPv4 packet.
    mutating func addDropOfIPv4(chain: String, table: String) {
        addRule(chain: chain, table: table) {
            $0.meta(NFT_META_PROTOCOL)
            $0.compare(NFT_CMP_EQ, FilterBatch.ethernetIPv4.bigEndian)
            $0.count()
            $0.drop()
        }
    }

    /// In a batch of the IPv4 family, makes an empty table with a chain that sees forwarded packets; an earlier table
    /// is replaced.
    mutating func makeForwardChain(_ name: String, table: String) {
        addTable(table)
        deleteTable(table)
        addTable(table)
        addForwardingChain(name, hook: NF_INET_FORWARD, table: table)
    }

    /// A rule that changes the IP time to live of echo replies from one value to another.
    mutating func addReplyMark(_ mark: UInt8, insteadOf timeToLive: UInt8, chain: String, table: String) {
        addRule(chain: chain, table: table) {
            $0.load(NFT_PAYLOAD_NETWORK_HEADER, offset: IPv4Offset.transport, count: 1)
            $0.compare(NFT_CMP_EQ, PacketMatch.Transport.icmp.rawValue)
            $0.load(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 0, count: 1)
            $0.compare(NFT_CMP_EQ, Self.echoReply)
            $0.load(NFT_PAYLOAD_NETWORK_HEADER, offset: IPv4Offset.timeToLive, count: 1)
            $0.compare(NFT_CMP_EQ, timeToLive)
            // Checksums cover 16-bit words, so the protocol, which is known, is written too.
            $0.immediate((UInt16(mark) << 8 | UInt16(PacketMatch.Transport.icmp.rawValue)).bigEndian)
            $0.write(offset: IPv4Offset.timeToLive, count: 2, isInPseudoHeader: false)
            $0.count()
        }
    }

    // MARK: Expressions

    private mutating func immediate(_ value: some FixedWidthInteger) {
        set(Register(0), to: withUnsafeBytes(of: value) { Array($0) })
    }

    /// Writes the register into the network header, and corrects the header's checksum, and TCP's and UDP's if their
    /// pseudo header covers it.
    private mutating func write(offset: UInt32, count: UInt32, isInPseudoHeader: Bool) {
        write(
            Register(0), NFT_PAYLOAD_NETWORK_HEADER, offset: offset, count: count,
            checksumOffset: IPv4Offset.checksum, isInPseudoHeader: isInPseudoHeader)
    }
}
