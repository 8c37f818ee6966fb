// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import NodeProtocol
internal import SourceText

/// A word of the command line that names nothing: a verb, an option, or a value of an option.
///
/// The parser finds such a word only after everything else, and suggests any name of few letters.
struct CommandLineMistake: Error {
    let problem: String
    /// The verb whose help tells more.
    let verb: String

    var text: String { "Error: \(problem)\n  See '\(verb) --help' for more information." }

    /// What the parser knows about a command.
    private struct Tool: Decodable {
        struct Command: Decodable {
            var arguments: [Argument]?
        }

        struct Argument: Decodable {
            enum Kind: String, Decodable {
                case positional, option, flag
            }

            struct Name: Decodable {
                var name: String
            }

            var kind: Kind
            var names: [Name]?
            var allValues: [String]?
            var valueName: String?
            var parsingStrategy: String

            static func flag(_ name: String) -> Argument {
                Argument(kind: .flag, names: [Name(name: name)], parsingStrategy: "default")
            }
        }

        var command: Command
    }

    /// What people type for a verb that is called otherwise.
    private static let otherWords = [
        "list": "status", "ls": "status", "ps": "status", "show": "status", "info": "status", "start": "up",
        "create": "up", "deploy": "up", "build": "up", "stop": "down", "destroy": "down", "delete": "down",
        "remove": "down", "rm": "down", "clean": "down", "routes": "rib", "route": "rib", "route-tables": "tables",
        "peers": "neighbors", "sessions": "neighbors", "measure": "failover", "test": "failover", "fail": "failover",
        "undo": "restore", "recover": "restore", "check": "validate", "ssh": "shell", "run": "exec",
    ]

    /// The first mistake of this kind; nil if there is none, so that the parser's own message is the one to show.
    static func find(in words: [String]) -> CommandLineMistake? {
        var search = Search()
        return search.mistake(in: words[...])
    }

    private struct Search {
        private var command: any ParsableCommand.Type = RSLab.self
        private var verb = RSLab._commandName
        private var knownArguments: [Tool.Argument]?
        private var positionalCount = 0

        mutating func mistake(in words: ArraySlice<String>) -> CommandLineMistake? {
            var rest = words
            while let word = rest.popFirst(), word != "--" {
                if word.hasPrefix("--") {
                    if let mistake = mistake(inOption: word, followedBy: &rest) { return mistake }
                } else if word.hasPrefix("-") {
                    continue
                } else if !subcommands.isEmpty {
                    if command == RSLab.self, word == Self.help { continue }
                    guard let next = subcommands.first(where: { $0._commandName == word }) else {
                        return mistake(unknownVerb(word))
                    }
                    (command, verb, knownArguments) = (next, "\(verb) \(word)", nil)
                } else {
                    let positionals = arguments().filter { $0.kind == .positional }
                    if positionalCount < positionals.count,
                        let problem = problem(of: word, for: positionals[positionalCount])
                    {
                        return mistake(problem)
                    }
                    positionalCount += 1
                }
            }
            return nil
        }

        private static let help = "help"

        private var subcommands: [any ParsableCommand.Type] { command.configuration.subcommands }

        /// What the verb takes; a verb that has verbs of its own takes nothing else.
        private mutating func arguments() -> [Tool.Argument] {
            if let knownArguments { return knownArguments }
            var arguments = [Self.help, "version"].map { Tool.Argument.flag($0) }
            // The parser wrote it, so it can be read. For all verbs that takes ten times as long.
            if subcommands.isEmpty, let tool = try? JSON.decode(Tool.self, from: Array(command._dumpHelp().utf8)) {
                arguments = (tool.command.arguments ?? []) + arguments
            }
            knownArguments = arguments
            return arguments
        }

        private func mistake(_ problem: String) -> CommandLineMistake { .init(problem: problem, verb: verb) }

        private func unknownVerb(_ word: String) -> String {
            let verbs = subcommands.map { $0._commandName } + (command == RSLab.self ? [Self.help] : [])
            let other = otherWords[word].flatMap { verbs.contains($0) ? $0 : nil }
            let near = other ?? nearest(to: word, among: verbs)
            return UnknownName(kind: "verb", word: word, nearest: near).description
        }

        private mutating func mistake(
            inOption word: String, followedBy rest: inout ArraySlice<String>
        ) -> CommandLineMistake? {
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let arguments = arguments()
            let known = arguments.first { $0.kind != .positional && $0.names?.contains { $0.name == name } == true }
            guard let known else {
                let names = arguments.flatMap { $0.names ?? [] }.map(\.name).filter { $0.count > 1 }
                let near = nearest(to: name, among: names)
                return mistake(
                    UnknownName(kind: "option", word: "--\(name)", nearest: near.map { "--\($0)" }).description
                        + (near == nil ? " of '\(verb)'" : ""))
            }
            guard known.kind == .option else { return nil }
            let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
            if known.parsingStrategy == "upToNextOption" { rest = rest.drop { !$0.hasPrefix("-") } }
            return value.flatMap { problem(of: $0, for: known) }.map(mistake)
        }

        /// Why a value, or one of several separated by commas, is not one of those allowed; nil if all of them are.
        private func problem(of value: String, for argument: Tool.Argument) -> String? {
            guard let allowed = argument.allValues, !allowed.isEmpty else { return nil }
            let kind =
                argument.names?.first.map { "value of --\($0.name)" } ?? argument.valueName?.lowercased() ?? "word"
            let wrong = value.split(separator: ",", omittingEmptySubsequences: false).first {
                !allowed.contains(String($0))
            }
            guard let wrong else { return nil }
            let word = String(wrong)
            return UnknownName(kind: kind, word: word, nearest: nearest(to: word, among: allowed)).description
                + (allowed.count == 1
                    ? "; the only one is \(allowed[0])" : "; there are \(allowed.joined(separator: ", "))")
        }
    }
}
