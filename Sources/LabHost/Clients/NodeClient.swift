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
                "cannot talk to \(node)", because: error, advice: "see 'rslab status' and 'rslab logs \(node)'")
        }
    }

    /// Asks, and waits for the answer.
    ///
    /// - Throws: `RouteServerRefusal` where a route server does not do what it was asked to; `LabError` for all else.
    package func ask(_ request: NodeRequest) throws -> NodeReply {
        try channel.send(JSON.encode(request))
        guard let message = try channel.receive(until: Instant.now + Self.answerTimeout) else {
            throw LabError("\(node) ended before it answered", advice: "see 'rslab logs \(node)'")
        }
        let reply = try JSON.decode(NodeReply.self, from: message)
        if case .failed(let reason) = reply { throw LabError("\(node): \(reason)") }
        if case .refused(let refusal) = reply { throw refusal }
        return reply
    }

    /// Asks to be told every event since an instant; `readEvents` gives them.
    package func subscribe(since: Instant) throws(SystemError) {
        try channel.send(JSON.encode(NodeRequest.subscribe(since: since)))
    }

    /// The events that arrived.
    ///
    /// Nil when the node is gone.
    package func readEvents() throws -> [TraceEvent]? {
        guard try channel.readMore() else { return nil }
        var events: [TraceEvent] = []
        while let message = try channel.nextMessage() {
            if case .event(let event) = try JSON.decode(NodeReply.self, from: message) {
                events.append(event)
            }
        }
        return events
    }
}

extension Lab {
    /// What speaks BGP on a node, to be asked.
    ///
    /// - Throws: `LabError` for a node that there is not, or that runs nothing of rslab's that could answer.
    package func speaker(on node: String) throws -> NodeClient {
        _ = try namespace(node)
        let ofRSLab = routeServerNodes + (state.options.speaker == .builtin ? speakerInstances : [])
        guard ofRSLab.contains(node) else {
            throw LabError(
                "\(node) runs no speaker of rslab's",
                advice: speakerInstances.contains(node)
                    ? "ask its own: rslab exec \(node) -- gobgp neighbor"
                    : "those that do are \(ofRSLab.joined(separator: ", "))")
        }
        return try NodeClient(node, in: directory)
    }
}
