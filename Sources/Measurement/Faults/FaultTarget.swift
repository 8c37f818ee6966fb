// SPDX-License-Identifier: MIT-0

/// The target of a fault.
package struct FaultTarget: Hashable, Sendable, Codable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case instance
        /// A route server endpoint: its one link.
        case endpoint
        /// All links of a subnet, including the router's leg.
        case subnet
        /// One link of an instance, written INSTANCE:ethN.
        case interface
        /// The router's link into one subnet, written vpc:SUBNET.
        case routerLeg = "router-leg"
        /// The route server: its program, and all links of its endpoints.
        case routeServer = "route-server"
        /// All subnets of an availability zone.
        case availabilityZone = "availability-zone"
    }

    package var kind: Kind
    /// As users type it: `instance-rs-az1`, `vpc:subnet-az1`.
    package var name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    package var description: String { name }
}

/// The role of a fault's target for the measured traffic, at the moment of the fault.
package enum TargetRole: String, Hashable, Sendable, Codable, CaseIterable {
    /// The active instance, or the links to it; a standby is left.
    case active
    /// Every BGP session of the active instance, but nothing that carries its traffic; a standby is left.
    case everySession = "every-session"
    /// Some of the active instance's sessions: it keeps another.
    case someSessions = "some-sessions"
    /// What carries the traffic to the active instance, but none of its sessions.
    case path
    /// Nothing that the active instance's traffic or sessions need, for example a standby.
    case bystander
    /// The active instance and every standby: no instance is left to take over.
    case everyInstance = "every-instance"
}
