// SPDX-License-Identifier: MIT-0
import EC2
import Foundation
import TestSupport
import Testing

/// A lab that is queried like AWS, and remembers its answers.
final class AWSScene {
    let lab: TestLab
    private(set) var answers: [(operation: EC2.Operation, text: String)] = []

    init(_ lab: TestLab) {
        self.lab = lab
    }

    /// Runs `rslab aws ec2` with an operation's command.
    func run(_ operation: EC2.Operation, _ arguments: [String]) throws -> RSLabCommand.Result {
        try RSLabCommand.run(["aws", "ec2", operation.commandName, "--name", lab.name] + arguments)
    }

    /// An operation's answer, after it ended with status 0.
    @discardableResult
    func ask(_ operation: EC2.Operation, _ arguments: String...) throws -> [String: Any] {
        let result = try run(operation, arguments)
        try #require(result.status == 0, "\(operation): \(result.standardError)")
        #expect(result.standardError.isEmpty)
        answers.append((operation, result.standardOutput))
        return result.json
    }

    /// The structures of a list in an operation's answer.
    func list(_ name: String, _ operation: EC2.Operation, _ arguments: String...) throws -> [[String: Any]] {
        let result = try run(operation, arguments)
        try #require(result.status == 0, "\(operation): \(result.standardError)")
        answers.append((operation, result.standardOutput))
        return try #require(result.json[name] as? [[String: Any]], "\(operation) has no \(name)")
    }

    /// One member of each structure of a list.
    func texts(
        _ member: String, of name: String, _ operation: EC2.Operation, _ arguments: String...
    ) throws -> [String] {
        let result = try run(operation, arguments)
        try #require(result.status == 0, "\(operation): \(result.standardError)")
        answers.append((operation, result.standardOutput))
        let list = try #require(result.json[name] as? [[String: Any]], "\(operation) has no \(name)")
        return list.compactMap { $0[member] as? String }
    }

    /// The error with which EC2 answers an operation.
    func errorCode(_ operation: EC2.Operation, _ arguments: String...) throws -> String {
        let result = try run(operation, arguments)
        #expect(result.status == 254, "\(operation): \(result.standardOutput)\(result.standardError)")
        #expect(result.standardOutput.isEmpty)
        let head = "\nAn error occurred ("
        let tail = ") when calling the \(operation.rawValue) operation: "
        let text = result.standardError
        guard text.hasPrefix(head), let end = text.range(of: tail) else { return text }
        return String(text[..<end.lowerBound].dropFirst(head.count))
    }

    /// Whether all answers so far have the shapes of AWS's service model.
    func expectShapes() throws {
        let lines = answers.map { answer in
            // As printed, with its members in order.
            "{\"operation\": \"\(answer.operation.rawValue)\", \"answer\": "
                + answer.text.replacing("\n", with: " ") + "}"
        }
        let (agrees, report) = try ServiceModel.compare(.answers, lines.joined(separator: "\n"))
        #expect(agrees, "\(report)")
    }
}
