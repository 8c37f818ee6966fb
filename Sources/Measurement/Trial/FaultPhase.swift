// SPDX-License-Identifier: MIT-0
package import WireFormat

/// When a trial's fault was to come: the baseline, and a random part of the phase after it.
package struct FaultPhase: Hashable, Sendable, Codable {
    /// What the random part was drawn from: at least 0, and below this.
    package var range: Milliseconds
    package var drawn: Milliseconds
    package var baseline: Milliseconds
    /// From when the baseline began until just before the fault.
    package var measured: Milliseconds

    package init(_ draw: Draw, fault: Instant) {
        range = draw.range
        drawn = draw.drawn
        baseline = draw.baseline
        measured = Milliseconds(from: draw.begunAt, to: fault)
    }

    /// The draw, before there is a fault.
    package struct Draw: Hashable, Sendable {
        package var range: Milliseconds
        package var drawn: Milliseconds
        package var baseline: Milliseconds
        package var begunAt: Instant

        package init(range: Milliseconds, drawn: Milliseconds, baseline: Milliseconds, begunAt: Instant) {
            self.range = range
            self.drawn = drawn
            self.baseline = baseline
            self.begunAt = begunAt
        }
    }

    private enum CodingKeys: String, CodingKey {
        case range = "range_ms"
        case drawn = "drawn_ms"
        case baseline = "baseline_ms"
        case measured = "measured_ms"
    }
}
