// SPDX-License-Identifier: MIT-0

/// Where a route server, an endpoint, a peer or a propagation is in its life, in AWS's words.
///
/// Which kind of object has which of them: a route server no failure, an endpoint everything but `modifying`, a peer neither
/// that nor `delete-failed`, a propagation only `pending`, `available` and `deleting`.
package enum RouteServerObjectState: String, Hashable, Sendable, Codable, CaseIterable {
    case pending, available, modifying, deleting, deleted, failing, failed
    case deleteFailed = "delete-failed"
}

/// Where the association of a route server with a VPC is in its life, in AWS's words.
package enum RouteServerAssociationState: String, Hashable, Sendable, Codable, CaseIterable {
    case associating, associated, disassociating
}
