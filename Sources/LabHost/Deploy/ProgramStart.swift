// SPDX-License-Identifier: MIT-0
internal import LabModel
internal import LinuxSystem
internal import NodeProtocol
internal import VPC
internal import WireFormat

/// The first start of a lab's programs: they are loaded while the network is built, and begin when it is complete.
///
/// The inits carry out their orders in sequence, and nothing waits for them meanwhile.
struct ProgramStart {
    /// A speaker, with the init of its instance.
    private struct Speaker {
        var instance: String
        var instanceInit: InitClient
        /// Nil for a daemon that is not rslab's; it is started when everything else runs.
        var program: InitClient.Pending<InitClient.Program>?
    }

    private let blueprint: LabBlueprint
    private let programs: NodePrograms
    private let held: [InitClient.Pending<Void>]
    private var ofLab: [InitClient.Pending<InitClient.Program>] = []
    private var speakers: [Speaker] = []
    /// Where route servers and the watcher wait.
    private let servers: StartLine
    /// Where speakers wait: one that dials before its route server listens is refused, and retries only a second later.
    private let dialling: StartLine

    /// Has the lab's init hold the namespaces, then orders all programs.
    init(
        _ blueprint: LabBlueprint, _ programs: NodePrograms, by initClient: InitClient, in namespaces: [HeldNamespace]
    ) throws {
        self.blueprint = blueprint
        self.programs = programs
        servers = try StartLine()
        dialling = try StartLine()
        guard let router = namespaces.first(where: { $0.name == LabPlan.vpcNode }) else {
            throw LabError("the plan has no router")
        }
        held = try initClient.hold(namespaces)
        for routeServer in blueprint.model.routeServers {
            ofLab.append(
                try programs.orderRouteServer(
                    blueprint.routeServerConfiguration(routeServer), router: router, by: initClient,
                    startLine: servers.descriptor))
        }
        ofLab.append(
            try programs.orderWatcher(
                blueprint.watcherConfiguration, by: initClient, startLine: servers.descriptor))
        for instance in blueprint.model.instances {
            ofLab.append(try programs.orderInstance(instance.name, by: initClient))
        }
        for speaker in blueprint.speakers {
            let instanceInit = try InitClient(connectingTo: programs.directory.instanceInitSocket(speaker.instance))
            let program =
                blueprint.options.speaker == .builtin
                ? try programs.orderSpeaker(speaker, by: instanceInit, startLine: dialling.descriptor) : nil
            speakers.append(Speaker(instance: speaker.instance, instanceInit: instanceInit, program: program))
        }
    }

    /// Lets the programs begin: first the route servers and the watcher, and when these run, the speakers.
    func begin(of lab: Lab, feed: EventFeed, deadline: Instant) throws {
        for pending in held { try pending.answer() }
        for pending in ofLab { _ = try pending.answer() }
        try feed.listen(to: lab.initClient, node: EventFeed.labNode)
        let readiness = Readiness(lab: lab, feed: feed, deadline: deadline)
        let nodes = lab.layout.routeServerNodes + [LabPlan.vpcNode]
        try servers.open()
        for node in nodes {
            try readiness.explainingDeadPrograms {
                try feed.listen(to: node, in: programs.directory, since: .zero)
            }
        }
        for speaker in speakers {
            _ = try speaker.program?.answer()
            try feed.listen(to: speaker.instanceInit, node: speaker.instance)
        }
        try readiness.waitForPrograms(nodes)
        try dialling.open()
        guard blueprint.options.speaker != .builtin else { return }
        let start = InstanceSpeakerStart(
            programs: programs, options: blueprint.options, feed: feed, deadline: deadline)
        for (speaker, started) in zip(blueprint.speakers, speakers) {
            try start.start(speaker, by: started.instanceInit)
        }
    }
}
