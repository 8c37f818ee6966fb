// SPDX-License-Identifier: MIT-0

/// Why the route server refuses a request.
///
/// `code` is AWS's error code where it was observed or clients look for it (the codes for missing objects,
/// `NotAssociated`, `NotPropagated`, and `IncorrectState`, also if something must be deleted first); the others follow
/// the pattern of EC2's error codes, which is assumed.
package enum RouteServerRefusal: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// A kind of object, by the part of AWS's error code that names it.
    package enum ObjectKind: String, Hashable, Sendable, Codable, CaseIterable {
        case routeServer = "RouteServer"
        case endpoint = "RouteServerEndpoint"
        case peer = "RouteServerPeer"
        case routeTable = "RouteTable"
        case subnet = "Subnet"
        case vpc = "Vpc"

        /// Its name in messages.
        package var name: String {
            switch self {
            case .routeServer: "route server"
            case .endpoint: "route server endpoint"
            case .peer: "route server peer"
            case .routeTable: "route table"
            case .subnet: "subnet"
            case .vpc: "VPC"
            }
        }

        /// AWS's error code for the id of one: older kinds of object are capitalized differently.
        fileprivate var identifier: String {
            switch self {
            case .routeServer, .endpoint, .peer: "Invalid\(rawValue)Id"
            case .routeTable, .subnet, .vpc: "Invalid\(rawValue)ID"
            }
        }
    }

    /// There is no such object.
    case notFound(ObjectKind, String)
    /// The route server is not associated with the VPC.
    case notAssociated(String)
    /// The route server does not write that route table.
    case notPropagated(String, table: String)
    /// The object already exists.
    case duplicate(ObjectKind, String)
    /// The route server is already associated with a VPC.
    case alreadyAssociated(String, vpc: String)
    /// The route server already writes the table.
    case alreadyPropagated(String, table: String)
    /// Something that belongs to the object must be deleted first.
    case dependencyViolation(String, dependent: String)
    /// The object's state does not allow this.
    case incorrectState(String, state: String)
    /// A value is out of range.
    case invalidParameterValue(String)
    /// A required value is missing.
    case missingParameter(String)
    /// The quota for this kind of object is used up.
    case limitExceeded(ObjectKind, of: String, limit: Int)
    /// No address is left in the subnet.
    case insufficientFreeAddresses(String)
    /// AWS supports it, but a running lab does not.
    case unsupported(String)

    /// AWS's error code, or the closest one.
    package var code: String {
        switch self {
        case .notFound(let kind, _): "\(kind.identifier).NotFound"
        case .notAssociated: "InvalidRouteServerId.NotAssociated"
        case .notPropagated: "InvalidRouteServerId.NotPropagated"
        case .duplicate(let kind, _): "\(kind.identifier).Duplicate"
        case .alreadyAssociated: "InvalidRouteServerId.AlreadyAssociated"
        case .alreadyPropagated: "InvalidRouteServerId.AlreadyPropagated"
        case .dependencyViolation, .incorrectState: "IncorrectState"
        case .invalidParameterValue: "InvalidParameterValue"
        case .missingParameter: "MissingParameter"
        case .limitExceeded(let kind, _, _): "\(kind.rawValue)LimitExceeded"
        case .insufficientFreeAddresses: "InsufficientFreeAddressesInSubnet"
        case .unsupported: "UnsupportedOperation"
        }
    }

    package var description: String {
        switch self {
        case .notFound(let kind, let id): "there is no \(kind.name) '\(id)'"
        case .notAssociated(let server): "the route server \(server) is not associated with a VPC"
        case .notPropagated(let server, let table): "the route server \(server) does not propagate to \(table)"
        case .duplicate(let kind, let id): "there is already a \(kind.name) \(id)"
        case .alreadyAssociated(let server, let vpc): "the route server \(server) is already associated with \(vpc)"
        case .alreadyPropagated(let server, let table): "the route server \(server) already propagates to \(table)"
        case .dependencyViolation(let object, let dependent): "\(object) still has \(dependent): delete that first"
        case .incorrectState(let object, let state): "\(object) is \(state)"
        case .invalidParameterValue(let text), .missingParameter(let text), .unsupported(let text): text
        case .insufficientFreeAddresses(let subnet): "the subnet \(subnet) has no free address"
        case .limitExceeded(let kind, let owner, let limit):
            "\(owner) already has \(limit) \(kind.name)s, which is the quota"
        }
    }
}
