// SPDX-License-Identifier: MIT-0
package import Measurement

/// What a trial does; the same for every trial of a run.
package struct TrialPlan: Sendable {
    /// What is done to the lab, and when: one fault, or several.
    package var sequence: FaultSequence
    /// How long to watch the effect of faults that need not move traffic; nil for the longest of the timers.
    package var watchTime: Duration?
    package var probing: ProbeSettings
    package var flows: FlowSettings
    /// The applications measured next to the probes; nil for none.
    package var applications: ApplicationSettings?
    /// The limits within which a trial counts as undisturbed.
    package var limits: Validity.Limits
    /// Whether a second prober, and stamps of packets in the router, are held against the prober.
    package var isWitnessed = false
    /// Whether what passes the router is kept.
    package var keepsPackets = false

    package init(
        _ sequence: FaultSequence, watchTime: Duration? = nil, probing: ProbeSettings = ProbeSettings(),
        flows: FlowSettings = FlowSettings(), applications: ApplicationSettings? = nil,
        limits: Validity.Limits = Validity.Limits()
    ) {
        self.sequence = sequence
        self.watchTime = watchTime
        self.probing = probing
        self.flows = flows
        self.applications = applications
        self.limits = limits
    }

    /// What its trials wait for, and for how long.
    package func course(of fault: Fault?, timers: SessionTimers) -> TrialCourse {
        TrialCourse(sequence, fault: fault, timers: timers, probing: probing, watchTime: watchTime)
    }
}
