// SPDX-License-Identifier: MIT-0
import WireFormat

/// An application's view of a failover over one protocol.
package struct ApplicationFlow: Hashable, Sendable, Codable {
    /// Counts of requests until the fault was undone.
    package struct Counts: Hashable, Sendable, Codable {
        package var asked = 0
        package var answered = 0
        /// Due while there was no connection to send them on.
        package var unsent = 0
        /// Sent and never answered: lost for good.
        package var lost = 0
        /// Lost so long before the fault that it cannot be the cause.
        package var lostBefore = 0

        private enum CodingKeys: String, CodingKey {
            case asked, answered, unsent, lost
            case lostBefore = "pre_loss"
        }
    }

    /// How many redials are listed one by one.
    private static let keptRedialCountMax = 50

    package var `protocol`: ApplicationProtocol
    package var counts: Counts
    package var stall: ApplicationStall
    /// The instance that gave the last reply before the fault, and the one that gave the last before the restore.
    package var servedBefore: String?
    package var servedAfter: String?
    /// The longest time from a request to its reply.
    package var longestResponse: Milliseconds?
    /// TCP: the connection in use when the fault occurred.
    package var connection: ApplicationConnection?
    /// TCP: connections dialled since the fault, including failed attempts; only the first ones if there are many.
    package var redials: [ApplicationConnection]
    package var redialCount: Int
    /// How many of the redials were established.
    package var reconnectCount: Int
    /// The stall step by step; empty without one.
    package var timeline: [ApplicationStep]
    /// The restore's stall; nil if the fault was not undone.
    package var failBack: ApplicationStall?

    private enum CodingKeys: String, CodingKey {
        case `protocol`, stall, connection, redials, timeline
        case counts = "requests"
        case servedBefore = "served_before"
        case servedAfter = "served_after"
        case longestResponse = "longest_response_ms"
        case redialCount = "redial_count"
        case reconnectCount = "reconnects"
        case failBack = "fail_back"
    }

    /// Computes a flow from its client's records.
    package init(_ flow: ApplicationProtocol, ledger: ApplicationLedger, span: FaultSpan) {
        `protocol` = flow
        let fault = span.fault
        let interval = ledger.settings.interval
        let lastInstant = ledger.lastInstant.advanced(by: Milliseconds(nanoseconds: 1))
        let end = span.end ?? lastInstant
        let requests = ledger.requests(flow)
        let connections = flow == .tcp ? ledger.connections : []
        counts = Self.counts(
            of: requests.prefix { $0.askedAt < end }, before: fault.before.advanced(by: .zero - interval))
        stall = ApplicationStall(
            requests: requests, connections: connections, event: fault.before, end: end, interval: interval)
        let replies = requests.filter { $0.repliedAt.map { $0 < end } ?? false }
        servedBefore = replies.last { $0.repliedAt.map { $0 < fault.before } ?? false }?.responder
            .flatMap { ledger.responders[$0] }
        servedAfter = replies.last { $0.repliedAt.map { $0 >= fault.before } ?? false }?.responder
            .flatMap { ledger.responders[$0] }
        longestResponse = requests.filter { $0.askedAt < end }.compactMap(\.responseTime).max()
        let inUse = connections.last { $0.connectedAt.map { $0 < fault.before } ?? false }
        connection = inUse.map { connection in
            guard let ended = connection.endedAt, ended >= end else { return connection }
            // What the restore did to it is not the fault's effect.
            var survivor = connection
            survivor.endedAt = nil
            survivor.endedBy = nil
            survivor.ending = .survived
            return survivor
        }
        let dialled = connections.filter { $0.dialledAt >= fault.before && $0.dialledAt < end }
        redials = Array(dialled.prefix(Self.keptRedialCountMax))
        redialCount = dialled.count
        reconnectCount = dialled.count { $0.connectedAt.map { $0 < end } ?? false }
        timeline = ApplicationStep.steps(of: stall, flow, ledger: ledger, fault: fault.before, end: end)
        failBack = span.restore.map { restore in
            let start = Self.start(ofFailBack: restore.before, after: stall, requests, span)
            return ApplicationStall(
                requests: requests.filter { $0.askedAt >= start }, connections: connections, event: restore.before,
                end: lastInstant, interval: interval)
        }
    }

    /// Requests left unserved by the fault do not count for the restore.
    private static func start(
        ofFailBack restore: Instant, after stall: ApplicationStall, _ requests: [ApplicationRequest], _ span: FaultSpan
    ) -> Instant {
        guard span.includesRestore else { return stall.firstReplyAfter ?? restore }
        // The last request that was served before it, so that the restore's own stall has a beginning.
        return requests.last { $0.repliedAt.map { $0 < restore } ?? false }?.askedAt ?? restore
    }

    private static func counts(of requests: some Sequence<ApplicationRequest>, before: Instant) -> Counts {
        var counts = Counts()
        for request in requests {
            counts.asked += 1
            if request.repliedAt != nil {
                counts.answered += 1
            } else if !request.wasSent {
                counts.unsent += 1
            } else {
                counts.lost += 1
                counts.lostBefore += request.askedAt < before ? 1 : 0
            }
        }
        return counts
    }
}
