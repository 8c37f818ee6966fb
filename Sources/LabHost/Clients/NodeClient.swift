// SPDX-License-Identifier: MIT-0
internal import LabModel
package import LinuxSystem
package import Measurement
package import NodeProtocol
internal import RouteServer
package import WireFormat

/// The orchestrator's side of a node's control socket.
package final class NodeClient {
    private static let answerTimeout = Duration.seconds(10)

    package let channel: MessageChannel
    private let node: String

    package init(_ node: String, in directory: RunDirectory) throws {
        self.node = node
        do throws(SystemError) {
            channel = try MessageChannel(connectingTo: directory.nodeSocket(node))
        } catch {
            throw LabError(
                "cannot talk to \(node)", because: error,
                advice: "see 'rslab status'; what died is started again by 'rslab restore'")
        }
    }

    /// Asks, and waits for the answer.
    ///
    /// - Throws: `LabError` if the node does not answer, or says why it cannot.
    package func ask<Query: NodeQuery>(_ query: Query) throws -> Query.Answer {
        try channel.send(JSON.encode(query.request))
        guard let message = try channel.receive(until: Instant.now + Self.answerTimeout) else {
            throw LabError("\(node) ended before it answered", advice: "see 'rslab logs \(node)'")
        }
        switch try JSON.decode(ProgramReply<Query.Answer>.self, from: message) {
        case .answer(let answer): return answer
        case .failed(let failure): throw LabError("\(node): \(failure)")
        }
    }

    /// Has something done, and waits until it is.
    ///
    /// - Throws: `LabError` if the node does not answer, or says why it cannot.
    package func ask<Query: NodeQuery>(_ query: Query) throws where Query.Answer == Done {
        let _: Done = try ask(query)
    }

    /// Subscribes to every event since an instant; `readEvents` returns them.
    package func subscribe(since: Instant) throws(SystemError) {
        try channel.send(JSON.encode(Subscribe(since: since).request))
    }

    /// The events that arrived; nil if the node is gone.
    package func readEvents() throws -> [TraceEvent]? {
        guard try channel.readMore() else { return nil }
        var events: [TraceEvent] = []
        while let message = try channel.nextMessage() {
            if case .answer(let event) = try JSON.decode(ProgramReply<Subscribe.Answer>.self, from: message) {
                events.append(event)
            }
        }
        return events
    }
}

extension Lab {
    /// The client of a node's BGP speaker or route server.
    ///
    /// - Throws: `LabError` if there is no such node, or it runs no program of rslab's that could answer.
    package func speaker(on node: String) throws -> NodeClient {
        _ = try namespace(node)
        let ofRSLab = layout.routeServerNodes + (state.options.speaker == .builtin ? layout.speakerInstances : [])
        guard ofRSLab.contains(node) else {
            throw LabError(
                "\(node) does not run rslab's own speaker",
                advice: layout.speakerInstances.contains(node)
                    ? "ask its own daemon: rslab exec \(node) -- gobgp neighbor"
                    : "these do: \(ofRSLab.joined(separator: ", "))")
        }
        return try NodeClient(node, in: directory)
    }
}
