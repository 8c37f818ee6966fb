// SPDX-License-Identifier: MIT-0

import SourceText

/// Where each key of a TOML text stands.
///
/// The parser reports no positions, so the text is read once more: headers and keys, without their values.
struct KeyPositions {
    private var positions: [String: SourcePosition] = [:]
    /// How many tables each `[[…]]` path has so far.
    private var counts: [String: Int] = [:]

    init(_ outline: ConfigurationOutline) {
        var prefix: [String] = []
        for statement in outline.statements {
            switch statement.kind {
            case .table:
                prefix = indexed(statement.path, adding: false)
                note(prefix, at: statement.position)
            case .arrayTable:
                prefix = indexed(statement.path, adding: true)
                note(prefix, at: statement.position)
                // The list as a whole is found by its key without an index, and begins with its first table.
                note(prefix.dropLast() + statement.path.suffix(1), at: statement.position)
            case .key:
                note(prefix + statement.path, at: statement.position)
            }
        }
    }

    /// The line of a key such as `neighbors[0].config.peer-as`, or of the nearest enclosing table.
    subscript(path: [String]) -> SourcePosition {
        var path = path
        while !path.isEmpty {
            if let position = positions[Self.key(path)] { return position }
            path.removeLast()
        }
        return .start
    }

    private mutating func note(_ path: [String], at position: SourcePosition) {
        for length in stride(from: path.count, to: 0, by: -1) {
            let key = Self.key(path.prefix(length))
            if positions[key] == nil { positions[key] = position }
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
