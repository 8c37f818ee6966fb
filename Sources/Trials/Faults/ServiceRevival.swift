// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import NodeProtocol
internal import WireFormat

/// Starts services that died although no fault ended them.
struct ServiceRevival {
    let lab: Lab
    let feed: EventFeed
    let deadline: Instant

    /// Starts what each of them belongs to: a route server, the watcher, or an instance's programs.
    func start(_ deaths: [ProgramDeath]) throws {
        var done: Set<String> = []
        for death in deaths where done.insert(death.node).inserted {
            if lab.layout.routeServerNodes.contains(death.node) {
                try RouteServerProcess(death.node, in: lab).start(waitingIn: feed)
            } else if death.node == LabPlan.vpcNode {
                try startWatcher()
            } else {
                try startInstance(death)
            }
        }
    }

    private func startWatcher() throws {
        let starter = NodePrograms(directory: lab.directory, executables: try .find())
        _ = try starter.orderWatcher(LabBlueprint(lab.state).watcherConfiguration, by: lab.initClient).answer()
    }

    private func startInstance(_ death: ProgramDeath) throws {
        let processes = try InstanceProcesses(of: death.node, in: lab)
        if death.program.name == death.node {
            try processes.boot(waitingIn: feed, deadline: deadline)
        } else {
            try processes.startSpeakerAgain(waitingIn: feed, deadline: deadline)
        }
    }
}
