// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import Measurement
import NodeProtocol
import TestSupport
import Testing
import WireFormat

@testable import NodeRuntime

// No program's interface has the node's side of a control socket.

/// A node's server and one client of it, on one event loop that the test runs step by step.
@Suite(.timeLimit(.minutes(1)))
final class NodeServerTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-\(UUID().uuidString)").path
    private let listener: ListenerBox
    private let loop: EventLoop
    private let server: NodeServer
    private let client: MessageChannel

    private final class ListenerBox {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    init() throws {
        listener = ListenerBox(try MessageChannel.listener(at: path))
        loop = try EventLoop()
        server = try NodeServer(
            loop: loop, nodeName: "vpc", listenerDescriptor: listener.descriptor.rawValue,
            holdBackTime: .milliseconds(100))
        client = try MessageChannel(connectingTo: path)
        try loop.runOnce()
    }

    deinit {
        do {
            try removeTree(path)
        } catch {
            Issue.record("\(error)")
        }
    }

    private func record(_ detail: String) {
        server.record(.note, at: loop.now) { $0.detail = .message(detail) }
    }

    /// Sends a request, and runs the loop so that it is received.
    private func ask(_ query: some NodeQuery) throws {
        try client.send(JSON.encode(query.request))
        try loop.runOnce()
    }

    private func nextDetail() throws -> String? {
        let message = try #require(try client.receive(until: .now + .seconds(5)))
        switch try JSON.decode(ProgramReply<TraceEvent>.self, from: message) {
        case .answer(let event):
            guard case .message(let text) = event.detail else { return nil }
            return text
        case .failed: return "failure"
        }
    }

    @Test(.sleeps) func `a subscriber that comes while events are held back gets each once`() throws {
        record("before")
        server.flush()
        record("held back")
        server.holdBack()
        try ask(Subscribe(since: .zero))
        #expect(try nextDetail() == "before")
        // Wake-ups before the end of the hold-back report nothing.
        loop.afterEachWake = { [server] in server.flush() }
        let end = loop.now + .milliseconds(100)
        while loop.now < end { try loop.runOnce() }
        #expect(try nextDetail() == "held back")
        try ask(ListNeighbors())
        #expect(try nextDetail() == "failure", "this server was given nothing that it could answer with")
    }

    @Test func `the loop knows how late it wakes while events are sent to a subscriber`() throws {
        #expect(loop.takeLateness().count == 0)
        try ask(Subscribe(since: .zero))
        let end = loop.now + .milliseconds(100)
        while loop.now < end { try loop.runOnce() }
        try client.send(JSON.encode(TakeLateness().request))
        var reply: ProgramReply<NodeLateness>?
        let deadline = Instant.now + .seconds(5)
        _ = try loop.watch(client.descriptor, for: .readable) { [client] _ in
            guard (try? client.readMore()) == true, let message = try? client.nextMessage() else { return }
            reply = try? JSON.decode(ProgramReply<NodeLateness>.self, from: message)
        }
        while reply == nil, Instant.now < deadline { try loop.runOnce() }
        guard case .answer(let lateness)? = reply else {
            Issue.record("\(String(describing: reply))")
            return
        }
        #expect(lateness.loop.count >= 1 && lateness.loop.count <= 6)
        #expect(lateness.bfd == nil)
        #expect(loop.takeLateness().count <= 1)
    }

    @Test func `a client that asks and does not read is not answered before it reads`() throws {
        var answerCount = 0
        let answer = ProgramFailure(String(repeating: "x", count: 100_000))
        server.answer = { _ throws(ProgramFailure) in
            answerCount += 1
            throw answer
        }
        let request = JSON.encode(ListNeighbors().request)
        let asked = 100
        for _ in 0..<asked { try client.send(request) }
        let ticker = loop.makeTimer {}
        func run(for duration: Duration) throws {
            let end = Instant.now + duration
            while Instant.now < end {
                loop.schedule(ticker, at: end)
                try loop.runOnce()
            }
        }
        try run(for: .milliseconds(50))
        #expect((1...10).contains(answerCount), "no more than the socket holds, and one reply")
        // Once it reads, it gets every reply.
        var replyCount = 0
        _ = try loop.watch(client.descriptor, for: .readable) { [client] _ in
            guard (try? client.readMore()) == true else { return }
            while let message = try? client.nextMessage() { replyCount += message.count > 100_000 ? 1 : 0 }
        }
        let deadline = Instant.now + .seconds(20)
        while replyCount < asked, Instant.now < deadline { try loop.runOnce() }
        #expect(replyCount == asked)
        #expect(answerCount == asked)
    }

    @Test(.sleeps) func `a source that makes too many events is told from the others, and how many were suppressed`()
        throws
    {
        let noisy = EventSource.neighbor(try #require(IPAddress("10.0.1.10")), endpoint: "rse1")
        let quiet = EventSource.neighbor(try #require(IPAddress("10.0.2.10")), endpoint: "rse2")
        try ask(Subscribe(since: .zero))
        var admittedCount = 0
        for _ in 0..<11_000 where server.admits(noisy) { admittedCount += 1 }
        #expect((10_000..<11_000).contains(admittedCount))
        #expect(server.admits(quiet))
        loop.afterEachWake = { [server] in server.flush() }
        let end = Instant.now + .milliseconds(1100)
        while loop.now < end { try loop.runOnce() }
        let message = try #require(try client.receive(until: .now + .seconds(5)))
        guard case .answer(let event) = try JSON.decode(ProgramReply<TraceEvent>.self, from: message) else {
            Issue.record("no event")
            return
        }
        #expect(event.detail == .suppressed(count: 11_000 - admittedCount))
        #expect(event.endpoint == "rse1")
    }

    @Test func `who subscribes is told in turns, and the loop goes on meanwhile`() throws {
        for number in 0..<5000 { record("\(number)") }
        server.finish()
        try client.send(JSON.encode(Subscribe(since: .zero).request))
        loop.afterEachWake = { [server] in server.flush() }
        var received: [String] = []
        _ = try loop.watch(client.descriptor, for: .readable) { [client] _ in
            guard (try? client.readMore()) == true else { return }
            while let message = try? client.nextMessage() {
                guard case .answer(let event)? = try? JSON.decode(ProgramReply<TraceEvent>.self, from: message),
                    case .message(let text) = event.detail
                else { continue }
                received.append(text)
            }
        }
        var wakeCount = 0
        let deadline = Instant.now + .seconds(20)
        while received.count < 5000, Instant.now < deadline {
            try loop.runOnce()
            wakeCount += 1
        }
        #expect(received == (0..<5000).map { "\($0)" })
        #expect(wakeCount > 5)
    }

    @Test(.sleeps) func `events are sent even if they never pause`() throws {
        try ask(Subscribe(since: .zero))
        var count = 0
        var ticker: EventLoop.Token?
        func tick() {
            count += 1
            record("\(count)")
            server.holdBack()
            if let ticker { loop.schedule(ticker, at: loop.now + .milliseconds(5)) }
        }
        ticker = loop.makeTimer { tick() }
        tick()
        var isTold = false
        _ = try loop.watch(client.descriptor, for: .readable) { _ in isTold = true }
        loop.afterEachWake = { [server] in server.flush() }
        let deadline = Instant.now + .seconds(5)
        while !isTold, Instant.now < deadline {
            try loop.runOnce()
        }
        try #require(isTold)
        #expect(try nextDetail() == "1")
    }
}
