// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Glibc
internal import LabHost
internal import LinuxSystem

/// The command: everything that a user types goes through here.
@main
struct Entry {
    /// Signals are blocked and made readable before a second thread exists that could receive them.
    static let interruption = Result { () throws(SystemError) in try Interruption([SIGINT, SIGTERM, SIGHUP]) }

    static func main() {
        Terminal.takePlacesOfClosedStreams()
        // A reader that went away is an error where something is written; it must not interrupt restoring a lab.
        signal(SIGPIPE, SIG_IGN)
        let name = CommandLine.arguments.first.map { $0.split(separator: "/").last ?? "" } ?? ""
        var words = Array(CommandLine.arguments.dropFirst())
        switch name {
        case "gobgp": exit(GoBGPCommand.run(words))
        case "sudo": exit(SudoCommand.run(words))
        default:
            if let shell = DaemonShell(rawValue: String(name)) { exit(shell.run(words)) }
            words = ArrangedWords.of(words)
            exit(status(of: words))
        }
    }

    /// Runs a command line, and returns its exit status.
    private static func status(of words: [String]) -> Int32 {
        var status = ExitCode.success.rawValue
        do {
            do {
                // The parser shows the help of all verbs for a verb that there is not.
                if words.first == "help", let mistake = CommandLineMistake.find(in: words) { throw mistake }
                var command = try RSLab.parseAsRoot(words)
                try command.run()
            } catch let failure as OutputFailure {
                throw failure
            } catch let mistake as CommandLineMistake {
                status = ExitCode.validationFailure.rawValue
                Terminal.note(mistake.text)
            } catch {
                var message = RSLab.fullMessage(for: error, columns: Terminal.width)
                // To ask for the status makes the message once more, and only a failure's is empty or begins like this.
                if message.isEmpty || message.hasPrefix(RSLab._errorPrefix) {
                    status = RSLab.exitCode(for: error).rawValue
                }
                if status == ExitCode.validationFailure.rawValue, let mistake = CommandLineMistake.find(in: words) {
                    message = mistake.text
                }
                if message.isEmpty {
                    // The command has said everything; this is only its exit status.
                } else if status == ExitCode.success.rawValue {
                    // Help, the version, or what is for programs.
                    try Terminal.output((message.hasPrefix("OVERVIEW") ? Terminal.fitted(message) : message) + "\n")
                } else {
                    Terminal.note(message)
                }
            }
        } catch {
            Terminal.note("rslab: \(error)")
            return Outcome.failed.rawValue
        }
        if status == ExitCode.validationFailure.rawValue, words.first == AWSCommand.configuration.commandName {
            return AWSCommand.wrongUsage
        }
        return status == ExitCode.success.rawValue && Terminal.hasLostMessage ? Outcome.failed.rawValue : status
    }
}

struct RSLab: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "rslab",
        abstract: "Rehearses a VPC Route Server failover on this machine, and measures it.",
        discussion: """
            rslab builds a VPC out of network namespaces from a CloudFormation template, runs a route server that behaves \
            like AWS's and a BGP speaker on each instance, takes the active instance away, and reports what a client lost.

              rslab failover --measure     bring the built-in lab up, measure one failover, take it down
              rslab up [TEMPLATE]          bring a lab up and leave it running
              rslab down                   take it down; nothing is left

            Exit status: 0 done; 1 measured, and over a budget, or not shown to be within it; 2 rslab or the lab failed, or its output could not be written; 3 the measurement is not valid; 64 wrong usage; 130 interrupted.
            """,
        version: version,
        subcommands: [
            Up.self, Down.self, Status.self, Failover.self, Restore.self, Neighbors.self, RIB.self, Tables.self,
            BFDCommand.self, AWSCommand.self, Exec.self, Shell.self, Logs.self, Events.self, Validate.self, Doctor.self,
            SelfTestVerb.self, SchemaCommand.self, Completion.self,
        ])
}
