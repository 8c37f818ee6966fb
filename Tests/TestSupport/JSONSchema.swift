// SPDX-License-Identifier: MIT-0
internal import Foundation
internal import LinuxSystem
internal import Synchronization
package import Testing
internal import WireFormat

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

    fileprivate static let isInstalled = FileManager.default.isExecutableFile(atPath: Validator.python)

    /// Whether every case conforms, with a line for each thing that does not.
    package static func validate(_ cases: [Case]) throws -> (conforms: Bool, report: String) {
        try Validator.shared.get().answer(to: cases.map(\.text).joined())
    }

    /// Whether every file of fixtures/schemas is a schema, with a line for each thing that is wrong.
    package static func validateSchemas() throws -> (conforms: Bool, report: String) {
        try Validator.shared.get().answer(to: "")
    }

    /// The process that validates for all tests, because it takes longer to start than to validate.
    ///
    /// It ends with this one.
    private final class Validator: Sendable {
        static let shared = Result { try Validator() }

        static let python = RSLabCommand.repository.appending(path: ".build/jsonschema/bin/python3").path()
        private static let script = RSLabCommand.repository.appending(path: "Tests/SchemaTests/validate.py").path()
        private static let schemas = RSLabCommand.repository.appending(path: "fixtures/schemas").path()

        private let channel: Mutex<MessageChannel>

        private init() throws {
            let ends = try MessageChannel.pair()
            var child = ChildProcess(executable: Self.python, arguments: [Self.script, Self.schemas])
            child.standardDescriptors = [ends.far.rawValue, nil, STDERR_FILENO]
            _ = try child.start()
            channel = Mutex(MessageChannel(adopting: try ends.near.duplicate()))
        }

        private struct Answer: Decodable {
            var conforms: Bool
            var report: String
        }

        func answer(to request: String) throws -> (conforms: Bool, report: String) {
            let octets = Array(request.utf8)
            let reply = try channel.withLock { channel throws(SystemError) -> [UInt8]? in
                try channel.send(octets)
                return try channel.receive(until: Instant.now + .seconds(60))
            }
            guard let reply else { return (false, "the validator has ended, and said why on standard error") }
            let answer = try JSONDecoder().decode(Answer.self, from: Data(reply))
            return (answer.conforms, answer.report)
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// The test validates JSON: skipped if jsonschema is not installed, but failed if CI is set.
    package static var requiresJSONSchema: Self {
        requires(
            JSONSchema.isInstalled,
            "needs jsonschema 4.18 or newer in .build/jsonschema, which scripts/test fetches where PyPI can be reached")
    }
}
