// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which instances fail and take over, and the names and addresses by which a trial's events mention them.
package struct TrialSubject: Hashable, Sendable, Codable {
    /// A BGP session, as the route server names it.
    package struct Session: Hashable, Sendable, Codable {
        package var endpoint: String
        package var peer: IPAddress

        package init(endpoint: String, peer: IPAddress) {
            self.endpoint = endpoint
            self.peer = peer
        }
    }

    /// A route that replies use: of another prefix, in another table.
    package struct ReturnRoute: Hashable, Sendable, Codable {
        package var prefix: IPPrefix
        package var table: String

        package init(prefix: IPPrefix, table: String) {
            self.prefix = prefix
            self.table = table
        }
    }

    /// Nil for several faults, as are the target, its role and the parameters.
    package var fault: FaultName?
    /// The fault's target; nil for the active instance.
    package var target: FaultTarget?
    /// The target's role for the traffic; nil for the active instance.
    package var role: TargetRole?
    /// The fault's parameters; nil for the defaults.
    package var parameters: FaultParameters?
    /// The instance that serves before the fault, and fails unless the fault has another target.
    package var active: String
    /// The instance that should take over.
    package var standby: String
    /// The active instance's sessions that were Established before the fault.
    package var sessions: [Session]
    /// The next hops that identify the standby in RIB, FIB and route tables.
    package var standbyNextHops: [IPAddress]
    /// The next hops that identify the active instance there.
    package var activeNextHops: [IPAddress]
    /// The floating prefix; nil to look only at the next hop.
    package var prefix: IPPrefix?
    /// The route table that the prober's packets use; nil to wait for the last table.
    package var table: String?
    /// The other route that the primary flow needs, for its replies, if that also moves; nil without one.
    package var returnRoute: ReturnRoute?
    /// The node that stamps detection, best path and table writing.
    package var routeServerNode: String
    /// The node that the probes leave from.
    package var proberNode: String

    package init(
        fault: FaultName?, active: String, standby: String, sessions: [Session], standbyNextHops: [IPAddress],
        activeNextHops: [IPAddress], prefix: IPPrefix?, table: String? = nil, routeServerNode: String,
        proberNode: String, target: FaultTarget? = nil, role: TargetRole? = nil, parameters: FaultParameters? = nil
    ) {
        self.fault = fault
        self.target = target
        self.role = role
        self.parameters = parameters
        self.active = active
        self.standby = standby
        self.sessions = sessions
        self.standbyNextHops = standbyNextHops
        self.activeNextHops = activeNextHops
        self.prefix = prefix
        self.table = table
        self.routeServerNode = routeServerNode
        self.proberNode = proberNode
    }

    /// The fault, with what its effect depends on; nil for several faults, whose effect theory does not predict.
    package var planned: Fault? {
        fault.map { Fault($0, role: role ?? .active, parameters: parameters ?? FaultParameters()) }
    }

    private enum CodingKeys: String, CodingKey {
        case fault, target, parameters, active, standby, sessions, prefix, table
        case returnRoute = "return_route"
        case role = "target_role"
        case standbyNextHops = "standby_next_hops"
        case activeNextHops = "active_next_hops"
        case routeServerNode = "route_server_node"
        case proberNode = "prober_node"
    }
}
