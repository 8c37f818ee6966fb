// SPDX-License-Identifier: MIT-0

/// What is the same in all trials of a run.
package struct TrialSettings: Hashable, Sendable, Codable {
    package var probing: ProbeSettings
    /// What is probed besides the primary flow.
    package var flows: FlowSettings
    package var timers: SessionTimers
    package var limits: Validity.Limits
    /// What an expected window allows for the route server's own work.
    package var allowance: Milliseconds

    package init(
        probing: ProbeSettings = ProbeSettings(), flows: FlowSettings = FlowSettings(), timers: SessionTimers,
        limits: Validity.Limits = Validity.Limits(), allowance: Milliseconds = ExpectedWindow.usualAllowance
    ) {
        self.probing = probing
        self.flows = flows
        self.timers = timers
        self.limits = limits
        self.allowance = allowance
    }

    private enum CodingKeys: String, CodingKey {
        case probing, flows, timers, limits
        case allowance = "allowance_ms"
    }
}
