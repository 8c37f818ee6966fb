// SPDX-License-Identifier: MIT-0
package import Measurement

/// What a trial is to do; the same for every trial of a run.
package struct TrialPlan: Sendable {
    package var fault: FaultName
    /// Of `loss`: the part of all packets that is lost (0...1); nil for the usual one.
    package var lossShare: Double?
    /// How long to watch a fault that moves nothing; nil for the longest of the timers.
    package var watchTime: Duration?
    package var probing: ProbeSettings
    package var flows: FlowSettings
    /// The applications beside the probes; nil for none.
    package var applications: ApplicationSettings?

    package init(
        fault: FaultName, lossShare: Double? = nil, watchTime: Duration? = nil,
        probing: ProbeSettings = ProbeSettings(), flows: FlowSettings = FlowSettings(),
        applications: ApplicationSettings? = nil
    ) {
        self.fault = fault
        self.lossShare = lossShare
        self.watchTime = watchTime
        self.probing = probing
        self.flows = flows
        self.applications = applications
    }
}
