// SPDX-License-Identifier: MIT-0

/// The AWS CLI's shorthand for a structure: `Name=tag:Name,Values=a,b` (AWS CLI User Guide, "Using shorthand syntax").
package struct ShorthandSyntax: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var name: String
        package var values: [String]
    }

    package var members: [Member] = []

    /// Reads one structure whose members are texts or lists of texts.
    ///
    /// - Throws: `RequestError` with the AWS CLI's wording.
    package init(_ text: String, option: String) throws(RequestError) {
        var rest = text[...]
        repeat {
            let field = Self.readField(&rest)
            if let name = field.name {
                members.append(Member(name: name, values: field.values))
            } else if !members.isEmpty {
                members[members.count - 1].values += field.values
            } else {
                throw RequestError(
                    "Error parsing parameter '\(option)': Expected: '=', received: 'EOF' for input: \(text)")
            }
        } while rest.popFirst() != nil
    }

    /// Reads up to a comma, which is not consumed: a value, or a name and a value.
    private static func readField(_ rest: inout Substring) -> (name: String?, values: [String]) {
        let isNamed = rest.prefix { $0 != "," && $0 != "=" }.endIndex
        guard isNamed < rest.endIndex, rest[isNamed] == "=" else { return (nil, [readValue(&rest, until: ",")]) }
        let name = String(rest[..<isNamed])
        rest = rest[rest.index(after: isNamed)...]
        guard rest.first == "[" else { return (name, [readValue(&rest, until: ",")]) }
        var values: [String] = []
        repeat {
            rest.removeFirst()
            values.append(readValue(&rest, until: ",]"))
        } while rest.first == ","
        _ = rest.popFirst()
        return (name, values)
    }

    /// Reads a value: quotation marks quote everything between them, a backslash one character.
    private static func readValue(_ rest: inout Substring, until ends: String) -> String {
        var value = ""
        if let mark = rest.first, mark == "\"" || mark == "'" {
            rest.removeFirst()
            while let character = rest.popFirst(), character != mark {
                value.append(character == "\\" ? rest.popFirst() ?? character : character)
            }
            return value
        }
        while let character = rest.first, !ends.contains(character) {
            rest.removeFirst()
            if character == "\\", let next = rest.first, ends.contains(next) || next == "\\" {
                rest.removeFirst()
                // Escapes that the filter itself interprets are left to it.
                value += next == "\\" ? "\\\\" : String(next)
            } else {
                value.append(character)
            }
        }
        return value
    }

    /// - Throws: `RequestError` for an unknown member.
    package func check(members known: [String], of place: String) throws(RequestError) {
        for member in members where !known.contains(member.name) {
            throw .validation(
                "Unknown parameter in \(place): \"\(member.name)\", must be one of: \(known.joined(separator: ", "))")
        }
    }

    package subscript(name: String) -> [String]? {
        members.first { $0.name == name }?.values
    }
}
