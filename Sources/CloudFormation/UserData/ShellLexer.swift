// SPDX-License-Identifier: MIT-0

/// A word of a shell command before expansion.
struct ShellWord: Hashable {
    enum Part: Hashable {
        case literal(String)
        /// `$NAME` or `${NAME}`, with the fallback of `${NAME:-fallback}`.
        case variable(String, fallback: String?)
        /// `$(…)` or backquotes.
        case command(String)
        /// An unsupported expansion, such as `${NAME%%.*}`.
        case other
    }

    struct Piece: Hashable {
        var part: Part
        /// Inside quotes: its expansion stays one word.
        var isQuoted: Bool
    }

    var pieces: [Piece] = []

    /// The text, if there is nothing to expand; otherwise nil.
    var literal: String? {
        var text = ""
        for piece in pieces {
            guard case .literal(let literal) = piece.part else { return nil }
            text += literal
        }
        return text
    }

    var isQuoted: Bool { pieces.contains(where: \.isQuoted) }

    /// If the word begins like `NAME=`, the name and the rest.
    var assignment: (name: String, value: ShellWord)? {
        guard case .literal(let text) = pieces.first?.part, pieces.first?.isQuoted == false,
            let equals = text.firstIndex(of: "="), ShellLexer.isName(text[..<equals])
        else { return nil }
        var value = self
        value.pieces[0].part = .literal(String(text[text.index(after: equals)...]))
        return (String(text[..<equals]), value)
    }
}

/// Splits a line of a shell script into words and operators.
///
/// It supports quotes, expansions, comments and redirections: as much of the shell's grammar (POSIX.1-2024, XCU section
/// 2.3) as user data needs that installs and starts a BGP speaker.
struct ShellLexer {
    enum Token: Hashable {
        case word(ShellWord)
        /// `;`, `&`, `&&`, `||`, `|`, `(`, `)`, or a redirection such as `>`, `>>`, `<<`, `<<-`.
        case `operator`(String)
    }

    private static let operators = [
        "<<-", "<<<", "&>>", "&&", "||", ";;", "<<", ">>", ">&", "<&", "&>", ">|", ";", "&", "|", "<", ">", "(", ")",
    ].map { Array($0.unicodeScalars) }

    private let scalars: [Unicode.Scalar]
    private var index = 0

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// The tokens of a line; nil if a quote or an expansion is not closed in it.
    static func tokens(of text: String) -> [Token]? {
        var lexer = ShellLexer(text)
        return lexer.run()
    }

