// SPDX-License-Identifier: MIT-0

// Faults of an instance's processes: all of them, or only the speaker.

extension FaultName {
    /// The instance is killed; its kernel lives long enough to close the TCP connections.
    package static let kill = FaultName(describing: "kill")
    /// The instance and its links vanish at once, without any closing message.
    package static let powerOff = FaultName(describing: "power-off")
    /// The speaker is asked to end and sends Cease, then the instance goes down.
    package static let shutdown = FaultName(describing: "shutdown")
    /// Only the speaker is killed (SIGKILL): its kernel closes the connections, and continues to answer.
    package static let crash = FaultName(describing: "crash")
    /// The speaker is stopped (SIGSTOP): its connections stay open, and its kernel continues to forward.
    package static let freeze = FaultName(describing: "freeze")
    /// The speaker is asked to end (SIGTERM) and sends Cease.
    package static let terminate = FaultName(describing: "terminate")
}

extension FaultDescription {
    static let processFaults = [
        FaultDescription(
            .kill, "SIGKILL to all, then interface out", rfc7747: "5.4",
            steps: [
                FaultStep(.killInstance, note: "SIGKILL to all processes"),
                FaultStep(.waitForEndOfInstance, note: "its sockets are closed"),
                FaultStep(.stopForwarding, note: "interface out of subnet"),
            ],
            aftermath: [.removeInterfaces], undo: .bootInstance,
            sights: Sights(bgp: .connectionClosed, bfd: .silence, connection: .closed),
            answering: .briefly, sessions: .every, movement: .moves),
        FaultDescription(
            .powerOff, "interface out, then SIGKILL to all", rfc7747: "5.2.2",
            steps: [
                FaultStep(.stopForwarding, note: "interface out of subnet"),
                FaultStep(.killInstance, note: "SIGKILL to all processes"),
            ],
            aftermath: [.removeInterfaces], undo: .bootInstance,
            sights: Sights(bgp: .silence, bfd: .silence, connection: .openSilent),
            answering: .no, sessions: .every, movement: .moves),
        FaultDescription(
            .shutdown, "SIGTERM, then as power-off", rfc7747: "5.3",
            steps: [
                FaultStep(.signal(.terminate), note: "SIGTERM to the speaker"),
                FaultStep(.waitForEndOfSpeaker, note: "it has ended"),
                FaultStep(.killInstance),
                FaultStep(.stopForwarding, note: "interface out of subnet"),
            ],
            aftermath: [.removeInterfaces], undo: .bootInstance,
            sights: Sights(bgp: .cease, bfd: .adminDown, connection: .closed),
            answering: .briefly, sessions: .every, movement: .moves),
        FaultDescription(
            .crash, "SIGKILL to the speaker", rfc7747: "5.4",
            steps: [FaultStep(.signal(.kill))], undo: .startSpeaker,
            sights: Sights(bgp: .connectionClosed, bfd: .silence, connection: .closed),
            answering: .yes, sessions: .every, movement: .moves),
        FaultDescription(
            .freeze, "SIGSTOP to the speaker", targets: [.instance, .routeServer],
            steps: [FaultStep(.signal(.stop))], undo: .continueSpeaker,
            sights: Sights(bgp: .silence, bfd: .silence, connection: .openSilent),
            answering: .yes, sessions: .every, movement: .moves),
        FaultDescription(
            .terminate, "SIGTERM to the speaker", rfc7747: "5.3",
            steps: [FaultStep(.signal(.terminate))], undo: .startSpeaker,
            sights: Sights(bgp: .cease, bfd: .adminDown, connection: .closed),
            answering: .yes, sessions: .every, movement: .moves),
    ]
}
