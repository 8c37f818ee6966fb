// SPDX-License-Identifier: MIT-0
internal import CLibmnl
internal import Glibc
package import LinuxSystem
package import WireFormat

/// Replaces one IPv4 address with another as a packet arrives: stateless, one to one.
package struct AddressTranslation: Hashable, Sendable {
    package var address: IPv4Address
    package var replacement: IPv4Address
    /// Whether the packet's source is translated; otherwise its destination.
    package var isOfSource: Bool

    package init(_ address: IPv4Address, to replacement: IPv4Address, isOfSource: Bool) {
        self.address = address
        self.replacement = replacement
        self.isOfSource = isOfSource
    }
}

extension FilterSocket {
    /// Of the netdev family; faults' tables have other names.
    package static let translationTable = "rslab-translation"
    /// Of the IPv4 family.
    package static let replyMarkTable = "rslab-reply-mark"

    /// As many as fit the buffer, with room to spare.
    private static let translationsPerTransaction = 64

    /// Translates packets that arrive at a link; packets without a translation are dropped, unless they come from
    /// `exempt`.
    ///
    /// Once for each namespace: there must be no such table yet.
    package mutating func translate(
        _ translations: [AddressTranslation], at link: String, exempt: IPv4Address?
    ) throws(SystemError) {
        let table = Self.translationTable
        try transact("translate addresses") { batch in
            batch.addTable(table)
            batch.addIngressChain("ingress", link: link, table: table)
        }
        var rest = translations[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.translationsPerTransaction)
            rest = rest.dropFirst(part.count)
            try transact("translate addresses") { batch in
                for translation in part { batch.addTranslation(translation, chain: "ingress", table: table) }
            }
        }
        try transact("translate addresses") { batch in
            if let exempt { batch.addAccept(source: exempt, chain: "ingress", table: table) }
            batch.addDropOfIPv4(chain: "ingress", table: table)
        }
    }

    /// Makes forwarded echo replies with one of some IP times to live leave with another.
    package mutating func markReplies(_ mark: UInt8, insteadOf timesToLive: [UInt8]) throws(SystemError) {
        let table = Self.replyMarkTable
        try transact("mark echo replies", family: UInt8(NFPROTO_IPV4)) { batch in
            batch.makeForwardChain("forward", table: table)
            for timeToLive in timesToLive {
                batch.addReplyMark(mark, insteadOf: timeToLive, chain: "forward", table: table)
            }
        }
    }
}
