// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabHost
internal import LabModel
internal import Measurement
internal import Trials
internal import WireFormat

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Take faults back, the last one first, and wait until the lab is as before.",
        discussion: """
            Without FAULT, all faults are taken back. With it, only those of that name, or the one on --target; others \
            stay in place.
            """)

    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions
    @Argument(help: ArgumentHelp("The fault to take back, such as loss; all by default.", valueName: "FAULT"))
    var fault: FaultName?
    @Option(help: ArgumentHelp("Only faults on this target.", valueName: "NODE|LINK|ZONE"))
    var target: String?
    @Option(help: .time("How long to wait for the lab.", numberIn: .seconds))
    var timeout = TimeArgument<InSeconds>(.seconds(120))

    func validate() throws {
        try timeout.checkTimeout()
    }

    /// In the order in which they are taken back.
    private static func list(_ faults: [ActiveFault]) -> String {
        faults.reversed().map { "\($0.name.rawValue) on \($0.target)" }.joined(separator: ", ")
    }

    private struct NothingToDo: Encodable {
        var schema = 1
        var changed = false
    }

    /// Without a fault in place, services that died were started.
    private struct ServicesStarted: Encodable {
        var schema = 1
        var changed = true
        var started: [String]
    }

    func run() throws {
        try Outcome.run(json: output.json) {
            let lab = try selection.open()
            try lab.takeLock()
            let command = FaultCommand(lab: lab)
            let faults = try command.faults(named: fault, on: target)
            let dead = try lab.deadServices()
            guard !faults.isEmpty || !dead.isEmpty else {
                if lab.state.block != nil { return try withdrawRemains(in: lab) }
                Terminal.note("No fault is in place; nothing was changed.")
                if output.json { try Outcome.print(NothingToDo()) }
                return
            }
            for death in dead { Terminal.note("\(death.text); it is started again") }
            let task = faults.isEmpty ? "starting what died" : "taking \(Self.list(faults)) back"
            Terminal.progress(
                "\(task), and waiting for the lab to be as before (at most \(Milliseconds(timeout.duration).text))")
            let (restoration, started) = try command.restore(
                faults, within: timeout.duration, interruption: Entry.interruption.get())
            let others = lab.state.faults
            if lab.state.block != nil, others.isEmpty { try BlockAnnouncement.withdrawRemains(in: lab) }
            Terminal.endProgress()
            if output.json {
                if let restoration { return try Outcome.print(restoration) }
                return try Outcome.print(ServicesStarted(started: started.map(\.name)))
            }
            try print(Self.text(faults, started: started.map(\.name), others: others))
        }
    }

    private static func text(_ faults: [ActiveFault], started: [String], others: [ActiveFault]) -> String {
        var done: [String] = []
        if !faults.isEmpty { done.append("\(list(faults)) \(faults.count == 1 ? "is" : "are") taken back") }
        if !started.isEmpty {
            done.append("\(started.joined(separator: ", ")) \(started.count == 1 ? "runs" : "run") again")
        }
        let state =
            others.isEmpty ? "the lab is as before." : "\(list(others)) \(others.count == 1 ? "stays" : "stay")."
        return done.joined(separator: "; ") + "; \(state)"
    }

    /// A run that was killed may have left prefixes besides the template's.
    private func withdrawRemains(in lab: Lab) throws {
        try BlockAnnouncement.withdrawRemains(in: lab)
        if output.json { return try Outcome.print(PrefixesWithdrawn()) }
        try print("No fault is in place; the prefixes that a run had left are withdrawn.")
    }

    private struct PrefixesWithdrawn: Encodable {
        var schema = 1
        var changed = true
    }
}
