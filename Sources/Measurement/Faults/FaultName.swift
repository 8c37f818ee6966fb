// SPDX-License-Identifier: MIT-0

/// A named way to fail, and what the route server and the client can notice of it.
///
/// The cases of RFC 7747 that come nearest are named; that RFC benchmarks a router, rslab a route server's customer.
package enum FaultName: String, Hashable, Sendable, Codable, CaseIterable {
    /// The instance is killed; its kernel lives long enough to close the TCP connections (5.4, adjacency hard reset).
    case kill
    /// The instance and its links vanish at once: nobody says good-bye (5.2.2, remote end).
    case powerOff = "power-off"
    /// The speaker is asked to end, says Cease, and then the instance goes (5.3).
    case shutdown
    /// Only the speaker is killed (SIGKILL): its kernel closes the connections, and goes on answering (5.4).
    case crash
    /// The speaker is stopped (SIGSTOP): its connections stay open, and its kernel goes on forwarding.
    case freeze
    /// The speaker is asked to end (SIGTERM) and sends Cease (5.3, adjacency failure by software).
    case terminate
    /// Both directions of the instance's link drop everything; the carrier stays (no case of its own in RFC 7747).
    case blackhole
    /// What goes to the instance is lost; what it sends arrives.
    case onewayIn = "oneway-in"
    /// What the instance sends is lost; what goes to it arrives.
    case onewayOut = "oneway-out"
    /// The instance's link loses its carrier; the route server's own links stay up (5.2.2, remote end).
    case linkDown = "link-down"
    /// Only BGP (TCP port 179) is lost, both ways.
    case bgpPartition = "bgp-partition"
    /// Only BFD (UDP port 3784) is lost, both ways.
    case bfdPartition = "bfd-partition"
    /// The speaker withdraws what it announces; its sessions stay (5.6).
    case withdraw
    /// The speaker announces the same with a longer AS path than the standby's (5.7).
    case prepend
    /// The planned way: prepend, wait for the traffic to have moved, then end the speaker.
    case drain
    /// One of the active instance's route server endpoints falls silent: nothing is to move.
    case endpointDown = "endpoint-down"
    /// All of the active instance's route server endpoints fall silent.
    case endpointsDown = "endpoints-down"
    /// Packets are lost at random on the instance's link, both ways.
    case loss
    /// The link loses its carrier and gets it back, several times (5.2.2, remote end, repeated).
    case flap
    /// All that leaves or reaches the target's link is late by the same time, both ways; nothing is lost.
    case delay
    /// The same with a time of each packet's own: packets may overtake each other.
    case jitter
    /// A whole availability zone falls silent: every instance and every route server endpoint in it, and its subnets.
    case azDown = "az-down"
    /// The route server's program is killed and started again; the routes that it wrote stay in the tables.
    case routeServerRestart = "route-server-restart"
    /// The service dies, and BGP and BFD do not: nobody ever notices.
    case grey
    /// Nothing is done, and nothing may happen.
    case soak

    /// What the far end of a BGP session gets to notice.
    package enum Signal: String, Hashable, Sendable, Codable {
        /// A NOTIFICATION message (RFC 4271 section 4.5).
        case notification
        /// An UPDATE message that withdraws or replaces the path.
        case update
        /// FIN or RST (RFC 4271 section 8.2.2, TcpConnectionFails).
        case connectionClosed = "connection-closed"
        /// Nothing at all: only a timer tells.
        case silence
    }

    package var signal: Signal {
        switch self {
        case .kill, .crash, .routeServerRestart: .connectionClosed
        case .terminate, .shutdown: .notification
        case .withdraw, .prepend, .drain: .update
        case .powerOff, .freeze, .blackhole, .linkDown, .onewayIn, .onewayOut, .bgpPartition, .bfdPartition,
            .endpointDown, .endpointsDown, .loss, .flap, .delay, .jitter, .azDown, .grey, .soak:
            .silence
        }
    }

    /// Whether the instance answers no probe from the fault on.
    ///
    /// Where it is not certain, the outage may be as short as 0: the kernel of a killed instance answers until its address
    /// is gone, that of a crashed, frozen or terminated speaker until the route has moved.
    package var stopsForwarding: Bool {
        switch self {
        case .powerOff, .blackhole, .onewayIn, .onewayOut, .linkDown, .azDown, .flap, .grey: true
        case .kill, .shutdown, .crash, .freeze, .terminate, .bgpPartition, .bfdPartition, .withdraw, .prepend, .drain,
            .endpointDown, .endpointsDown, .loss, .delay, .jitter, .routeServerRestart, .soak:
            false
        }
    }

    /// What the traffic is to do.
    package enum Expectation: Hashable, Sendable {
        /// The standby takes over.
        case moves
        /// The active instance goes on serving, and whoever moves the traffic is at fault.
        case stays
        /// Either: that depends on chance, or on what theory has no word for.
        case open
    }

    /// What the traffic is to do when the fault falls on the active instance, with its usual parameters.
    package func expectation(timers: SessionTimers) -> Expectation {
        Fault(self).expectation(timers: timers)
    }

    /// Whether all of the active instance's sessions must end, sooner or later, when the fault falls on that instance.
    package var endsEverySession: Bool { Fault(self).endsEverySession }

    /// Whether one lost probe is one too many: the fault is a promise that nothing is lost.
    package func promisesNoLoss(timers: SessionTimers) -> Bool {
        Fault(self).promisesNoLoss(timers: timers)
    }
}
