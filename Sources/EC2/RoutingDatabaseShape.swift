// SPDX-License-Identifier: MIT-0
import BGP
import Report
package import RouteServer

/// How AsPaths is split into elements, which AWS does not publish.
package enum ASPathElements: String, Hashable, Sendable, CaseIterable {
    /// One for each ASN, since the service model calls the whole list an AsPath: assumed.
    case asn
    /// One for the whole path, as in AWS's peer log.
    case path
}

extension RoutingDatabase.Route {
    /// RouteServerRoute.
    ///
    /// Med is left out if the route has none, which is assumed.
    package func shape(endpointID: String, asPath elements: ASPathElements) -> ShapeValue {
        .of([
            "RouteServerEndpointId": .string(endpointID),
            "RouteServerPeerId": .string(peerResourceID),
            "RouteInstallationDetails": .list(installations.map(\.shape)),
            "RouteStatus": .string(status.rawValue),
            "Prefix": .string("\(prefix)"),
            "AsPaths": .list(asPath.texts(elements).map { .string($0) }),
            "Med": multiExitDiscriminator.map { .integer(Int64($0)) },
            "NextHopIp": .string("\(nextHop)"),
        ])
    }
}

extension RoutingDatabase.Installation {
    /// RouteServerRouteInstallationDetail.
    fileprivate var shape: ShapeValue {
        .of([
            "RouteTableId": .string(tableID),
            "RouteInstallationStatus": .string(status.rawValue),
            "RouteInstallationStatusReason": reason.map { .string($0.text) },
        ])
    }
}

extension ASPath {
    /// A set is one element, in braces.
    fileprivate func texts(_ elements: ASPathElements) -> [String] {
        switch elements {
        case .path: segments.isEmpty ? [] : [text]
        case .asn:
            segments.flatMap { segment in
                switch segment {
                case .sequence(let numbers): numbers.map(\.description)
                case .set: [ASPath(segments: [segment]).text]
                }
            }
        }
    }
}
