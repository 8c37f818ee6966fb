// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// Stops every process of an instance, or limits them to a fraction of one CPU, and undoes that.
///
/// Changes are recorded in a file of the run directory before they are made, so that another rslab can undo them.
struct InstanceStall {
    /// What was changed for an instance that gets a fraction of a CPU.
    private struct Record: Codable {
        /// The control group that its processes were moved into; nil for the substitute.
        var groupName: String?
        /// The threads that had a real-time priority, which no limit of CPU time affects.
        var realTimeThreads: [SchedulingPolicy]
    }

    private let lab: Lab
    private let instance: String
    /// Process 1 of the instance, by its number here; nil if it does not run.
    private let processID: Int32?

    init(of instance: String, process processID: Int32?, in lab: Lab) {
        self.lab = lab
        self.instance = instance
        self.processID = processID
    }

    private var namespace: PIDNamespace? { processID.flatMap(PIDNamespace.init) }
    private var file: String { lab.directory.stallFile(instance) }

    var isStopped: Bool { processID.map(LinuxSystem.isStopped) ?? false }

    func stopAll() throws { try namespace?.send(signal: SIGSTOP) }

    func continueAll() throws { try namespace?.send(signal: SIGCONT) }

    // MARK: A fraction of a processor

    /// - Returns: what enforces the limit, for display.
    func limitCPU(to share: Double) throws -> String {
        let group = CPUGroup(named: lab.directory.cpuGroupName(instance))
        let period = FaultDescription.cpuPeriod.duration
        guard let namespace else { throw LabError("\(instance) does not run") }
        // The name is recorded before the group is created, so that it is removed whatever happens.
        try save(Record(groupName: group == nil ? nil : lab.directory.cpuGroupName(instance), realTimeThreads: []))
        guard let group, try group.make(share: share, period: period) else {
            return try takeTurns(share: share, period: period)
        }
        let members = namespace.processIDs
        let realTime = members.flatMap(SchedulingPolicy.threads).compactMap(SchedulingPolicy.init(of:))
            .filter(\.isRealTime)
        try save(Record(groupName: lab.directory.cpuGroupName(instance), realTimeThreads: realTime))
        for thread in realTime { try thread.applyOrdinary() }
        for member in members { try group.add(member) }
        return "limited by \(group.kind)"
    }

    func removeCPULimit() throws {
        // Without the file nothing was changed, or everything was undone.
        guard access(file, F_OK) == 0 else { return }
        let record = try JSON.decode(Record.self, from: try readOwnFile(file))
        if let name = record.groupName, let group = CPUGroup(named: name) { try group.dissolve() }
        try endTurns()
        for thread in record.realTimeThreads { try thread.apply() }
        unlink(file)
    }

    private func save(_ record: Record) throws { try replaceFile(file, with: JSON.encode(record)) }

    // MARK: The substitute

    private var turnsProgram: String { "\(instance).turns" }

    /// If no control group can be created, a program of the lab stops all processes for the rest of each period.
    private func takeTurns(share: Double, period: Duration) throws -> String {
        // The lab's init has its own PID namespace, one below this process's.
        guard let processID, let inLab = LinuxSystem.processID(processID, atDepth: 1) else {
            throw LabError("\(instance) does not run")
        }
        let settings = TurnsProgramSettings(
            processID: inLab, share: share, periodMicroseconds: UInt64(period.nanoseconds / 1_000))
        try NodePrograms(directory: lab.directory, executables: try .find())
            .startTurns(turnsProgram, settings, by: lab.initClient)
        return "by alternating SIGCONT and SIGSTOP: no control group can be created here"
    }

    private func endTurns() throws {
        for program in try lab.initClient.running() where program.name == turnsProgram {
            try program.handle.send(signal: SIGKILL)
            try InstanceProcesses.waitForEnd(of: program)
            try lab.initClient.takeEnd(of: turnsProgram, until: .now + .seconds(10))
        }
        try continueAll()
    }
}
