// SPDX-License-Identifier: MIT-0

/// A query to the init of the lab or of an instance.
package protocol InitQuery: ProgramQuery {
    /// The query in the form in which it is sent.
    var request: InitRequest { get }
}

extension InitQuery {
    /// The message with this answer.
    package func answered(by answer: Answer) -> EncodedReply {
        EncodedReply(InitMessage.reply(.answer(answer)))
    }

    /// The message with the reason why there is no answer.
    package func failed(_ reason: String) -> EncodedReply {
        EncodedReply(InitMessage<Answer>.reply(.failed(ProgramFailure(reason))))
    }
}

/// The form in which all queries to an init are sent.
package enum InitRequest: Codable, Sendable {
    case holdNamespaces(HoldNamespaces)
    case startProgram(StartProgram)
    case listPrograms(ListPrograms)
}

/// A message from an init: a reply or, between replies, the end of a program.
package enum InitMessage<Answer: Codable & Sendable>: Codable, Sendable {
    case reply(ProgramReply<Answer>)
    /// A program ended.
    case ended(EndedProgram)
}

/// A program that ended.
package struct EndedProgram: Codable, Hashable, Sendable {
    package var name: String
    package var purpose: ProgramPurpose
    /// The exit status, or 128 + the signal.
    package var status: Int32
    package var logPath: String
    /// How long its log was when it ended; what comes after that is the init's own.
    package var logByteCount: Int

    package init(name: String, purpose: ProgramPurpose = .service, status: Int32, logPath: String, logByteCount: Int) {
        self.name = name
        self.purpose = purpose
        self.status = status
        self.logPath = logPath
        self.logByteCount = logByteCount
    }
}

/// Keep the network namespaces whose descriptors are attached, in this order, under these names.
package struct HoldNamespaces: InitQuery {
    package typealias Answer = Done

    package var names: [String]

    package init(_ names: [String]) {
        self.names = names
    }

    package var request: InitRequest { .holdNamespaces(self) }
}

/// Start a program; its extra descriptors are attached, and its pidfd is attached to the answer.
package struct StartProgram: InitQuery {
    package typealias Answer = Done

    package var order: ProcessOrder

    package init(_ order: ProcessOrder) {
        self.order = order
    }

    package var request: InitRequest { .startProgram(self) }
}

/// List the started programs that still run, and the services that do not.
package struct ListPrograms: InitQuery {
    /// Programs in the order they were started, with one pidfd each.
    package struct Answer: Codable, Sendable {
        package var names: [String]
        /// How services that no longer run ended, in that order; only in the first answer.
        package var ended: [EndedProgram]
        /// Another answer with this many follows: a message carries a limited number of descriptors.
        package var remainingCount: Int

        package init(names: [String], ended: [EndedProgram], remainingCount: Int) {
            self.names = names
            self.ended = ended
            self.remainingCount = remainingCount
        }
    }

    package init() {}

    package var request: InitRequest { .listPrograms(self) }
}
