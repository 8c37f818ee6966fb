// SPDX-License-Identifier: MIT-0
import BGP
import LinuxSystem
import Measurement
import NodeProtocol
import NodeRuntime
import Testing
import WireFormat

/// The control socket of an rslab-node started by a test: one connection for requests, one for events.
final class NodeConnection {
    private let requests: MessageChannel
    private let events: MessageChannel

    init(_ path: String) throws {
        requests = try MessageChannel(connectingTo: path)
        events = try MessageChannel(connectingTo: path)
        try events.send(JSON.encode(Subscribe(since: .zero).request))
    }

    func ask<Query: NodeQuery>(_ query: Query) throws -> Query.Answer {
        try requests.send(JSON.encode(query.request))
        let message = try #require(try requests.receive(until: .now + .seconds(10)))
        switch try JSON.decode(ProgramReply<Query.Answer>.self, from: message) {
        case .answer(let answer): return answer
        case .failed(let failure): throw failure
        }
    }

    /// Reads events, in the order in which they happened, until one matches.
    func nextEvent(
        _ kind: TraceEvent.Kind, within limit: Duration = .seconds(20),
        sourceLocation: SourceLocation = #_sourceLocation, where fits: (TraceEvent) -> Bool = { _ in true }
    ) throws -> TraceEvent {
        let deadline = Instant.now + limit
        while true {
            let message = try #require(
                try events.receive(until: deadline), "the node ended", sourceLocation: sourceLocation)
            let reply = try JSON.decode(ProgramReply<TraceEvent>.self, from: message)
            if case .answer(let event) = reply, event.kind == kind, fits(event) { return event }
        }
    }

    /// The only session.
    func neighbor() throws -> NeighborSnapshot {
        let neighbors = try ask(ListNeighbors())
        return try #require(neighbors.count == 1 ? neighbors.first : nil)
    }
}
