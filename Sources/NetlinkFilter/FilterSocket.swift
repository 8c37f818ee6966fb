// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
package import LinuxSystem
internal import NetlinkSocket
internal import WireFormat

/// A NETLINK_NETFILTER socket opened inside one namespace: drops what arrives at links there, by nf_tables.
///
/// A fault's rules are in a table of its own, made and removed as a whole in one transaction: a fault is in place or
/// not, and faults do not disturb each other. A link's ingress hook comes before everything else, so the sender is
/// never informed that a packet was dropped.
package struct FilterSocket: ~Copyable {
    /// Of the netdev family; no other program's tables begin with this name.
    package static let table = "rslab-fault"

    /// Of the ip family: what a VPC's router does to packets that it forwards.
    private static let forwardingTable = "rslab-router"

    private var exchange: FilterExchange

    /// Opens the socket inside `namespace`, on a thread that ends with it.
    package init(in namespace: borrowing NetworkNamespace) throws(SystemError) {
        exchange = try FilterExchange(in: namespace, octets: 65536)
    }

    /// Drops packets by these rules from now on; they replace those of an earlier call for the same table.
    ///
    /// The links must exist: only from Linux 6.16 on does the kernel accept rules for a link that may come later.
    /// - Throws: EPROTONOSUPPORT or EOPNOTSUPP if the kernel has no nf_tables.
    package mutating func drop(_ rules: [IngressDrop], table: String = table) throws(SystemError) {
        try exchange.commit(family: UInt8(NFPROTO_NETDEV), operation: "drop packets") { batch in
            // Deleting a table fails if there is none: add it first, which succeeds if it already exists.
            batch.addTable(table)
            batch.deleteTable(table)
            guard !rules.isEmpty else { return }
            batch.addTable(table)
            for (number, link) in Set(rules.map(\.link)).sorted().enumerated() {
                let chain = "ingress-\(number)"
                batch.addIngressChain(chain, link: link, table: table)
                for rule in rules where rule.link == link {
                    batch.addDrop(rule.match, chain: chain, table: table)
                }
            }
        }
    }

    /// Forwarded packets with a time to live of 1 or 255 keep it from now on.
    ///
    /// A VPC does not decrement the time to live where it forwards (observed, not documented): BGP with a time to live
    /// of 1 and BFD with 255 (RFC 5881 section 5) reach another subnet. Linux decrements it and drops packets at 0, so
    /// these two values are put back.
    /// - Throws: EPROTONOSUPPORT or EOPNOTSUPP if the kernel has no nf_tables.
    package mutating func keepEdgeTimesToLive() throws(SystemError) {
        let table = Self.forwardingTable
        try exchange.commit(family: UInt8(NFPROTO_IPV4), operation: "keep times to live") { batch in
            batch.addTable(table)
            batch.addForwardingChain("arriving", hook: NF_INET_PRE_ROUTING, table: table)
            batch.addTimeToLiveChange(from: 1, to: 2, chain: "arriving", table: table)
            batch.addForwardingChain("leaving", hook: NF_INET_POST_ROUTING, table: table)
            batch.addTimeToLiveChange(from: 254, to: 255, chain: "leaving", table: table)
        }
    }

    /// Removes all rules of a table; without any it does nothing.
    package mutating func removeAll(table: String = table) throws(SystemError) {
        try exchange.commit(family: UInt8(NFPROTO_NETDEV), operation: "stop dropping packets") { batch in
            batch.addTable(table)
            batch.deleteTable(table)
        }
    }

    /// How many rules a table has; 0 if it does not exist.
    package mutating func ruleCount(table: String = table) throws(SystemError) -> Int {
        var count = 0
        try exchange.list(
            NFT_MSG_GETRULE, family: UInt8(NFPROTO_NETDEV), operation: "list the rules of \(table)",
            [(NFTA_RULE_TABLE.rawValue, Array(table.utf8) + [0])]
        ) { _ in count += 1 }
        return count
    }

    /// Commits the requests that `build` adds as one transaction on tables of a family (NFPROTO).
    mutating func transact(
        _ operation: String, family: UInt8 = UInt8(NFPROTO_NETDEV), _ build: (inout FilterBatch) -> Void
    ) throws(SystemError) {
        try exchange.commit(family: family, operation: operation, build)
    }
}
