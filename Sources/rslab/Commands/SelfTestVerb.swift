// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabHost
internal import Measurement
internal import Report
internal import Trials

struct SelfTestVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "self-test",
        abstract: "Plant errors into measurements on this machine, and check that each is reported.",
        discussion: """
            Builds a lab of its own, measures it once without an error, and then once for each planted error: lost and \
            late replies, a route changed by hand, replies of another host, load, and programs that sleep or die. Each \
            must make its measurement invalid, for the right reason. It takes less than a minute.

            Exit status: 0 all are caught; 1 some are not; 2 it could not be carried out.
            """)

    @Option(help: "Plant only these errors, separated by commas.", transform: ErrorNames.init)
    var only: ErrorNames?
    @Flag(help: "Print every error, then exit.")
    var list = false
    @OptionGroup var output: OutputOptions

    /// Names of planted errors.
    struct ErrorNames {
        var errors: [PlantedError]

        init(_ text: String) throws {
            errors = try text.split(separator: ",").map { name in
                guard let error = PlantedError.all.first(where: { $0.name == name }) else {
                    throw ValidationError("there is no planted error '\(name)'; see 'rslab self-test --list'")
                }
                return error
            }
        }
    }

    private struct Result: Encodable {
        var schema = 1
        var caught: Int
        var planted: Int
        var errors: [SelfTest.Outcome]
    }

    private struct List: Encodable {
        struct Entry: Encodable {
            var name: String
            var words: String
        }
        var schema = 1
        var errors: [Entry]
    }

    func run() throws {
        if list { return try printList() }
        try Outcome.run(json: output.json) {
            let errors = only?.errors ?? PlantedError.all
            let test = try SelfTest(interruption: Entry.interruption.get()) { Terminal.progress($0) }
            let outcomes = try test.run(errors)
            Terminal.endProgress()
            // Part of them says nothing of the others.
            if only == nil { try Self.record(outcomes).save() }
            let caught = outcomes.count(where: \.isCaught)
            if output.json {
                try Outcome.print(Result(caught: caught, planted: outcomes.count, errors: outcomes))
            } else {
                try print(Self.text(outcomes))
            }
            guard caught == outcomes.count else { throw Outcome.overBudget }
        }
    }

    private static func record(_ outcomes: [SelfTest.Outcome]) -> SelfTestRecord {
        let environment = RunEnvironment.current(versions: [:])
        return SelfTestRecord(
            version: RSLab.version, kernel: environment.kernel, realTime: environment.clocks.realTime,
            caughtCount: outcomes.count(where: \.isCaught), plantedCount: outcomes.count,
            missed: outcomes.filter { !$0.isCaught }.map(\.name))
    }

    private func printList() throws {
        if output.json {
            let entries = PlantedError.all.map { List.Entry(name: $0.name, words: $0.words) }
            return try Outcome.print(List(errors: entries))
        }
        var table = TextTable([.init("error"), .init("what is planted")])
        for error in PlantedError.all { table.addRow(["\(error.name)", "\(error.words)"]) }
        try print(table.render(Terminal.style, width: Terminal.width))
    }

    private static func text(_ outcomes: [SelfTest.Outcome]) -> String {
        var table = TextTable([.init("planted"), .init("caught"), .init("status", .right), .init("reported as")])
        for outcome in outcomes {
            let doubts = outcome.doubts.map(\.rawValue).joined(separator: ", ")
            let report =
                switch outcome.exitStatus {
                case 1 where doubts.isEmpty: "a broken promise"
                case 2 where doubts.isEmpty: "an error"
                default: doubts.isEmpty ? "nothing" : doubts
                }
            table.addRow([
                .init(outcome.words), .init(outcome.isCaught ? "yes" : "NO", outcome.isCaught ? .good : .bad),
                .init("\(outcome.exitStatus)"), .init(report),
            ])
        }
        let caught = outcomes.count(where: \.isCaught)
        return table.render(Terminal.style, width: Terminal.width)
            + "\nCaught \(caught) of \(outcomes.count)."
    }
}
