// SPDX-License-Identifier: MIT-0
internal import Foundation
package import Testing

/// The schemas of fixtures/schemas, and the validator of PyPI's jsonschema that checks output with them.
package enum JSONSchema {
    /// Some output, and the schema that it must conform to.
    package struct Case: Sendable {
        fileprivate var text: String

        /// `name` is what a report calls it; the schema is a file of fixtures/schemas by its name.
        package init(_ name: String, _ output: String, conformsTo schema: String) throws {
            text = try Self.text(name, output, "schema", Self.quoted(schema))
        }

        /// The schema is given as a text, and stands by itself.
        package init(_ name: String, _ output: String, conformsToDocument document: String) throws {
            text = try Self.text(name, output, "document", document)
        }

        /// The validator parses the output; if it is not JSON, that is an error there.
        private static func text(_ name: String, _ output: String, _ key: String, _ schema: String) throws -> String {
            "{\"name\": \(try quoted(name)), \"\(key)\": \(schema), \"instance\": \(output)}\n"
        }

        private static func quoted(_ text: String) throws -> String {
            String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        }
    }

    fileprivate static let check = PythonCheck(package: "jsonschema", script: "SchemaTests/validate.py")

    private static let directory = RSLabCommand.repository.appending(path: "fixtures/schemas").path()

    /// Whether every case conforms, with a line for each thing that does not.
    package static func validate(_ cases: [Case]) throws -> (conforms: Bool, report: String) {
        let (passes, report) = try check.run([directory], input: cases.map(\.text).joined())
        return (passes, report)
    }

    /// Whether every file of fixtures/schemas is a schema, with a line for each thing that is wrong.
    package static func validateSchemas() throws -> (conforms: Bool, report: String) {
        let (passes, report) = try check.run([directory, "--schemas"], input: "")
        return (passes, report)
    }
}

extension Trait where Self == ConditionTrait {
    /// The test validates JSON: skipped if jsonschema is not installed, but failed if CI is set.
    package static var requiresJSONSchema: Self {
        requires(
            JSONSchema.check.isInstalled,
            "needs jsonschema 4.18 or newer in .build/jsonschema, which scripts/test fetches where PyPI can be reached")
    }
}
