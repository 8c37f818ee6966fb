// SPDX-License-Identifier: MIT-0
package import Measurement

/// What a trial is to do; the same for every trial of a run.
package struct TrialPlan: Sendable {
    package var fault: FaultName
    /// What the fault falls on, as users type it; nil for the active instance.
    package var target: String?
    package var parameters: FaultParameters
    package var request: FaultRequest { FaultRequest(fault, target: target, parameters: parameters) }
    /// How long to watch a fault that moves nothing; nil for the longest of the timers.
    package var watchTime: Duration?
    package var probing: ProbeSettings
    package var flows: FlowSettings
    /// The applications beside the probes; nil for none.
    package var applications: ApplicationSettings?
    /// Up to where a trial counts as undisturbed.
    package var limits: Validity.Limits

    package init(
        fault: FaultName, target: String? = nil, parameters: FaultParameters = FaultParameters(),
        watchTime: Duration? = nil, probing: ProbeSettings = ProbeSettings(), flows: FlowSettings = FlowSettings(),
        applications: ApplicationSettings? = nil, limits: Validity.Limits = Validity.Limits()
    ) {
        self.fault = fault
        self.target = target
        self.parameters = parameters
        self.watchTime = watchTime
        self.probing = probing
        self.flows = flows
        self.applications = applications
        self.limits = limits
    }
}
