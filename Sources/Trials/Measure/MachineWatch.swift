// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// What the machine does to a trial, from when this is made until `end`.
struct MachineWatch {
    private let lab: Lab
    private let account: CPUAccount
    /// The nodes that can say how late they were.
    private let nodes: [String]

    /// Nodes that `faults` fall on are left out: what a fault took away says nothing, and what it stopped was late for that.
    init(_ lab: Lab, faults: SequencePlacement) throws {
        self.lab = lab
        let speakers = lab.state.options.speaker == .builtin ? lab.speakerInstances : []
        let targets = Set(faults.faults.values.map(\.target).filter(\.isNode).map(\.name))
        nodes = (lab.routeServerNodes + [LabPlan.vpcNode] + speakers).filter { !targets.contains($0) }
        account = try CPUAccount(labInit: lab.state.initProcess.processID)
        // What was late before is none of this trial's business.
        _ = lateness()
    }

    /// The part of all CPUs that others took (0...1), and the rest.
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

    /// How late the threads of each node that can be asked were, since this was asked last.
    private func lateness() -> [String: NodeLateness] {
        var lateness: [String: NodeLateness] = [:]
        for node in nodes {
            // A program that ended says nothing.
            lateness[node] = try? NodeClient(node, in: lab.directory).ask(TakeLateness())
        }
        return lateness
    }

    private static var clockSource: String? {
        // Without sysfs nobody knows.
        let text = try? readTextFile("/sys/devices/system/clocksource/clocksource0/current_clocksource")
        return text.map { String($0.prefix { $0 != "\n" }) }
    }
}

extension TimerLateness {
    /// The latest of all wake-ups; nil if there was none.
    fileprivate var latest: Milliseconds? {
        count > 0 ? Milliseconds(nanoseconds: maximumNanoseconds) : nil
    }
}

extension FaultTarget {
    /// Whether it is a node, whose program is what fails, and not a link.
    fileprivate var isNode: Bool { kind == .instance || kind == .routeServer }
}
