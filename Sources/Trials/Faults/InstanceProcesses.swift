// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// The processes of one instance, held by handles: the programs of its speaker, and process 1.
final class InstanceProcesses {
    /// How long a killed process may take to be gone.
    private static let endTimeout = Duration.seconds(10)

    private let lab: Lab
    private let instance: String
    private let links: InstanceLinks
    private let stall: InstanceStall
    /// The instance's own programs.
    private var programs: [InitClient.Program] = []
    private var instanceInit: InitClient.Program?

    init(of instance: String, in lab: Lab) throws {
        self.lab = lab
        self.instance = instance
        links = try InstanceLinks(of: instance, in: lab)
        instanceInit = try lab.initClient.running().last { $0.name == instance }
        stall = InstanceStall(of: instance, process: instanceInit?.handle.processID(), in: lab)
        // Process 1 of a stopped instance does not answer.
        if instanceInit != nil, !stall.isStopped {
            programs = try InitClient(connectingTo: lab.directory.instanceInitSocket(instance)).runningSpeaker()
        }
    }

    /// - Throws: `LabError` if nothing is left that could fail.
    func requireRunning(speaker needsSpeaker: Bool) throws {
        guard !stall.isStopped else {
            throw LabError("\(instance) is paused", advice: "run 'rslab restore pause' first")
        }
        guard instanceInit != nil, !programs.isEmpty || !needsSpeaker else {
            throw LabError("\(instance) runs nothing that could fail", advice: "run 'rslab restore' first")
        }
    }

    /// SIGKILL to all: programs first and process 1 last, so that the sockets that matter are closed without waiting
    /// for a PID namespace to be torn down.
    func kill() throws {
        try signalPrograms(SIGKILL)
        try instanceInit?.handle.send(signal: SIGKILL)
    }

    func signalPrograms(_ signal: Int32) throws {
        for program in programs {
            try program.handle.send(signal: signal)
        }
    }

    func waitForEndOfPrograms() throws {
        for program in programs { try Self.waitForEnd(of: program) }
    }

    /// Process 1 ends after all others of its namespace.
    func waitForEnd() throws {
        if let instanceInit { try Self.waitForEnd(of: instanceInit) }
    }

    /// A process's end is reported after its descriptors are closed.
    static func waitForEnd(of program: InitClient.Program) throws {
        guard try program.handle.waitForEnd(until: .now + endTimeout) else {
            throw LabError("\(program.name) does not end", advice: "run 'rslab down'")
        }
    }

    /// Whether the speaker's programs, or all, are stopped.
    var isStopped: Bool {
        stall.isStopped
            || programs.allSatisfy { program in program.handle.processID().map(LinuxSystem.isStopped) ?? true }
    }

    func removeLinks() throws { try links.remove() }

    /// Every process of the instance stops where it is.
    func stopAll() throws { try stall.stopAll() }
    func continueAll() throws { try stall.continueAll() }

    /// The instance gets `share` of one processor, 0...1.
    ///
    /// - Returns: what limits it, for people.
    func limitCPU(to share: Double) throws -> String { try stall.limitCPU(to: share) }
    func removeCPULimit() throws { try stall.removeCPULimit() }

    /// Has the speaker's daemon read its configuration again, as an operator would.
    func reloadSpeaker(waitingIn feed: EventFeed) throws {
        let starter = NodePrograms(directory: lab.directory, executables: try .find())
        let client = try InitClient(connectingTo: lab.directory.instanceInitSocket(instance))
        try feed.listen(to: client, node: instance)
        try InstanceSpeakerStart(
            programs: starter, options: lab.state.options, feed: feed, deadline: .now + Self.endTimeout
        ).reload(programs, of: instance, by: client)
    }

    /// Boots the instance, from whatever is left of it: nothing, half of it, or all.
    func boot(waitingIn feed: EventFeed, deadline: Instant) throws {
        if instanceInit != nil {
            try kill()
            try waitForEnd()
        }
        try links.remove()
        try links.makeAgain()
        let starter = NodePrograms(directory: lab.directory, executables: try .find())
        instanceInit = try starter.orderInstance(instance, by: lab.initClient).answer()
        try lab.onBoot(instance)
        try startSpeakerAgain(waitingIn: feed, deadline: deadline)
    }

    func startSpeakerAgain(waitingIn feed: EventFeed, deadline: Instant) throws {
        guard let speaker = lab.state.speakers.first(where: { $0.instance == instance }) else { return }
        let client = try InitClient(connectingTo: lab.directory.instanceInitSocket(instance))
        for program in try client.runningSpeaker() {
            // A speaker that received SIGTERM may still be ending.
            try program.handle.send(signal: SIGKILL)
            try Self.waitForEnd(of: program)
            // The end was intended, and is not that of the program that is started next under this name.
            try client.takeEnd(of: program.name, until: .now + Self.endTimeout)
        }
        try feed.listen(to: client, node: instance)
        let starter = NodePrograms(directory: lab.directory, executables: try .find())
        try InstanceSpeakerStart(programs: starter, options: lab.state.options, feed: feed, deadline: deadline)
            .start(speaker, by: client)
        programs = try client.runningSpeaker()
    }
}
