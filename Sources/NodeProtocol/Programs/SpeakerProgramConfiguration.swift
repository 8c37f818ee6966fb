// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
package import WireFormat

/// What an instance's speaker is started with: its gobgpd.conf, and what was added to its table.
package struct SpeakerProgramConfiguration: Codable, Hashable, Sendable {
    package var node: String
    package var asn: ASN
    package var routerID: IPv4Address
    /// The TCP port it listens on; nil: it does not.
    package var listenPort: UInt16?
    /// Where it listens; empty: at every address.
    package var listenAddresses: [IPAddress]
    package var neighbors: [SessionConfiguration]
    /// The address to dial a neighbour from, by the neighbour's, where it matters.
    package var sourceAddresses: [String: IPAddress]
    package var announcements: [Announcement]
    /// The next hop of its IPv6 routes over IPv4 sessions; nil where it has no IPv6 address.
    package var ipv6Address: IPAddress?
    /// The neighbours with which BFD is spoken, by address, and how.
    package var bfd: [String: BFDSessionSettings] = [:]
    /// The AS numbers that a neighbour is told before a path's own, by address; nil: nobody is.
    package var prepends: [String: [ASN]]?

    package init(
        node: String, asn: ASN, routerID: IPv4Address, listenPort: UInt16?, listenAddresses: [IPAddress] = [],
        neighbors: [SessionConfiguration], sourceAddresses: [IPAddress: IPAddress] = [:],
        announcements: [Announcement]
    ) {
        self.node = node
        self.asn = asn
        self.routerID = routerID
        self.listenPort = listenPort
        self.listenAddresses = listenAddresses
        self.neighbors = neighbors
        self.sourceAddresses = Dictionary(
            sourceAddresses.map { ($0.key.description, $0.value) }, uniquingKeysWith: { first, _ in first })
        self.announcements = announcements
    }
}

extension SpeakerProgramConfiguration {
    /// Why no neighbour hears of a route; nil where one does.
    package func reasonToKeepBack(_ announcement: Announcement) -> String? {
        let family = announcement.prefix.family
        guard neighbors.contains(where: { $0.families.contains(family) }) else {
            return "no neighbour of its gobgpd.conf has afi-safi-name = \"\(family.rawValue)-unicast\""
        }
        // IPv6 routes over an IPv4 session need a next hop of their own.
        guard family == .ipv6, announcement.attributes.nextHop.isUnspecified, ipv6Address == nil else { return nil }
        return "none of its network interfaces has an IPv6 address to be the next hop"
    }
}
