// SPDX-License-Identifier: MIT-0
internal import LabModel
package import LinuxSystem
package import NodeProtocol
package import WireFormat

extension EndedProgram {
    /// "speaker ended with status 2", with the last line that it logged.
    package var text: String {
        // Without a log, the text has no last line.
        let log = (try? readOwnFile(logPath, limit: 1 << 30))?.prefix(logByteCount) ?? []
        let lines = String(decoding: log, as: UTF8.self).split(separator: "\n")
        // rslab's own programs also log their events, which say nothing about their ends.
        let last = lines.last { !$0.drop { $0.isNumber || $0 == "." || $0 == " " }.hasPrefix("{") }
        return "\(name) ended with status \(status)" + (last.map { ": \($0)" } ?? "")
    }
}

/// The orchestrator's side of an init's socket.
package final class InitClient {
    private static let answerTimeout = Duration.seconds(10)

    /// A program that an init runs.
    package final class Program {
        package let name: String
        package let handle: ProcessHandle

        init(name: String, handle: consuming ProcessHandle) {
            self.name = name
            self.handle = handle
        }
    }

    /// A request that was sent; the init carries it out while the caller continues.
    package struct Pending<Result> {
        fileprivate let client: InitClient
        fileprivate let number: Int
        fileprivate let read: () throws -> Result

        /// Waits for the answer.
        ///
        /// Answers are read in the order of the requests, and before an event loop watches the client's channel.
        /// - Throws: the init's error.
        package func answer() throws -> Result {
            precondition(number == client.answeredCount, "answers are taken in the order of the requests")
            client.answeredCount += 1
            return try read()
        }
    }

    package let channel: MessageChannel
    private var requestCount = 0
    private var answeredCount = 0
    /// Programs that ended, in order.
    package private(set) var ended: [EndedProgram] = []
    /// Those that `takeUnexamined` has not returned yet.
    private var unexamined: [EndedProgram] = []

    package init(connectingTo path: String) throws(SystemError) {
        channel = try MessageChannel(connectingTo: path)
    }

    /// Has the init hold namespaces under their names.
    package func hold(_ namespaces: [HeldNamespace]) throws -> [Pending<Void>] {
        var pending: [Pending<Void>] = []
        var rest = namespaces[...]
        while !rest.isEmpty {
            let part = rest.prefix(MessageChannel.descriptorCountMax)
            rest = rest.dropFirst(part.count)
            pending.append(
                try send(HoldNamespaces(part.map(\.name)), descriptors: part.map(\.descriptor)) { _ in })
        }
        return pending
    }

    /// Starts a program and waits until it runs; `descriptors` become its 3, 4, ….
    package func start(_ order: ProcessOrder, descriptors: [Int32] = []) throws -> Program {
        try self.order(order, descriptors: descriptors).answer()
    }

    /// Orders the start of a program; `descriptors` become its 3, 4, ….
    package func order(_ order: ProcessOrder, descriptors: [Int32] = []) throws -> Pending<Program> {
        var order = order
        order.descriptorCount = descriptors.count
        return try send(StartProgram(order), descriptors: descriptors) { [name = order.name] _ in
            try self.takeProgram(name)
        }
    }

    /// The running programs, in the order of their starts.
    package func running() throws -> [Program] { try programs().running }

    /// The running programs, in the order of their starts, and how the services that do not run ended.
    package func programs() throws -> (running: [Program], ended: [EndedProgram]) {
        var answer = try send(ListPrograms()) { $0 }.answer()
        let ended = answer.ended
        var programs = try answer.names.map(takeProgram)
        while answer.remainingCount > 0 {
            answer = try nextReply(to: ListPrograms.self)
            programs += try answer.names.map(takeProgram)
        }
        return (programs, ended)
    }

    /// Whether a service that ended has not been started again.
    func isDead(_ program: EndedProgram) throws -> Bool {
        try programs().ended.contains { $0.name == program.name }
    }

    private func takeProgram(_ name: String) throws -> Program {
        guard let descriptor = channel.nextDescriptor() else {
            throw LabError("init sent no handle for \(name)")
        }
        return Program(name: name, handle: ProcessHandle(adopting: descriptor))
    }

    private func send<Query: InitQuery, Result>(
        _ query: Query, descriptors: [Int32] = [], _ take: @escaping (Query.Answer) throws -> Result
    ) throws -> Pending<Result> {
        try channel.send(JSON.encode(query.request), descriptors: descriptors)
        requestCount += 1
        return Pending(client: self, number: requestCount - 1) { try take(self.nextReply(to: Query.self)) }
    }

    private func nextReply<Query: InitQuery>(to query: Query.Type) throws -> Query.Answer {
        let deadline = Instant.now + Self.answerTimeout
        while let message = try channel.receive(until: deadline) {
            switch try JSON.decode(InitMessage<Query.Answer>.self, from: message) {
            case .ended(let program): note(program)
            case .reply(.failed(let failure)): throw LabError(failure.reason)
            case .reply(.answer(let answer)): return answer
            }
        }
        throw LabError("the lab's init is gone")
    }

    /// Waits until a program's end is reported, and forgets it: it was ended on purpose and will be started again.
    package func takeEnd(of name: String, until deadline: Instant) throws {
        while !ended.contains(where: { $0.name == name }) {
            guard try readEnded() else { throw LabError("the lab's init is gone") }
            guard Instant.now < deadline else { throw LabError("the lab's init does not tell of the end of \(name)") }
            try DedicatedThread.pause(.microseconds(200))
        }
        ended.removeAll { $0.name == name }
        unexamined.removeAll { $0.name == name }
    }

    /// Reads the messages that arrived unasked; false if the init is gone.
    package func readEnded() throws -> Bool {
        let isOpen = try channel.readMore()
        while let message = try channel.nextMessage() {
            // No request is pending here.
            if case .ended(let program) = try JSON.decode(InitMessage<Done>.self, from: message) {
                note(program)
            }
        }
        return isOpen
    }

    private func note(_ program: EndedProgram) {
        ended.append(program)
        unexamined.append(program)
    }

    /// The programs whose end was heard of since the last call.
    func takeUnexamined() -> [EndedProgram] {
        defer { unexamined.removeAll() }
        return unexamined
    }
}
