// SPDX-License-Identifier: MIT-0

// Faults of an instance that stalls: everything is still there, but runs hardly or not at all.

extension FaultName {
    /// The whole instance stops for a time, as in a live migration or a stall of its hypervisor: processes and forwarding.
    package static let pause = FaultName(describing: "pause")
    /// The instance gets only a fraction of a CPU.
    package static let starve = FaultName(describing: "starve")
}

extension FaultDescription {
    /// A group of processes that has used up its share waits for the next of these periods (cpu.cfs_period_us).
    package static let cpuPeriod = Milliseconds(100)

    static let stallFaults = [
        FaultDescription(
            .pause, "all stops: processes, forwarding", parameters: FaultParameters(duration: Milliseconds(1000)),
            steps: [
                FaultStep(.stopForwarding, note: "interface forwards nothing"),
                FaultStep(.stopInstance, note: "SIGSTOP to all processes"),
            ],
            undo: .continueInstance,
            sights: Sights(bgp: .silence, bfd: .silence, connection: .openSilent),
            answering: .no, sessions: .every, movement: .moves),
        FaultDescription(
            .starve, "its processes get little CPU", parameters: FaultParameters(cpuShare: 0.05),
            steps: [FaultStep(.limitCPU)], undo: .removeCPULimit,
            sights: Sights(bgp: .gaps, bfd: .gaps, connection: .openLate),
            answering: .yes, sessions: .none, movement: .staysForShortGap,
            longestGap: { parameters in
                Milliseconds(cpuPeriod.value * (1 - (parameters.cpuShare ?? 1)))
            }),
    ]
}
