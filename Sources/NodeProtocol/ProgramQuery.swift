// SPDX-License-Identifier: MIT-0

/// A query to a program inside a lab, with the type of its answer.
package protocol ProgramQuery: Codable, Sendable {
    associatedtype Answer: Codable & Sendable
}

/// The answer to a query that only requests an action.
package struct Done: Codable, Hashable, Sendable {
    package init() {}
}

/// A program's reply to a query: the answer, or a failure.
package enum ProgramReply<Answer: Codable & Sendable>: Codable, Sendable {
    case answer(Answer)
    case failed(ProgramFailure)
}

/// Why a program does not answer a query.
package struct ProgramFailure: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    package var reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    /// A query sent to a program that does not support it.
    package static func notAnswered(by program: String) -> ProgramFailure {
        ProgramFailure("\(program) does not answer that")
    }

    package var description: String { reason }
}

/// A reply in the form in which it is sent.
///
/// Programs make it from a query and an answer of that query's type, so they cannot send any other answer.
package struct EncodedReply: Sendable {
    package let octets: [UInt8]

    init(_ message: some Encodable) {
        octets = JSON.encode(message)
    }
}
