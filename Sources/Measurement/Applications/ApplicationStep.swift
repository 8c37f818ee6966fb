// SPDX-License-Identifier: MIT-0
package import WireFormat

/// One step of a stall, as the application's client saw it.
package struct ApplicationStep: Hashable, Sendable, Codable {
    package enum Name: String, Hashable, Sendable, Codable, CaseIterable {
        case lastReply = "last-reply"
        /// The first request that was not served in time.
        case firstUnserved = "first-unserved"
        /// TCP retransmitted what was not acknowledged.
        case retransmitted
        /// The network reported an error for the UDP flow.
        case refused
        case connectionEnded = "connection-ended"
        case dialling
        case dialFailed = "dial-failed"
        case connected
        case firstReply = "first-reply"
    }

    package var name: Name
    package var at: Instant
    /// Counted from just before the fault; negative before it.
    package var sinceFault: Milliseconds
    /// The instance that replied, or whose segment ended the connection.
    package var instance: String?
    /// For the end of a connection or of an attempt.
    package var ending: ApplicationConnection.Ending?
    /// For a retransmission: how long TCP now waits before the next one.
    package var nextTimeout: Milliseconds?
    /// How many consecutive steps of this name this one stands for, if there were too many to list.
    package var count: Int?

    private enum CodingKeys: String, CodingKey {
        case name, instance, ending, count
        case at = "at_ns"
        case sinceFault = "since_fault_ms"
        case nextTimeout = "next_rto_ms"
    }
}

extension ApplicationStep {
    /// A client that dials in vain has many of these: the first few and the last one are enough.
    private static let attemptCountMax = 8

    /// The steps of a stall, ordered by stamp; empty without one.
    static func steps(
        of stall: ApplicationStall, _ flow: ApplicationProtocol, ledger: ApplicationLedger, fault: Instant, end: Instant
    ) -> [ApplicationStep] {
        guard stall.isSeen else { return [] }
        let start = stall.lastReplyBefore ?? .zero
        let stop = stall.firstReplyAfter ?? end
        var steps: [ApplicationStep] = []
        func add(_ name: Name, _ instant: Instant, _ complete: (inout ApplicationStep) -> Void = { _ in }) {
            var step = ApplicationStep(name: name, at: instant, sinceFault: Milliseconds(from: fault, to: instant))
            complete(&step)
            steps.append(step)
        }
        let replies = ledger.replies(flow)
        func responder(at instant: Instant) -> String? { replies[instant].flatMap { ledger.responders[$0] } }
        if let instant = stall.lastReplyBefore { add(.lastReply, instant) { $0.instance = responder(at: instant) } }
        if let instant = stall.firstUnservedAt { add(.firstUnserved, instant) }
        if flow == .tcp {
            for again in ledger.retransmissions where again.at > start && again.at <= stop {
                add(.retransmitted, again.at) { $0.nextTimeout = again.state.retransmissionTimeout }
            }
            addConnections(of: ledger, from: start, to: stop, add)
        } else if let first = ledger.refusals.first(where: { $0.at > start && $0.at <= stop }) {
            add(.refused, first.at) { step in
                step.ending = .init(code: first.code)
                step.count = ledger.refusals.count { $0.at > start && $0.at <= stop }
            }
        }
        if let instant = stall.firstReplyAfter { add(.firstReply, instant) { $0.instance = responder(at: instant) } }
        // Equal stamps stay in the order of cause and effect.
        return steps.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private static func addConnections(
        of ledger: ApplicationLedger, from start: Instant, to stop: Instant,
        _ add: (Name, Instant, (inout ApplicationStep) -> Void) -> Void
    ) {
        let dialled = ledger.connections.filter { $0.dialledAt > start && $0.dialledAt <= stop }
        let ended = ledger.connections.filter { connection in
            connection.connectedAt != nil && connection.endedAt.map { $0 > start && $0 <= stop } ?? false
        }
        for connection in ended {
            guard let instant = connection.endedAt else { continue }
            add(.connectionEnded, instant) { step in
                step.ending = connection.ending
                step.instance = connection.endedBy
            }
        }
        for (index, connection) in dialled.enumerated() {
            let isShown = index < attemptCountMax || index == dialled.count - 1
            guard isShown else { continue }
            add(.dialling, connection.dialledAt) { step in
                let skipped = dialled.count - 1 - attemptCountMax
                if index == dialled.count - 1, skipped > 0 { step.count = skipped + 1 }
            }
            if let instant = connection.connectedAt, instant <= stop {
                add(.connected, instant) { _ in }
            } else if connection.connectedAt == nil, let instant = connection.endedAt, instant <= stop {
                add(.dialFailed, instant) { step in
                    step.ending = connection.ending
                    step.instance = connection.endedBy
                }
            }
        }
    }
}

extension ApplicationLedger {
    /// Which responder replied when.
    fileprivate func replies(_ flow: ApplicationProtocol) -> [Instant: UInt16] {
        Dictionary(
            requests(flow).compactMap { request in
                request.repliedAt.flatMap { instant in request.responder.map { (instant, $0) } }
            }, uniquingKeysWith: { first, _ in first })
    }
}
