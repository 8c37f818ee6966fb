// SPDX-License-Identifier: MIT-0
internal import Glibc

/// `sudo` inside an instance, if the machine has none: commands there already run as root.
enum SudoCommand {
    /// Becomes the command.
    ///
    /// Returns only if there is none, with an exit status.
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
