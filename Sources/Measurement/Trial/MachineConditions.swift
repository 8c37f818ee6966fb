// SPDX-License-Identifier: MIT-0

/// The machine's influence on a trial, besides the CPU time of other processes.
package struct MachineConditions: Hashable, Sendable, Codable {
    /// The share of all CPUs' time that the hypervisor gave to other guests: 0...1; nil if not measured.
    package var stealShare: Double?
    /// The greatest lateness of each node's BFD timers; empty without BFD.
    package var timerLateness: [String: Milliseconds]
    /// The greatest lateness of each node's other thread, the one that runs BGP or watches the tables, at its timers.
    ///
    /// A speaker is woken only if it has something to do.
    package var loopLateness: [String: Milliseconds]
    /// The kernel's clock source; nil if it is not known.
    package var clockSource: String?

    package init(
        stealShare: Double? = nil, timerLateness: [String: Milliseconds] = [:],
        loopLateness: [String: Milliseconds] = [:], clockSource: String? = nil
    ) {
        self.stealShare = stealShare
        self.timerLateness = timerLateness
        self.loopLateness = loopLateness
        self.clockSource = clockSource
    }

    private enum CodingKeys: String, CodingKey {
        case stealShare = "steal"
        case timerLateness = "max_timer_lateness_ms"
        case loopLateness = "max_loop_lateness_ms"
        case clockSource = "clock_source"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        stealShare = try container.decodeIfPresent(Double.self, forKey: .stealShare)
        timerLateness = try container.decode([String: Milliseconds].self, forKey: .timerLateness)
        // Results of earlier versions have none.
        loopLateness = try container.decodeIfPresent([String: Milliseconds].self, forKey: .loopLateness) ?? [:]
        clockSource = try container.decodeIfPresent(String.self, forKey: .clockSource)
    }

    /// Clocks that take microseconds to read, or cannot distinguish close instants.
    private static let coarseClockSources: Set<String> = ["hpet", "acpi_pm", "pit", "jiffies", "refined-jiffies"]

    package var hasCoarseClock: Bool { clockSource.map(Self.coarseClockSources.contains) ?? false }
}