    /// The expansions of a here-document's line; quotes are ordinary characters there.
    static func hereDocumentLine(_ text: String) -> ShellWord {
        var lexer = ShellLexer(text)
        var word = ShellWord()
        while lexer.index < lexer.scalars.count {
            if lexer.scalars[lexer.index] == "\"" {
                lexer.append("\"", to: &word, quoted: true)
                lexer.index += 1
            } else if !lexer.readInsideQuotes(into: &word) {
                // An expansion that is never closed stays as written.
                lexer.append(lexer.scalars[lexer.index], to: &word, quoted: true)
                lexer.index += 1
            }
        }
        return word
    }

    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.unicodeScalars.first, isNameStart(first) else { return false }
        return text.unicodeScalars.allSatisfy(isNamePart)
    }

    private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        default: false
        }
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9": true
        default: isNameStart(scalar)
        }
    }

    private mutating func run() -> [Token]? {
        var tokens: [Token] = []
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n" {
                index += 1
            } else if scalar == "#" {
                while index < scalars.count, scalars[index] != "\n" { index += 1 }
            } else if let found = operatorHere() {
                tokens.append(.operator(found))
            } else {
                guard let word = readWord() else { return nil }
                // The number in `2>` belongs to the redirection.
                if let text = word.literal, !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }),
                    !word.isQuoted, index < scalars.count, scalars[index] == ">" || scalars[index] == "<"
                {
                    continue
                }
                tokens.append(.word(word))
            }
        }
        return tokens
    }

    private mutating func operatorHere() -> String? {
        switch scalars[index] {
        case "<", ">", "&", "|", ";", "(", ")": break
        default: return nil
        }
        for candidate in Self.operators where scalars[index...].starts(with: candidate) {
            index += candidate.count
            return String(String.UnicodeScalarView(candidate))
        }
        return nil
    }

    private func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\r", "\n", ";", "&", "|", "<", ">", "(", ")": true
        default: false
        }
    }

    private mutating func readWord() -> ShellWord? {
        var word = ShellWord()
        while index < scalars.count, !endsWord(scalars[index]) {
            switch scalars[index] {
            case "'":
                index += 1
                append("", to: &word, quoted: true)
                while index < scalars.count, scalars[index] != "'" {
                    append(scalars[index], to: &word, quoted: true)
                    index += 1
                }
                guard index < scalars.count else { return nil }
                index += 1
            case "\"":
                index += 1
                append("", to: &word, quoted: true)
                while index < scalars.count, scalars[index] != "\"" {
                    guard readInsideQuotes(into: &word) else { return nil }
                }
                guard index < scalars.count else { return nil }
                index += 1
            case "\\":
                guard index + 1 < scalars.count else { return nil }
                append(scalars[index + 1], to: &word, quoted: true)
                index += 2
            case "$", "`":
                guard readExpansion(into: &word, quoted: false) else { return nil }
            default:
                append(scalars[index], to: &word, quoted: false)
                index += 1
            }
        }
        return word
    }

    /// Reads one character or expansion between double quotes; false, with nothing read, if an expansion is not closed.
    private mutating func readInsideQuotes(into word: inout ShellWord) -> Bool {
        switch scalars[index] {
        case "\\" where index + 1 < scalars.count && ["$", "`", "\"", "\\"].contains(scalars[index + 1]):
            append(scalars[index + 1], to: &word, quoted: true)
            index += 2
        case "$", "`":
            return readExpansion(into: &word, quoted: true)
        default:
            append(scalars[index], to: &word, quoted: true)
            index += 1
        }
        return true
    }

    /// Reads an expansion at `$` or a backquote; false, with nothing read, if it is not closed.
    private mutating func readExpansion(into word: inout ShellWord, quoted: Bool) -> Bool {
        let part: ShellWord.Part
        if scalars[index] == "`" {
            guard let end = scalars[(index + 1)...].firstIndex(of: "`") else { return false }
            part = .command(text(index + 1, end))
            index = end + 1
        } else if index + 1 < scalars.count, scalars[index + 1] == "(" {
            guard let end = closing("(", ")", from: index + 1) else { return false }
            part = .command(text(index + 2, end))
            index = end + 1
        } else if index + 1 < scalars.count, scalars[index + 1] == "{" {
            guard let end = closing("{", "}", from: index + 1) else { return false }
            part = Self.braced(text(index + 2, end))
            index = end + 1
        } else {
            var end = index + 1
            while end < scalars.count, Self.isNamePart(scalars[end]) { end += 1 }
            if end > index + 1 {
                part = .variable(text(index + 1, end), fallback: nil)
            } else if end < scalars.count, ["@", "*", "#", "?", "$", "!", "-"].contains(scalars[end]) {
                part = .other
                end += 1
            } else {
                part = .literal("$")
            }
            index = end
        }
        word.pieces.append(ShellWord.Piece(part: part, isQuoted: quoted))
        return true
    }

    private static func braced(_ text: String) -> ShellWord.Part {
        if isName(text) { return .variable(text, fallback: nil) }
        if let colon = text.firstRange(of: ":-"), isName(text[..<colon.lowerBound]) {
            return .variable(String(text[..<colon.lowerBound]), fallback: String(text[colon.upperBound...]))
        }
        return .other
    }

    /// The index of the bracket that closes the one at `start`; brackets in quotes do not count.
    private func closing(_ open: Unicode.Scalar, _ close: Unicode.Scalar, from start: Int) -> Int? {
        var depth = 0
        var quote: Unicode.Scalar?
        for position in start..<scalars.count {
            let scalar = scalars[position]
            if let current = quote {
                if scalar == current { quote = nil }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
            } else if scalar == open {
                depth += 1
            } else if scalar == close {
                depth -= 1
                if depth == 0 { return position }
            }
        }
        return nil
    }

    private func text(_ start: Int, _ end: Int) -> String {
        String(String.UnicodeScalarView(scalars[start..<end]))
    }

    private func append(_ scalar: Unicode.Scalar, to word: inout ShellWord, quoted: Bool) {
        append(String(scalar), to: &word, quoted: quoted)
    }

    private func append(_ text: String, to word: inout ShellWord, quoted: Bool) {
        if case .literal(let before) = word.pieces.last?.part, word.pieces.last?.isQuoted == quoted {
            word.pieces[word.pieces.count - 1].part = .literal(before + text)
        } else {
            word.pieces.append(ShellWord.Piece(part: .literal(text), isQuoted: quoted))
        }
    }
}
