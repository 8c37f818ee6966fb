// SPDX-License-Identifier: MIT-0

// Faults of what the speaker announces: planned changes, which must lose nothing.

extension FaultName {
    /// The speaker withdraws what it announces; its sessions stay.
    package static let withdraw = FaultName(describing: "withdraw")
    /// The speaker announces the same paths with a longer AS path than the standby's.
    package static let prepend = FaultName(describing: "prepend")
    /// Planned maintenance: prepend, wait until the traffic has moved, then end the speaker.
    package static let drain = FaultName(describing: "drain")
    /// The daemon reads its unchanged configuration again.
    package static let reload = FaultName(describing: "reload")
}

extension FaultDescription {
    static let announcementFaults = [
        FaultDescription(
            .withdraw, "paths withdrawn", rfc7747: "5.6",
            steps: [FaultStep(.withdrawPaths)], undo: .announceAsConfigured,
            sights: Sights(bgp: .update, bfd: .nothing, connection: .open),
            answering: .yes, sessions: .none, movement: .moves, promise: .nothingLost),
        FaultDescription(
            .prepend, "AS path made longer", rfc7747: "5.7",
            steps: [FaultStep(.lengthenPaths)], undo: .announceAsConfigured,
            sights: Sights(bgp: .update, bfd: .nothing, connection: .open),
            answering: .yes, sessions: .none, movement: .moves, promise: .nothingLost),
        FaultDescription(
            .drain, "prepend, wait, then SIGTERM", parameters: FaultParameters(gracefulShutdown: false),
            steps: [
                FaultStep(.lengthenPaths, note: "announced with a longer AS path"),
                FaultStep(.waitUntilMoved, note: "another instance is active"),
                FaultStep(.signal(.terminate)),
            ],
            undo: .startSpeaker,
            sights: Sights(bgp: .updateThenCease, bfd: .adminDown, connection: .closed),
            answering: .yes, sessions: .every, movement: .moves, promise: .nothingLost),
        FaultDescription(
            .reload, "its daemon reads its configuration",
            steps: [FaultStep(.reloadConfiguration, note: "the daemon was told")], undo: .nothing,
            sights: Sights(bgp: .refresh, bfd: .nothing, connection: .open),
            answering: .yes, sessions: .none, movement: .stays, promise: .nothingLost),
    ]
}
