// SPDX-License-Identifier: MIT-0
import WireFormat

/// The uncertainty of each of a trial's figures; nil where there is no figure.
package struct TrialUncertainty: Hashable, Sendable, Codable {
    package var outage: Uncertainty?
    package var convergence: Uncertainty?
    package var detection: Uncertainty?

    init(trial: Trial, probes: [Probe]) {
        let interval = trial.settings.probing.interval
        let fault = trial.fault.uncertainty ?? .zero
        // Half the width of a reading, in microseconds; a difference of two stamps has it twice.
        let clocks = Milliseconds((trial.prober?.clockPairWidth ?? 0) / 1_000)
        if let upper = trial.outage.upper {
            // The figure is the bracket's middle, or 0 if nothing was lost, and then all of it is unknown.
            let whole = upper - trial.outage.lower
            let bound = trial.outage.lostCount == 0 ? whole : Milliseconds(nanoseconds: whole.nanoseconds / 2)
            outage = Uncertainty([
                .probeInterval: min(bound, interval), .lateness: max(.zero, bound - interval),
                .clocks: clocks.times(2),
            ])
        }
        if let convergence = trial.convergence {
            // It may have served from just after the probe before.
            let first = probes.firstIndex { probe in
                if case .answered(let at, _) = probe.fate { at == convergence.repliedAt } else { false }
            }
            let gap = first.flatMap { index -> Milliseconds? in
                index == 0 ? nil : Milliseconds(from: probes[index - 1].sentAt, to: probes[index].sentAt)
            }
            self.convergence = Uncertainty([
                .probeInterval: min(gap ?? interval, interval), .lateness: max(.zero, (gap ?? interval) - interval),
                .fault: fault, .clocks: clocks,
            ])
        }
        if trial.timeline.detection != nil {
            let node = trial.subject.routeServerNode
            let lateness = [trial.machine?.timerLateness[node], trial.machine?.loopLateness[node]]
            detection = Uncertainty([.fault: fault, .wakeUp: lateness.compactMap(\.self).max() ?? .zero])
        }
    }
}
