// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
package import Measurement
internal import WireFormat

/// Trials with the same settings, one after the other on one lab.
package final class FailoverRun {
    /// Where a run is, for whoever watches.
    package struct Progress: Sendable {
        package var trial: Int
        package var trialCount: Int
        package var step: FailoverTrial.Progress
    }

    private let lab: Lab
    private let plan: TrialPlan
    private let seed: UInt64
    private let feed: EventFeed
    private let version: String
    private let onProgress: (Progress) -> Void
    /// Ctrl-C came before the last trial was finished.
    package private(set) var wasInterrupted = false

    package init(
        lab: Lab, plan: TrialPlan, seed: UInt64, interruption: Interruption, version: String,
        onProgress: @escaping (Progress) -> Void
    ) throws {
        self.lab = lab
        self.plan = plan
        self.seed = seed
        self.version = version
        self.onProgress = onProgress
        feed = try EventFeed(interruption: interruption)
    }

    /// Runs the trials.
    ///
    /// - Throws: `Interrupted` when not one trial was finished; what is finished is returned otherwise.
    package func run(trials count: Int) throws -> Run {
        for node in lab.routeServerNodes + [LabPlan.vpcNode] {
            try feed.listen(to: node, in: lab.directory, since: .zero)
        }
        try feed.listen(to: lab.initClient, node: "lab")
        lab.responders = try plan.applications.map { try ApplicationResponders(in: lab, settings: $0) }
        defer { lab.endResponders() }
        return try BlockAnnouncement.during(plan.flows.block, in: lab, feed: feed) {
            try run(trials: count, announcement: $0)
        }
    }

    private func run(trials count: Int, announcement: BlockAnnouncement?) throws -> Run {
        var environment = RunEnvironment.current(versions: ["rslab": version])
        var random = SeededRandom(seed: seed)
        var trials: [Trial] = []
        for number in 1...count {
            let trial = FailoverTrial(
                lab: lab, feed: feed, plan: plan, announcement: announcement, random: SeededRandom(seed: random.next()),
                endsWithRun: lab.endsWithThisProcess
            ) { [feed, onProgress] step in
                feed.onTick = { onProgress(Progress(trial: number, trialCount: count, step: step)) }
                feed.onTick()
            }
            do {
                trials.append(try trial.run(number: number))
            } catch is Interrupted where !trials.isEmpty {
                wasInterrupted = true
                break
            }
        }
        environment.conditions = conditions
        return Run(
            lab: lab.name, seed: seed, environment: environment, settings: trials[0].settings, trials: trials)
    }
}

extension FailoverRun {
    /// What the figures rest on beside the machine itself.
    private var conditions: [String] {
        let priorities = feed.events.filter { $0.kind == .nodeStarted }.map { event in
            "\(event.node): \(event.detail ?? "")"
        }
        guard lab.state.options.speaker == .builtin else { return priorities }
        return priorities + [
            "speakers: unmap their program's pages when idle, so that a killed one closes its sockets sooner"
        ]
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed, for ever.
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension RunEnvironment {
    /// This machine, now.
    static func current(versions: [String: String]) -> RunEnvironment {
        var names = utsname()
        uname(&names)
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        // A machine that does not say what it runs under is taken for a real one.
        let cpuInfo = (try? readTextFile("/proc/cpuinfo")) ?? ""
        let isVirtual = cpuInfo.split(separator: "\n").contains {
            $0.hasPrefix("flags") && $0.split(separator: " ").contains("hypervisor")
        }
        return RunEnvironment(
            kernel: text(names.release), machine: text(names.machine), cpuCount: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            virtualization: isVirtual ? "hypervisor" : nil, versions: versions,
            clocks: ClockPair(monotonic: .now, realTime: realTimeNanoseconds()))
    }
}
