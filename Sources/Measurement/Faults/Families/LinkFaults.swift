// SPDX-License-Identifier: MIT-0

// Faults of links that lose everything, one direction of everything, or one protocol.

extension FaultName {
    /// Both directions of the link drop everything; the carrier stays.
    package static let blackhole = FaultName(describing: "blackhole")
    /// Packets to the instance are lost; packets from it arrive.
    package static let onewayIn = FaultName(describing: "oneway-in")
    /// Packets from the instance are lost; packets to it arrive.
    package static let onewayOut = FaultName(describing: "oneway-out")
    /// The link loses its carrier; the route server's own links stay up.
    package static let linkDown = FaultName(describing: "link-down")
    /// Only BGP (TCP port 179) is lost, both ways.
    package static let bgpPartition = FaultName(describing: "bgp-partition")
    /// Only BFD (UDP port 3784) is lost, both ways.
    package static let bfdPartition = FaultName(describing: "bfd-partition")
}

extension FaultDescription {
    /// A whole segment has no single direction.
    private static let directedTargets: [FaultTarget.Kind] = [
        .instance, .interface, .endpoint, .routerLeg, .routeServer,
    ]
    /// No session crosses the router: a peer is in its endpoint's subnet.
    private static let sessionTargets = FaultTarget.Kind.allCases.filter { $0 != .routerLeg }

    static let linkFaults = [
        FaultDescription(
            .blackhole, "interface drops all, keeps carrier", targets: FaultTarget.Kind.allCases,
            steps: [FaultStep(.stopForwarding)], undo: .forwardAgain,
            sights: Sights(bgp: .silence, bfd: .silence, connection: .openSilent),
            answering: .no, sessions: .every, movement: .moves),
        FaultDescription(
            .onewayIn, "all to the instance dropped", targets: directedTargets,
            steps: [FaultStep(.drop(.toTarget))], undo: .removeFilters,
            sights: Sights(bgp: .lateCease, bfd: .down, connection: .openSilent),
            answering: .no, sessions: .every, movement: .moves),
        FaultDescription(
            .onewayOut, "all from the instance dropped", targets: directedTargets,
            steps: [FaultStep(.drop(.fromTarget))], undo: .removeFilters,
            sights: Sights(bgp: .silence, bfd: .silence, connection: .openSilent),
            answering: .no, sessions: .every, movement: .moves),
        FaultDescription(
            .linkDown, "interface loses its carrier", rfc7747: "5.2.2", targets: FaultTarget.Kind.allCases,
            steps: [FaultStep(.takeCarrier)], undo: .giveCarrierBack,
            sights: Sights(bgp: .silence, bfd: .silence, connection: .openSilent, carrier: .gone),
            answering: .no, sessions: .every, movement: .moves),
        FaultDescription(
            .bgpPartition, "TCP port 179 dropped", targets: sessionTargets,
            steps: [FaultStep(.drop(.bgp))], undo: .removeFilters,
            sights: Sights(bgp: .silence, bfd: .nothing, connection: .openSilent),
            answering: .yes, sessions: .every, movement: .moves),
        FaultDescription(
            .bfdPartition, "UDP port 3784 dropped", targets: sessionTargets,
            steps: [FaultStep(.drop(.bfd))], undo: .removeFilters,
            sights: Sights(bgp: .ceaseByBFD, bfd: .silence, connection: .open),
            answering: .yes, sessions: .none, movement: .movesWithBFD, promise: .nothingLostWhileItStays),
    ]
}
