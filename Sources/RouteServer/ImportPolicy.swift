// SPDX-License-Identifier: MIT-0
import BGP
import WireFormat

/// Which paths may become the best of their prefix.
struct ImportPolicy: Sendable {
    let asn: ASN
    let selectsOnlyResolvableNextHops: Bool
    let owners: NextHopOwners

    func exclusion(of attributes: PathAttributes, for family: AddressFamily) -> RoutingTable.Exclusion? {
        if attributes.asPath.contains(asn) {
            return .asLoop
        }
        if selectsOnlyResolvableNextHops, owners.owner(of: attributes.nextHop, for: family) == nil {
            return .nextHopUnresolvable
        }
        return nil
    }
}
