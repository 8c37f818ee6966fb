// SPDX-License-Identifier: MIT-0
internal import CSchemas
internal import NodeProtocol
internal import SourceText

/// A JSON Schema (draft 2020-12) of something that a verb prints with `--json`.
struct Schema: Sendable {
    let name: String
    /// The file of fixtures/schemas.
    let text: String

    static let all: [Schema] = (0..<rslab_schema_count()).map { index in
        let schema = rslab_schema_at(index)
        return Schema(name: String(cString: schema.name), text: String(cString: schema.text))
    }

    static var known: KnownNames<Schema> { KnownNames("schema", all.map { ($0.name, $0) }) }

    private struct Heading: Decodable {
        var title: String
    }

    /// What it describes, in a line.
    var title: String {
        do throws(JSONError) {
            return try JSON.decode(Heading.self, from: Array(text.utf8)).title
        } catch {
            preconditionFailure("fixtures/schemas/\(name).json: \(error)")
        }
    }

    /// What the `$id` and `$ref` of every schema begin with.
    private static let identifier = "urn:rslab:schema:1:"
    /// The schema with those that it refers to among its definitions, so that it is complete: a compound schema
    /// document (JSON Schema Core, section 9.3).
    var document: String {
        let others = referenced.map { schema in
            "    \"\(schema.name)\": " + schema.text.split(separator: "\n").joined(separator: "\n    ")
        }
        guard !others.isEmpty else { return text }
        // A file's own definitions are its last member.
        let hasDefinitions = text.contains("\n  \"$defs\": {\n")
        let head = text.dropLast(hasDefinitions ? "\n  }\n}\n".count : "\n}\n".count)
        return head + (hasDefinitions ? ",\n" : ",\n  \"$defs\": {\n") + others.joined(separator: ",\n") + "\n  }\n}\n"
    }

    /// The other schemas that it needs, and those that they need, in the order of their names.
    private var referenced: [Schema] {
        var found: Set<String> = [name]
        var pending = [self]
        while let schema = pending.popLast() {
            let references = schema.references
            for other in Self.all where references.contains(other.name) && found.insert(other.name).inserted {
                pending.append(other)
            }
        }
        return Self.all.filter { $0.name != name && found.contains($0.name) }
    }

    /// The names of the schemas that are mentioned in it: those of which it needs the whole or a definition, and its own.
    private var references: Set<String> {
        // In UTF-8, because a search in characters takes ten times as long.
        let strings = text.utf8.split(separator: UInt8(ascii: "\""))
        let identifier = Self.identifier.utf8
        return Set(
            strings.filter { $0.starts(with: identifier) }.map { string in
                String(decoding: string.dropFirst(identifier.count).prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
            })
    }
}
