// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import BFD
internal import LabHost
internal import LabModel
internal import Measurement
internal import NodeProtocol
internal import WireFormat

struct BFDCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bfd",
        abstract: "Change running BFD sessions: timers, AdminDown and back; 'neighbors' shows them.",
        discussion: """
            The sessions are a route server's, or those of an instance that runs rslab's own speaker. A change lasts \
            until the program that has the session is restarted.
            """,
        subcommands: [Set.self, AdminDown.self, AdminUp.self])

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Other intervals and another multiplier, by a Poll Sequence (RFC 5880 section 6.8.3).")

        @OptionGroup var sessions: BFDSessionOptions
        @Argument(
            help: ArgumentHelp("Such as 200msx3; a number alone is in milliseconds.", valueName: "INTERVALxMULTIPLIER"))
        var timers: BFDTimers

        func run() throws { try sessions.change(.setTimers(timers)) }
    }

    struct AdminDown: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "admin-down",
            abstract: "Hold sessions down; this says nothing about the path (RFC 5880 section 6.8.16).")

        @OptionGroup var sessions: BFDSessionOptions

        func run() throws { try sessions.change(.adminDown) }
    }

    struct AdminUp: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "admin-up", abstract: "Let sessions come up again.")

        @OptionGroup var sessions: BFDSessionOptions

        func run() throws { try sessions.change(.adminUp) }
    }
}

/// Selects BFD sessions.
struct BFDSessionOptions: ParsableArguments {
    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions
    @Option(help: "Whose sessions: an instance, or a route server's node; all route servers' by default.")
    var node: String?
    @Option(help: ArgumentHelp("Only sessions with this peer.", valueName: "ADDRESS"))
    var peer: IPAddress?
    @Option(help: "Only sessions of this endpoint.")
    var endpoint: String?

    private struct Result: Encodable {
        var schema = 1
        var sessions: Int
    }

    func change(_ action: BFDChange.Action) throws {
        try Outcome.run(json: output.json) {
            let lab = try selection.open()
            var count = 0
            for node in node.map({ [$0] }) ?? lab.layout.routeServerNodes {
                count += try lab.speaker(on: node).ask(
                    ChangeBFDSessions(BFDChange(action, peer: peer, endpoint: endpoint)))
            }
            if output.json { return try Outcome.print(Result(sessions: count)) }
            try print("\(counted(count, "BFD session")) changed; see 'rslab neighbors'.")
        }
    }
}
