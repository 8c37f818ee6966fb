// SPDX-License-Identifier: MIT-0
internal import Glibc

/// `sudo` inside an instance, where commands already run as root.
///
/// A machine may have none, and a real one would replace the environment, in which `gobgp` and the lab are found.
enum SudoCommand {
    /// Options that ask for nothing that root in an instance does not have; the values they take.
    private static let flags: Set = [
        "-E", "--preserve-env", "-H", "--set-home", "-n", "--non-interactive", "-S", "--stdin",
    ]
    private static let users: Set = ["-u", "--user"]

    /// Becomes the command.
    ///
    /// Returns only if there is none, with an exit status.
    static func run(_ words: [String]) -> Int32 {
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-") {
            if flags.contains(word) {
                rest.removeFirst()
            } else if users.contains(word), rest.dropFirst().first == "root" {
                rest.removeFirst(2)
            } else if word == "--" {
                rest.removeFirst()
                break
            } else {
                return runReal(words)
            }
        }
        while let word = rest.first, let separator = word.firstIndex(of: "="), separator != word.startIndex {
            setenv(String(word[..<separator]), String(word[word.index(after: separator)...]), 1)
            rest.removeFirst()
        }
        guard let program = rest.first else {
            Terminal.write("usage: sudo [-EHnS] [-u root] [NAME=VALUE ...] COMMAND [ARGUMENT ...]\n")
            return 1
        }
        become(program, Array(rest))
        Terminal.write("sudo: \(program): command not found\n")
        return 1
    }

    /// Becomes the machine's own sudo, for an option that this one does not have.
    private static func runReal(_ words: [String]) -> Int32 {
        let places = ["/usr/local/bin/sudo", "/usr/bin/sudo", "/bin/sudo"]
        guard let real = places.first(where: { access($0, X_OK) == 0 }) else {
            Terminal.write("sudo: this machine has no sudo, and rslab's knows no '\(words.first ?? "")'\n")
            return 1
        }
        become(real, ["sudo"] + words)
        Terminal.write("sudo: \(real) cannot be executed\n")
        return 1
    }

    private static func become(_ program: String, _ words: [String]) {
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        execvp(program, pointers)
    }
}
