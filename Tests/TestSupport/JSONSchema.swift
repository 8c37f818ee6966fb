// SPDX-License-Identifier: MIT-0
internal import Foundation
package import Testing

/// The schemas of fixtures/schemas, and the validator of PyPI's jsonschema that checks output with them.
package enum JSONSchema {
    /// Some output, and the schema that it must conform to.
    package struct Case: Sendable {
        fileprivate var line: String

        /// `name` is what a report calls it; the schema is a file of fixtures/schemas by its name.
        package init(_ name: String, _ output: String, conformsTo schema: String) throws {
            line = try Self.line(["name": name, "schema": schema], output)
        }

        /// The schema is given as a text, and stands by itself.
        package init(_ name: String, _ output: String, conformsToDocument document: String) throws {
            line = try Self.line(["name": name, "document": Self.object(document)], output)
        }

        private static func object(_ text: String) throws -> Any {
            try JSONSerialization.jsonObject(with: Data(text.utf8))
        }

        private static func line(_ fields: [String: Any], _ output: String) throws -> String {
            let fields = try fields.merging(["instance": object(output)]) { field, _ in field }
            return String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
        }
    }

    fileprivate static let check = PythonCheck(package: "jsonschema", script: "SchemaTests/validate.py")

    private static let directory = RSLabCommand.repository.appending(path: "fixtures/schemas").path()

    /// Whether every case conforms, with a line for each thing that does not.
    package static func validate(_ cases: [Case]) throws -> (conforms: Bool, report: String) {
        let (passes, report) = try check.run([directory], input: cases.map { $0.line + "\n" }.joined())
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
