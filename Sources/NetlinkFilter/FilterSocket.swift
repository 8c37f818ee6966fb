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

    private var exchange: FilterExchange

    /// Opens the socket inside `namespace`, on a thread that ends with it.
    package init(in namespace: borrowing NetworkNamespace) throws(SystemError) {
        exchange = try FilterExchange(in: namespace, octets: 65536)
    }

    /// Drops what the rules say from here on; what an earlier call said of the same table holds no longer.
    ///
    /// The links must be there: from Linux 6.16 on the kernel takes rules for one that may come later.
    /// - Throws: EPROTONOSUPPORT or EOPNOTSUPP where the kernel has no nf_tables.
    package mutating func drop(_ rules: [IngressDrop], table: String = table) throws(SystemError) {
        try exchange.commit(family: UInt8(NFPROTO_NETDEV), operation: "drop packets") { batch in
            // Deleting a table needs one to be there: adding it is no failure where it is.
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

    /// From here on a packet that is forwarded with a time to live of 1 or 255 leaves with the same.
    ///
    /// A VPC takes no hop where it forwards (observed, not documented): BGP with a time to live of 1 and BFD with 255 (RFC 5881
    /// section 5) reach another subnet. Linux takes one, and drops what has none left, so these two are put back.
    /// - Throws: EPROTONOSUPPORT or EOPNOTSUPP where the kernel has no nf_tables.
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

    /// Takes all rules of a table back; without any it does nothing.
    package mutating func removeAll(table: String = table) throws(SystemError) {
        try exchange.commit(family: UInt8(NFPROTO_NETDEV), operation: "stop dropping packets") { batch in
            batch.addTable(table)
            batch.deleteTable(table)
        }
    }

    /// Carries out what `build` puts into one transaction about tables of a family (NFPROTO).
    mutating func transact(
        _ operation: String, family: UInt8 = UInt8(NFPROTO_NETDEV), _ build: (inout FilterBatch) -> Void
    ) throws(SystemError) {
        try exchange.commit(family: family, operation: operation, build)
    }
}
