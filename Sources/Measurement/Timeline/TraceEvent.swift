// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

/// Something that happened in a lab, stamped where it happened.
///
/// The same record is a log line, a line of the event stream, and a source of the report's figures. In JSON, fields
/// without a value are absent.
package struct TraceEvent: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A node's program is running and can be talked to.
        case nodeStarted = "node-started"
        /// A BGP session reached Established.
        case sessionEstablished = "session-established"
        /// A BGP session left Established, or an attempt ended: `cause` is the reason.
        case sessionDown = "session-down"
        /// A BGP session moved between the states of RFC 4271 section 8.2.2; `detail` is a transition.
        case sessionState = "session-state"
        /// A BFD session moved between the states of RFC 5880 section 6.2; `detail` is a transition.
        case bfdState = "bfd-state"
        /// A BFD session left Up: `cause` is the reason.
        case bfdDown = "bfd-down"
        /// A prefix has another winner, or none (then `nextHop` is absent).
        case bestPathChanged = "best-path-changed"
        /// The kernel acknowledged a route of a VPC route table (`table`); without `nextHop` it is gone.
        case tableWritten = "table-written"
        /// The watcher in the VPC's namespace saw a route change (RTM_NEWROUTE; without `nextHop` RTM_DELROUTE).
        case tableChanged = "table-changed"
        /// The last session ended, and persist routes keeps RIB and FIB as they are.
        case routesPersisted = "routes-persisted"
        /// A session is back: persisted routes are given up after the time in `detail`.
        case routesUnpersisting = "routes-unpersisting"
        /// Newly learned routes replaced the persisted ones: `cause` is the reason.
        case routesUnpersisted = "routes-unpersisted"
        /// Persisted routes were reset.
        case persistedRoutesReset = "persisted-routes-reset"
        /// A line of AWS's peer log; `detail` is its type and status.
        case peerLog = "peer-log"
        /// The fault is about to be injected; stamped just before.
        case faultInjecting = "fault-injecting"
        /// The fault is in place; stamped just after.
        case faultInjected = "fault-injected"
        /// One step of a fault, such as "interface removed".
        case faultStep = "fault-step"
        /// The fault is being taken back; `restored` follows when it has been.
        case restoring
        case restored
        /// A message for users.
        case note
    }

    /// When, by the clock of its observer.
    package var at: Instant
    /// The node that observed it; "rslab" is the orchestrator.
    package var node: String
    package var kind: Kind
    /// The session, as endpoint name and peer address.
    package var endpoint: String?
    package var peer: IPAddress?
    package var prefix: IPPrefix?
    package var nextHop: IPAddress?
    /// The VPC route table's name.
    package var table: String?
    package var instance: String?
    /// Why it happened; nil without a specific cause.
    package var cause: Cause?
    /// More about it, depending on its kind.
    package var detail: Detail?
    /// How many routes it is about, if there are too many for an event each; the last changed at `at`, and `prefix`
    /// contains them all.
    package var count: Int?
    /// When the first of them changed.
    package var firstAt: Instant?
    /// Of a written or changed route: the netlink port of the socket that wrote it; 0 is the kernel itself.
    package var writer: UInt32?
    /// Of a session that went down: when its peer was heard before.
    package var heard: LastHeard?

    private enum CodingKeys: String, CodingKey {
        case node, kind, endpoint, peer, prefix, table, instance, cause, detail, count, writer, heard
        case at = "at_ns"
        case firstAt = "first_ns"
        case nextHop = "next_hop"
    }

    package init(
        at: Instant, node: String, kind: Kind, endpoint: String? = nil, peer: IPAddress? = nil,
        prefix: IPPrefix? = nil, nextHop: IPAddress? = nil, table: String? = nil, instance: String? = nil,
        cause: Cause? = nil, detail: Detail? = nil
    ) {
        self.at = at
        self.node = node
        self.kind = kind
        self.endpoint = endpoint
        self.peer = peer
        self.prefix = prefix
        self.nextHop = nextHop
        self.table = table
        self.instance = instance
        self.cause = cause
        self.detail = detail
    }
}
