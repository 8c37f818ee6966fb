// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// The machine's influence on a trial, from the creation of this value until `end`.
struct MachineWatch {
    private let lab: Lab
    private let account: CPUAccount
    /// The nodes that are asked how late they were.
    private let nodes: [String]

    /// Targets of `faults` are left out: a node that a fault ends cannot answer, and one that it stops is late for that reason.
    init(_ lab: Lab, faults: SequencePlacement) throws {
        self.lab = lab
        let speakers = lab.state.options.speaker == .builtin ? lab.layout.speakerInstances : []
        let targets = Set(faults.faults.values.map(\.target).filter(\.isNode).map(\.name))
        nodes = (lab.layout.routeServerNodes + [LabPlan.vpcNode] + speakers).filter { !targets.contains($0) }
        account = try CPUAccount(labInit: lab.state.initProcess.processID)
        // Lateness before this does not count for the trial.
        _ = lateness()
    }

    /// The share of all CPUs that other processes used (0...1), and other conditions.
    func end() throws -> (foreignCPUShare: Double, conditions: MachineConditions) {
        let now = try CPUAccount(labInit: lab.state.initProcess.processID)
        let lateness = lateness()
        return (
            now.foreignShare(since: account),
            MachineConditions(
                stealShare: now.stealShare(since: account), timerLateness: lateness.compactMapValues { $0.bfd?.latest },
                loopLateness: lateness.compactMapValues(\.loop.latest), clockSource: Self.clockSource)
        )
    }

    /// How late the threads of each node were, since the last call.
    private func lateness() -> [String: NodeLateness] {
        var lateness: [String: NodeLateness] = [:]
        for node in nodes {
            // A program that has ended cannot answer.
            lateness[node] = try? NodeClient(node, in: lab.directory).ask(TakeLateness())
        }
        return lateness
    }

    private static var clockSource: String? {
        // Without sysfs it is unknown.
        let text = try? readTextFile("/sys/devices/system/clocksource/clocksource0/current_clocksource")
        return text.map { String($0.prefix { $0 != "\n" }) }
    }
}

extension TimerLateness {
    /// The greatest lateness of all wake-ups; nil if there were none.
    fileprivate var latest: Milliseconds? {
        count > 0 ? Milliseconds(nanoseconds: maximumNanoseconds) : nil
    }
}

extension FaultTarget {
    /// Whether it is a node, whose program is what fails, and not a link.
    fileprivate var isNode: Bool { kind == .instance || kind == .routeServer }
}
