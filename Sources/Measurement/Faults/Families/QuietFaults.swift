// SPDX-License-Identifier: MIT-0

// Faults that neither BGP nor BFD ever detects.

extension FaultName {
    /// The service dies, but BGP and BFD stay up.
    package static let grey = FaultName(describing: "grey")
    /// Nothing is done, and nothing may happen.
    package static let soak = FaultName(describing: "soak")
}

extension FaultDescription {
    static let quietFaults = [
        FaultDescription(
            .grey, "all to the floating IP dropped",
            steps: [FaultStep(.drop(.toServedAddresses))], undo: .removeFilters,
            sights: Sights(bgp: .nothing, bfd: .nothing, connection: .open),
            answering: .no, sessions: .none, movement: .stays),
        FaultDescription(
            .soak, "nothing", targets: FaultTarget.Kind.allCases, steps: [], undo: .nothing,
            sights: Sights(bgp: .nothing, bfd: .nothing, connection: .open),
            answering: .yes, sessions: .none, movement: .stays, movementIgnoresTarget: true, promise: .nothingLost),
    ]
}
