// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Glibc
internal import LabHost

struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command inside a node.",
        discussion: """
            Inside an instance that speaks BGP, the sample's own commands work:
              rslab exec instance-rs-az1 -- gobgp neighbor
              rslab exec instance-rs-az1 -- gobgp global rib
              rslab exec access-instance -- ping -c 3 172.16.1.1
            The exit status is the command's; 127 if there is no such command, 126 if it cannot be executed. It \
            starts in the working directory, and receives SIGTERM and SIGHUP.
            """)

    @OptionGroup var selection: LabSelection
    @Argument(help: "The node.")
    var node: String
    @Argument(parsing: .postTerminator, help: "The command and its arguments, after '--'.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("write the command after '--': rslab exec \(node) -- COMMAND")
        }
    }

    func run() throws {
        try Outcome.run(json: false) {
            throw ExitCode(try selection.open().run(command, on: node))
        }
    }
}

struct Shell: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "shell", abstract: "Open a shell inside a node.")

    @OptionGroup var selection: LabSelection
    @Argument(help: "The node.")
    var node: String

    func run() throws {
        try Outcome.run(json: false) {
            let shell = getenv("SHELL").map { String(cString: $0) } ?? "/bin/sh"
            throw ExitCode(try selection.open().run([shell], on: node))
        }
    }
}
