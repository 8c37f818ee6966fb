// SPDX-License-Identifier: MIT-0

/// What the machine did to a trial, beside what others took of its CPUs.
package struct MachineConditions: Hashable, Sendable, Codable {
    /// The part of all CPUs' time that the hypervisor gave to others: 0...1; nil if nobody looked.
    package var stealShare: Double?
    /// How late each node's BFD timers were served at most; without BFD there are none.
    package var timerLateness: [String: Milliseconds]
    /// How late the kernel woke each node's other thread for its timers at most: the one that speaks BGP, or watches the
    /// tables.
    ///
    /// A speaker is woken only where it has something to do.
    package var loopLateness: [String: Milliseconds]
    /// What the kernel reads the time from; nil where it does not say.
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
        // Runs of before have none.
        loopLateness = try container.decodeIfPresent([String: Milliseconds].self, forKey: .loopLateness) ?? [:]
        clockSource = try container.decodeIfPresent(String.self, forKey: .clockSource)
    }

    /// Clocks that take microseconds to read, or do not tell one from the next.
    private static let coarseClockSources: Set<String> = ["hpet", "acpi_pm", "pit", "jiffies", "refined-jiffies"]

    package var hasCoarseClock: Bool { clockSource.map(Self.coarseClockSources.contains) ?? false }
}
