// SPDX-License-Identifier: MIT-0

/// The lifecycle state of a route server, an endpoint, a peer or a propagation, in AWS's words.
///
/// Not every kind of object has all of them: a route server cannot fail; an endpoint has all but `modifying`; a peer
/// has neither that nor `delete-failed`; a propagation has only `pending`, `available` and `deleting`.
package enum RouteServerObjectState: String, Hashable, Sendable, Codable, CaseIterable {
    case pending, available, modifying, deleting, deleted, failing, failed
    case deleteFailed = "delete-failed"
}

/// The lifecycle state of a route server's association with a VPC, in AWS's words.
package enum RouteServerAssociationState: String, Hashable, Sendable, Codable, CaseIterable {
    case associating, associated, disassociating
}
