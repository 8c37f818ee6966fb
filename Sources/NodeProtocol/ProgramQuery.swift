// SPDX-License-Identifier: MIT-0

/// What a program inside a lab is asked, with the type of what it answers.
package protocol ProgramQuery: Codable, Sendable {
    associatedtype Answer: Codable & Sendable
}

/// The answer to a query that only has something done.
package struct Done: Codable, Hashable, Sendable {
    package init() {}
}

/// How a program answers a query: as asked, or not at all.
package enum ProgramReply<Answer: Codable & Sendable>: Codable, Sendable {
    case answer(Answer)
    case failed(ProgramFailure)
}

/// Why a program does not answer what it was asked.
package struct ProgramFailure: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    package var reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    /// A query that was sent to a program which does not take it.
    package static func notAnswered(by program: String) -> ProgramFailure {
        ProgramFailure("\(program) does not answer that")
    }

    package var description: String { reason }
}

/// A reply as it is sent.
///
/// Programs make it from a query and an answer of the query's type, so none can answer something else than asked.
package struct EncodedReply: Sendable {
    package let octets: [UInt8]

    init(_ message: some Encodable) {
        octets = JSON.encode(message)
    }
}
