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
        try events.send(JSON.encode(NodeRequest.subscribe(since: .zero)))
    }

    func ask(_ request: NodeRequest) throws -> NodeReply {
        try requests.send(JSON.encode(request))
        let message = try #require(try requests.receive(until: .now + .seconds(10)))
        return try JSON.decode(NodeReply.self, from: message)
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
            if case .event(let event) = try JSON.decode(NodeReply.self, from: message), event.kind == kind, fits(event)
            {
                return event
            }
        }
    }

    /// The only session.
    func neighbor() throws -> NeighborSnapshot {
        guard case .neighbors(let neighbors) = try ask(.neighbors) else { throw UnexpectedReply() }
        return try #require(neighbors.count == 1 ? neighbors.first : nil)
    }

    struct UnexpectedReply: Error {}
}
