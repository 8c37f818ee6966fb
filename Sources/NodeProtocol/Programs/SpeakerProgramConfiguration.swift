// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
package import WireFormat

/// The configuration of an instance's speaker: its gobgpd.conf, and the routes added to its table.
package struct SpeakerProgramConfiguration: Codable, Hashable, Sendable {
    package var node: String
    package var asn: ASN
    package var routerID: IPv4Address
    /// The TCP port to listen on; nil: it does not listen.
    package var listenPort: UInt16?
    /// The addresses to listen on; empty: all addresses.
    package var listenAddresses: [IPAddress]
    package var neighbors: [SessionConfiguration]
    /// The local address for dialling, by the neighbour's address, where it matters.
    package var sourceAddresses: [String: IPAddress]
    package var announcements: [Announcement]
    /// The next hop of its IPv6 routes over IPv4 sessions; nil if it has no IPv6 address.
    package var ipv6Address: IPAddress?
    /// The neighbours with BFD, by address, and the BFD settings.
    package var bfd: [String: BFDSessionSettings] = [:]
    /// The AS numbers prepended for a neighbour, by address; nil: none.
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
    /// Why a route is sent to no neighbour; nil if it is sent to one.
    package func reasonToKeepBack(_ announcement: Announcement) -> String? {
        let family = announcement.prefix.family
        guard neighbors.contains(where: { $0.families.contains(family) }) else {
            return "no neighbour of its gobgpd.conf has afi-safi-name = \"\(family.rawValue)-unicast\""
        }
        // IPv6 routes over an IPv4 session need an IPv6 next hop.
        guard family == .ipv6, announcement.attributes.nextHop.isUnspecified, ipv6Address == nil else { return nil }
        return "none of its network interfaces has an IPv6 address for the next hop"
    }
}
