// SPDX-License-Identifier: MIT-0
internal import Glibc

/// `sudo` inside an instance of a machine that has none: whoever runs a command there is root already.
enum SudoCommand {
    /// Becomes the command.
    ///
    /// Returns only when there is none, with an exit status.
    static func run(_ words: [String]) -> Int32 {
        guard let program = words.first, !program.hasPrefix("-") else {
            Terminal.write("usage: sudo COMMAND [ARGUMENT ...]\n")
            return 1
        }
        var pointers = words.map { strdup($0) }
        pointers.append(nil)
        execvp(program, pointers)
        Terminal.write("sudo: \(program): command not found\n")
        return 1
    }
}
