// SPDX-License-Identifier: MIT-0

/// Why the route server does not do what it was asked to.
///
/// `code` is what AWS's error is called where that was seen or clients look for it (the codes of objects that are not there,
/// `NotAssociated`, `NotPropagated`, and `IncorrectState`, also where something has to be deleted before); the others follow
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

        /// What sentences call it.
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

        /// How AWS's error code writes that it is about the id of one: older kinds of object have other capitals.
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
    /// The object exists already.
    case duplicate(ObjectKind, String)
    /// The route server is associated with a VPC already.
    case alreadyAssociated(String, vpc: String)
    /// The route server writes the table already.
    case alreadyPropagated(String, table: String)
    /// Something that belongs to the object has to be deleted before it.
    case dependencyViolation(String, dependent: String)
    /// The object is not in a state in which this can be done.
    case incorrectState(String, state: String)
    /// A value that is out of range.
    case invalidParameterValue(String)
    /// A value that has to be given.
    case missingParameter(String)
    /// As many objects of a kind as the quota allows are there.
    case limitExceeded(ObjectKind, of: String, limit: Int)
    /// No address is left in the subnet.
    case insufficientFreeAddresses(String)
    /// AWS does it, and a lab that runs does not.
    case unsupported(String)

    /// AWS's error code, or the nearest.
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
        case .duplicate(let kind, let id): "there is a \(kind.name) \(id) already"
        case .alreadyAssociated(let server, let vpc): "the route server \(server) is associated with \(vpc) already"
        case .alreadyPropagated(let server, let table): "the route server \(server) propagates to \(table) already"
        case .dependencyViolation(let object, let dependent): "\(object) still has \(dependent): delete that first"
        case .incorrectState(let object, let state): "\(object) is \(state)"
        case .invalidParameterValue(let text), .missingParameter(let text), .unsupported(let text): text
        case .insufficientFreeAddresses(let subnet): "the subnet \(subnet) has no free address"
        case .limitExceeded(let kind, let owner, let limit):
            "\(owner) has \(limit) \(kind.name)s already, which is the quota"
        }
    }
}
