// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing

@testable import rslab

/// The files of fixtures/schemas: what they have in common, and how `rslab schema` prints them.
@Suite struct SchemaFileTests {
    private static let names = ((try? Fixture.names(in: "schemas", suffix: ".json")) ?? []).map {
        String($0.dropLast(5))
    }.sorted()

    /// A property of an object somewhere in a schema.
    private struct Property {
        var path: String
        var name: String
        var schema: [String: Any]
    }

    private func schema(_ name: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(Fixture.text("schemas/\(name).json").utf8))
        return try #require(value as? [String: Any])
    }

    private func document(_ name: String) throws -> String {
        try #require(Schema.all.first { $0.name == name }).document
    }

    /// Visits every object of a schema, with its path.
    private func visit(_ value: Any, at path: String, _ body: (String, [String: Any]) throws -> Void) throws {
        if let object = value as? [String: Any] {
            try body(path, object)
            for (key, value) in object { try visit(value, at: "\(path).\(key)", body) }
        } else if let list = value as? [Any] {
            for (index, value) in list.enumerated() { try visit(value, at: "\(path)[\(index)]", body) }
        }
    }

    private func properties(_ name: String) throws -> [Property] {
        var found: [Property] = []
        try visit(schema(name), at: name) { path, object in
            for (key, value) in object["properties"] as? [String: Any] ?? [:] {
                found.append(Property(path: path, name: key, schema: try #require(value as? [String: Any])))
            }
        }
        return found
    }

    @Test(.requiresJSONSchema, .waits) func `every file is a schema of draft 2020-12`() throws {
        let (conforms, report) = try JSONSchema.validateSchemas()
        #expect(conforms, "\(report)")
    }

    @Test(arguments: names)
    func `a schema says what it is, and is closed: another key is a mistake`(name: String) throws {
        let schema = try schema(name)
        #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["$id"] as? String == "urn:rslab:schema:1:\(name)")
        #expect((schema["title"] as? String)?.isEmpty == false)
        try visit(schema, at: name) { path, object in
            guard object["type"] as? String == "object" else { return }
            #expect(object["additionalProperties"] != nil, "\(path)")
            // Only a mapping, whose keys are names of the lab's, is open.
            #expect(object["properties"] == nil || object["additionalProperties"] as? Bool == false, "\(path)")
            let required = Set(object["required"] as? [String] ?? [])
            #expect(required.isSubset(of: (object["properties"] as? [String: Any] ?? [:]).keys), "\(path)")
        }
    }

    @Test(arguments: names)
    func `every key is in snake_case and described, and that of a time ends in its unit`(name: String) throws {
        for property in try properties(name) {
            let path = "\(property.path).\(property.name)"
            #expect(property.name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) != nil, "\(path)")
            guard property.schema["$ref"] == nil, property.schema["const"] == nil else { continue }
            let items = property.schema["items"] as? [String: Any]
            let description = property.schema["description"] ?? items?["description"] ?? items?["$ref"]
            let text = try #require(description as? String, "\(path) has no description")
            for (words, ending) in [
                ("in nanoseconds", "_ns"), ("in microseconds", "_us"), ("in milliseconds", "_ms"), ("in seconds", "_s"),
                ("in minutes", "_min"),
            ] {
                #expect(text.contains(words) == property.name.hasSuffix(ending), "\(path): \(text)")
            }
        }
    }

    @Test(.waits) func `the command lists every file`() throws {
        let list = try RSLabCommand.run("schema")
        #expect(list.status == 0)
        let listed = list.standardOutput.split(separator: "\n").dropFirst().map { $0.prefix { $0 != " " } }
        #expect(listed.map(String.init) == Self.names)
    }

    @Test(.waits, arguments: TestLength.isLong ? names : ["error", "run"])
    func `a schema is printed`(name: String) throws {
        let printed = try RSLabCommand.run("schema", name)
        #expect(printed.status == 0)
        #expect(try printed.standardOutput == document(name))
    }

    @Test(arguments: names)
    func `what is printed is the file, with every schema that it refers to, once`(name: String) throws {
        let document = try self.document(name)
        let text = try Fixture.text("schemas/\(name).json")
        if text.contains("\"$ref\": \"urn:") {
            let ending = text.contains("\n  \"$defs\": {\n") ? "\n  }\n}\n" : "\n}\n"
            #expect(document.hasPrefix(text.dropLast(ending.count)))
        } else {
            #expect(document == text, "rslab was built from another fixtures/schemas/\(name).json")
        }
        var present: [String] = []
        var referenced: Set<String> = []
        try visit(JSONSerialization.jsonObject(with: Data(document.utf8)), at: name) { _, object in
            if let id = object["$id"] as? String { present.append(id) }
            if let reference = object["$ref"] as? String, reference.hasPrefix("urn:") {
                referenced.insert(String(reference.prefix { $0 != "#" }))
            }
        }
        #expect(Set(present).count == present.count)
        #expect(referenced.isSubset(of: present))
    }

    @Test(.waits) func `an unknown name is refused with a similar one`() throws {
        let result = try RSLabCommand.run("schema", "eror")
        #expect(result.status == 64)
        #expect(
            result.standardError.hasPrefix(
                "Error: unknown schema 'eror'; did you mean 'error'?; 'rslab schema' lists all"),
            "\(result.standardError)")
    }
}
