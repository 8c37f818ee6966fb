// SPDX-License-Identifier: MIT-0

/// A script's variables, as far as their values are known.
struct ShellEnvironment {
    /// The deepest nesting of command substitutions; no such script goes deeper.
    private static let maximumDepth = 8

    let metadata: InstanceMetadata
    private var variables: [String: String] = [:]

    init(metadata: InstanceMetadata) {
        self.metadata = metadata
    }

    /// Sets a variable; if the value is unknown, the variable is unset.
    mutating func assign(_ name: String, _ value: ShellWord) {
        variables[name] = text(of: value)
    }

    /// The text of a word without splitting it; nil if part of it is unknown.
    func text(of word: ShellWord, depth: Int = 0) -> String? {
        var text = ""
        for piece in word.pieces {
            guard let value = value(of: piece.part, depth: depth) else { return nil }
            text += value
            guard text.utf8.count <= SourcedText.maximumLength else { return nil }
        }
        return text
    }

    /// The fields that a word expands to: unquoted expansions are split at blanks.
    ///
    /// Nil if it is unknown.
    func fields(of word: ShellWord, depth: Int = 0) -> [String]? {
        var fields: [String] = []
        var current: String?
        for piece in word.pieces {
            guard let value = value(of: piece.part, depth: depth) else { return nil }
            guard !piece.isQuoted, !isLiteral(piece.part) else {
                current = (current ?? "") + value
                continue
            }
            let parts = value.unicodeScalars.split(omittingEmptySubsequences: false) {
                $0 == " " || $0 == "\t" || $0 == "\n"
            }
            .map { String($0) }
            for (index, part) in parts.enumerated() {
                if index > 0 {
                    if let current, !current.isEmpty { fields.append(current) }
                    current = nil
                }
                if !part.isEmpty { current = (current ?? "") + part }
            }
        }
        if let current { fields.append(current) }
        return fields
    }

    private func isLiteral(_ part: ShellWord.Part) -> Bool {
        if case .literal = part { true } else { false }
    }

    private func value(of part: ShellWord.Part, depth: Int) -> String? {
        switch part {
        case .literal(let text): text
        case .variable(let name, let fallback): variables[name] ?? fallback
        case .command(let text): output(of: text, depth: depth)
        case .other: nil
        }
    }

    /// The output of a command, for the few whose output is known here.
    private func output(of text: String, depth: Int) -> String? {
        guard depth < Self.maximumDepth, let tokens = ShellLexer.tokens(of: text),
            let commands = ShellCommand.commands(of: tokens), let first = commands.first
        else { return nil }
        // An unknown word, such as a token in a header, does not change the answer.
        let words = first.words.map { fields(of: $0, depth: depth + 1) ?? [""] }.flatMap { $0 }
        let filters = commands.dropFirst()
        guard filters.allSatisfy(\.isPiped) else { return nil }
        let names = filters.map { $0.words.first?.literal ?? "" }
        switch words.first {
        case "curl", "wget":
            guard names.allSatisfy({ ["head", "tr", "xargs"].contains($0) }) else { return nil }
            for word in words {
                guard let range = word.firstRange(of: "/latest/meta-data/") else { continue }
                return metadata.answer(to: String(word[range.upperBound...]))
            }
            return nil
        case "ec2-metadata", "ec2metadata":
            guard names.allSatisfy({ ["awk", "cut", "sed", "tr"].contains($0) }), words.count == 2 else { return nil }
            switch words[1] {
            case "-o", "--local-ipv4": return metadata.localIPv4
            case "-i", "--instance-id": return metadata.instanceID
            case "-z", "--availability-zone": return metadata.availabilityZone
            default: return nil
            }
        case "hostname" where words.dropFirst() == ["-I"] && names == ["awk"]:
            return metadata.localIPv4
        case "echo" where filters.isEmpty && first.words.allSatisfy({ fields(of: $0, depth: depth + 1) != nil }):
            return words.dropFirst().joined(separator: " ")
        default:
            return nil
        }
    }
}
