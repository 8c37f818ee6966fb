// SPDX-License-Identifier: MIT-0

// Faults of the route server's endpoints and of the route server itself.

extension FaultName {
    /// One of the active instance's route server endpoints falls silent: nothing must move.
    package static let endpointDown = FaultName(describing: "endpoint-down")
    /// All of the active instance's route server endpoints fall silent.
    package static let endpointsDown = FaultName(describing: "endpoints-down")
}

extension FaultDescription {
    static let endpointFaults = [
        FaultDescription(
            .endpointDown, "one endpoint drops all", targets: [.instance, .endpoint], links: .firstEndpoint,
            steps: [FaultStep(.stopForwarding)], undo: .forwardAgain,
            sights: Sights(bgp: .oneSilent, bfd: .oneSilent, connection: .oneSilent),
            answering: .yes, sessions: .one, movement: .staysWithOtherSession, promise: .nothingLostWhileItStays),
        FaultDescription(
            .endpointsDown, "all its endpoints drop all", links: .everyEndpoint,
            steps: [FaultStep(.stopForwarding)], undo: .forwardAgain,
            sights: Sights(bgp: .silence, bfd: .silence, connection: .openSilent),
            answering: .yes, sessions: .every, movement: .moves),
    ]
}
