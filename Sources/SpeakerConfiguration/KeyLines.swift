// SPDX-License-Identifier: MIT-0

/// The line of each key in a TOML text.
///
/// The parser reports no positions, so the text is read once more: headers and keys, without their values.
struct KeyLines {
    private var lines: [String: Int] = [:]
    /// How many tables each `[[…]]` path has so far.
    private var counts: [String: Int] = [:]

    init(_ outline: ConfigurationOutline) {
        var prefix: [String] = []
        for statement in outline.statements {
            switch statement.kind {
            case .table:
                prefix = indexed(statement.path, adding: false)
                note(prefix, line: statement.line)
            case .arrayTable:
                prefix = indexed(statement.path, adding: true)
                note(prefix, line: statement.line)
                // The list as a whole is found by its key without an index, and begins with its first table.
                note(prefix.dropLast() + statement.path.suffix(1), line: statement.line)
            case .key:
                note(prefix + statement.path, line: statement.line)
            }
        }
    }

    /// The line of a key such as `neighbors[0].config.peer-as`, or of the nearest enclosing table.
    subscript(path: [String]) -> Int {
        var path = path
        while !path.isEmpty {
            if let line = lines[Self.key(path)] { return line }
            path.removeLast()
        }
        return 1
    }

    private mutating func note(_ path: [String], line: Int) {
        for length in stride(from: path.count, to: 0, by: -1) {
            let key = Self.key(path.prefix(length))
            if lines[key] == nil { lines[key] = line }
        }
    }

    /// Appends the current table's index to each key that names an array of tables.
    private mutating func indexed(_ path: [String], adding: Bool) -> [String] {
        var result: [String] = []
        for (position, key) in path.enumerated() {
            let plain = Self.key(result + [key])
            if adding, position == path.count - 1 {
                let count = counts[plain] ?? 0
                counts[plain] = count + 1
                result.append("\(key)[\(count)]")
            } else if let count = counts[plain] {
                result.append("\(key)[\(count - 1)]")
            } else {
                result.append(key)
            }
        }
        return result
    }

    private static func key(_ path: some Sequence<String>) -> String {
        path.joined(separator: "\u{1f}")
    }
}
