// SPDX-License-Identifier: MIT-0

import SourceText

/// The statements of a TOML text: table headers and keys, each with its place.
///
/// Values are only skipped, so this accepts more than TOML does; the parser decides what is valid.
struct ConfigurationOutline {
    struct Statement: Hashable {
        enum Kind { case table, arrayTable, key }

        var kind: Kind
        var path: [String]
        var position: SourcePosition
    }

    private(set) var statements: [Statement] = []
    /// The first mistake that must not reach the parser.
    ///
    /// Instead of reporting it, toml++ ends the process by an assertion if a header does not begin with a key, if a
    /// brace closes a bracket, or if a date is incomplete. No key of a gobgpd.conf takes a date.
    private(set) var firstDefect: (position: SourcePosition, problem: String)?

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    /// Where the line begins.
    private var lineStart = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{feff}" { index = 1 }
        lineStart = index
        while index < scalars.count { readStatement() }
    }

    private var current: Unicode.Scalar? {
        index < scalars.count ? scalars[index] : nil
    }

    private mutating func advance() {
        let endsLine = current == "\n"
        index += 1
        if endsLine {
            line += 1
            lineStart = index
        }
    }

    private var position: SourcePosition {
        SourcePosition(line: line, column: index - lineStart + 1)
    }

    private mutating func skipBlanks() {
        while current == " " || current == "\t" { index += 1 }
    }

    private mutating func readStatement() {
        skipBlanks()
        guard let first = current else { return }
        let start = position
        if first == "[" {
            index += 1
            skipBlanks()
            let isArray = current == "["
            if isArray {
                index += 1
                skipBlanks()
            }
            if let next = current, !Self.beginsKey(next), next != "]" {
                noteDefect("a table header must begin with a key")
            }
            let path = readKey()
            statements.append(Statement(kind: isArray ? .arrayTable : .table, path: path, position: start))
            skipLine()
        } else if Self.beginsKey(first) {
            let path = readKey()
            statements.append(Statement(kind: .key, path: path, position: start))
            skipValue()
        } else {
            skipLine()
        }
    }

    private mutating func noteDefect(_ problem: String) {
        if firstDefect == nil { firstDefect = (position, problem) }
    }

    private static func beginsKey(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "\"", "'": true
        default: false
        }
    }

    /// The parts of a dotted key, up to `=`, `]` or the end of the line.
    private mutating func readKey() -> [String] {
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        while let scalar = current, scalar != "\n" {
            if let open = quote {
                if scalar == open { quote = nil } else { part.append(scalar) }
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
            } else if scalar == "=" || scalar == "]" {
                break
            } else if scalar == "." {
                parts.append(String(part))
                part = String.UnicodeScalarView()
            } else if scalar != " ", scalar != "\t", scalar != "\r" {
                part.append(scalar)
            }
            index += 1
        }
        return parts + [String(part)]
    }

    private mutating func skipLine() {
        while let scalar = current {
            advance()
            if scalar == "\n" { return }
        }
    }

    /// Skips a value, which continues over line ends inside brackets and multi-line strings.
    private mutating func skipValue() {
        var brackets: [Unicode.Scalar] = []
        while let scalar = current {
            switch scalar {
            case "\n":
                advance()
                if brackets.isEmpty { return }
            case "#":
                while current != nil, current != "\n" { index += 1 }
            case "\"", "'":
                skipString(scalar)
            case "[", "{":
                brackets.append(scalar)
                index += 1
            case "]", "}":
                let open = brackets.popLast()
                if open != (scalar == "]" ? "[" : "{") { noteDefect("'\(scalar)' closes nothing") }
                index += 1
            case " ", "\t", "\r", ",", "=":
                index += 1
            default:
                skipBareValue()
            }
        }
    }

    /// Skips a number, a boolean or an inline table's key.
    private mutating func skipBareValue() {
        let start = index
        while let scalar = current, !" \t\r\n,=#\"'[]{}".unicodeScalars.contains(scalar) { index += 1 }
        let word = scalars[start..<index]
        guard let first = word.first, first == "+" || first == "-" || ("0"..."9").contains(first) else { return }
        let hasInnerHyphen = word.indices.dropFirst().contains { position in
            word[position] == "-" && word[position - 1] != "e" && word[position - 1] != "E"
        }
        if hasInnerHyphen || word.contains(":") { noteDefect("a date or a time is no value of this file") }
    }

    private mutating func skipString(_ quote: Unicode.Scalar) {
        let isLong = scalars[index...].starts(with: [quote, quote, quote])
        index += isLong ? 3 : 1
        while let scalar = current {
            if scalar == "\\", quote == "\"" {
                advance()
                if current != nil { advance() }
            } else if isLong, scalars[index...].starts(with: [quote, quote, quote]) {
                index += 3
                // Up to two quotes may precede the three that close it.
                var extra = 0
                while current == quote, extra < 2 {
                    index += 1
                    extra += 1
                }
                return
            } else if !isLong, scalar == quote || scalar == "\n" {
                if scalar == quote { index += 1 }
                return
            } else {
                advance()
            }
        }
    }
}
