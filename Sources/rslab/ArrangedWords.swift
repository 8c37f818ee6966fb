// SPDX-License-Identifier: MIT-0

/// A command line as the parser takes it.
enum ArrangedWords {
    /// Options of many verbs, which may therefore stand in front of one; whether they take a value.
    private static let options = [
        "--name": true, "--json": false, "--region": true, "--profile": true, "--output": true, "--no-cli-pager": false,
    ]
    /// Verbs that have verbs of their own.
    private static let families = ["aws", "ec2", "bfd"]

    /// The words with options that stand in front of the verb behind it, as the AWS CLI takes them; `help faults` is
    /// the list of faults.
    static func of(_ words: [String]) -> [String] {
        if words == ["help", "faults"] { return ["failover", "--list-faults"] }
        var verbs: [String] = []
        var moved: [String] = []
        var rest = words[...]
        while let word = rest.first {
            let name = String(word.prefix { $0 != "=" })
            if let takesValue = options[name] {
                moved.append(rest.removeFirst())
                if takesValue, !word.contains("="), let value = rest.popFirst() { moved.append(value) }
            } else if !word.hasPrefix("-") {
                verbs.append(rest.removeFirst())
                if !families.contains(word) { break }
            } else {
                break
            }
        }
        // Without a verb nothing is moved, so that the message is about what was typed.
        return verbs.isEmpty ? words : verbs + moved + rest
    }
}
