// SPDX-License-Identifier: MIT-0
import WireFormat

/// Which best paths one neighbour is told, and with which attributes (RFC 4271 sections 5.1 and 9.1.3).
struct ExportPolicy: Sendable {
    /// The speaker's own ASN.
    var asn: ASN
    var neighborASN: ASN
    var neighborAddress: IPAddress
    /// The session's local address, used for next hop self.
    var localAddress: IPAddress
    /// The next hop self of IPv6 prefixes over a session between IPv4 addresses (RFC 4760 section 3).
    var localIPv6Address: IPAddress?
    var families: Set<AddressFamily>
    /// ASNs to prepend to the AS path, in addition to the speaker's own.
    var prepends: [ASN] = []

    var isExternal: Bool { asn != neighborASN }

    /// The attributes to export a path with; nil if it is not exported.
    ///
    /// `source` is where the path came from; `family` is its prefix's.
    func attributes(
        of attributes: PathAttributes, from source: RoutingTable.Source, family: AddressFamily
    ) -> PathAttributes? {
        guard families.contains(family), isAllowed(attributes, from: source) else { return nil }
        var exported = attributes
        guard let nextHop = nextHop(of: attributes, from: source, family: family) else { return nil }
        exported.nextHop = nextHop
        if isExternal {
            exported.asPath = prepends.reversed().reduce(attributes.asPath) { $0.prepending($1) }.prepending(asn)
            // LOCAL_PREF is only for internal peers (section 5.1.5).
            exported.localPreference = nil
            if !source.isLocal {
                // A neighbouring AS's MULTI_EXIT_DISC is not passed on to other ones (section 5.1.4).
                exported.multiExitDiscriminator = nil
            }
        } else {
            exported.localPreference = source.isExternal ? 100 : attributes.localPreference ?? 100
        }
        // A route that does not fit in a message is not advertised (section 9.2).
        return exported.leavesRoomForPrefix ? exported : nil
    }

    private func isAllowed(_ attributes: PathAttributes, from source: RoutingTable.Source) -> Bool {
        guard !source.isLocal else {
            // RFC 1997 binds the receiver of a community; one that we attach ourselves must reach the neighbour.
            return true
        }
        // Sent back to where it came from it would only be a loop; internal peers hear each other directly (section
        // 9.2).
        if source.address == neighborAddress || !source.isExternal && !isExternal {
            return false
        }
        for community in attributes.communities {
            if community == .noAdvertise || isExternal && (community == .noExport || community == .noExportSubconfed) {
                return false
            }
        }
        return true
    }

    /// The next hop for the neighbour (section 5.1.3); nil if there is none of the family.
    private func nextHop(
        of attributes: PathAttributes, from source: RoutingTable.Source, family: AddressFamily
    ) -> IPAddress? {
        let isSelf = attributes.nextHop.isUnspecified || isExternal && !source.isLocal
        let own = family == .ipv6 && localAddress.family == .ipv4 ? localIPv6Address : localAddress
        guard let nextHop = isSelf ? own : attributes.nextHop else { return nil }
        // A neighbour must not be told to send to itself.
        return nextHop.family == family && nextHop != neighborAddress ? nextHop : nil
    }
}

extension Community {
    /// NO_EXPORT (RFC 1997).
    package static let noExport = Community(0xFFFF_FF01)
    /// NO_ADVERTISE (RFC 1997).
    package static let noAdvertise = Community(0xFFFF_FF02)
    /// NO_EXPORT_SUBCONFED (RFC 1997).
    package static let noExportSubconfed = Community(0xFFFF_FF03)
}

extension PathAttributes {
    /// Header, the two length fields, the next hop, the fixed attributes and the longest prefix, generously.
    private static let fixedOctetCount = 128

    /// Whether at least one prefix fits, besides the attributes, in a message of 4096 octets (RFC 4271 section 4.1).
    fileprivate var leavesRoomForPrefix: Bool {
        let path = asPath.segments.reduce(0) { total, segment in
            switch segment {
            case .sequence(let numbers), .set(let numbers): total + 2 + 4 * numbers.count
            }
        }
        let unknown = unrecognized.reduce(0) { $0 + 4 + $1.value.count }
        let variable = path + 4 * communities.count + 12 * largeCommunities.count + unknown
        return variable + PathAttributes.fixedOctetCount <= MessageHeader.maximumMessageOctetCount
    }
}
