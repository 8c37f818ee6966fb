// SPDX-License-Identifier: MIT-0

/// One simple command of a line, with its redirections.
struct ShellCommand: Hashable {
    struct Redirection: Hashable {
        /// `>`, `>>`, `<<`, `<<-` and the like.
        var `operator`: String
        var target: ShellWord
    }

    var words: [ShellWord] = []
    var redirections: [Redirection] = []
    /// Whether it reads the previous command's output.
    var isPiped = false

    /// The commands of a line; nil if it uses unsupported grammar: groups, functions, case.
    static func commands(of tokens: [ShellLexer.Token]) -> [ShellCommand]? {
        var commands: [ShellCommand] = []
        var current = ShellCommand()
        var index = 0
        func finish(piped: Bool) {
            if !current.words.isEmpty || !current.redirections.isEmpty { commands.append(current) }
            current = ShellCommand(isPiped: piped)
        }
        while index < tokens.count {
            switch tokens[index] {
            case .word(let word):
                current.words.append(word)
            case .operator(let text):
                switch text {
                case ";", "&", "&&", "||": finish(piped: false)
                case "|": finish(piped: true)
                case "(", ")", ";;": return nil
                default:
                    guard index + 1 < tokens.count, case .word(let target) = tokens[index + 1] else { return nil }
                    current.redirections.append(Redirection(operator: text, target: target))
                    index += 1
                }
            }
            index += 1
        }
        finish(piped: false)
        return commands
    }
}
