// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One stream of probes: from which node, to which destination, of which prefix, in which direction.
///
/// RFC 6412 section 3.6.3 benchmarks a route only by the traffic to it: a flow is that traffic. The first flow of a
/// trial is its primary flow, and the trial's own figures are that flow's.
package struct Flow: Hashable, Sendable, Codable {
    package enum Direction: String, Hashable, Sendable, Codable {
        /// From a host to an address of the prefix; the instance that is active for it answers.
        case inward
        /// From an address of the prefix, on each instance that has it, to a host; the host's replies go to the active
        /// instance.
        case outward
    }

    /// The prefix's role in the lab.
    package enum Role: String, Hashable, Sendable, Codable {
        case floatingAddress = "floating-ip"
        /// One of the many prefixes that are announced for a run, besides the floating IPs.
        case sample
        /// A way through forwarding instances: each reply says which of them carried it.
        case transit
    }

    package var number: FlowNumber
    package var direction: Direction
    package var role: Role
    /// The node that its probes leave from; outward: the instance that is active before the fault.
    package var node: String
    package var destination: IPAddress
    package var prefix: IPPrefix
    /// The instance that is active for the prefix before the fault.
    package var active: String
    /// The instance that should take over; nil if no other instance announces the prefix.
    package var standby: String?
    /// From one probe of this flow to the next; outward: of one instance.
    package var interval: Milliseconds

    package init(
        number: FlowNumber, direction: Direction = .inward, role: Role = .floatingAddress, node: String,
        destination: IPAddress, prefix: IPPrefix, active: String, standby: String?, interval: Milliseconds
    ) {
        self.number = number
        self.direction = direction
        self.role = role
        self.node = node
        self.destination = destination
        self.prefix = prefix
        self.active = active
        self.standby = standby
        self.interval = interval
    }

    /// For display: "access-instance > 172.16.1.1", or "172.16.1.1 > access-instance" with the host's address.
    package var name: String {
        switch direction {
        case .inward: "\(node) > \(destination)"
        case .outward: "\(prefix.address) > \(destination)"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case direction, role, destination, prefix, active, standby
        case number = "flow"
        case node = "from"
        case interval = "interval_ms"
    }
}
