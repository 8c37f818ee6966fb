// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The account of every request and connection of an application's client, fed by its `ApplicationRecord`s in order.
package struct ApplicationLedger: Sendable {
    /// A retransmission, as the client noticed it: the kernel's count had grown.
    struct Retransmission: Hashable {
        var connection: UInt32
        /// When the kernel had last sent, to within a tick of its clock.
        var at: Instant
        var state: TransmissionState
    }

    package let settings: ApplicationSettings
    /// The number in a reply -> the instance that gave it.
    package let responders: [UInt16: String]
    /// TTL of a segment at the client -> the instance that sends with it.
    package let instances: [UInt8: String]
    /// The client's closing record; nil while it runs, or if it died.
    package private(set) var summary: ApplicationClientSummary?
    /// When the latest reply from each instance arrived.
    package private(set) var latestReply: [ApplicationProtocol: [String: Instant]] = [:]

    private var requestsByProtocol: [ApplicationProtocol: [ApplicationRequest]] = [:]
    package private(set) var connections: [ApplicationConnection] = []
    private(set) var retransmissions: [Retransmission] = []
    /// When the network reported an error for the UDP flow, and which one.
    private(set) var refusals: [(at: Instant, code: UInt16)] = []
    /// The last FIN or RST not yet assigned to an ended connection.
    private var closing: (isReset: Bool, timeToLive: UInt8, at: Instant)?
    /// The TCP request after the last one answered: TCP answers in order.
    private var firstUnanswered = 0
    private var lastState: [UInt32: TransmissionState] = [:]
    private var lastLook: [UInt32: Instant] = [:]
    /// The latest instant of any record.
    package private(set) var lastInstant = Instant.zero

    package init(settings: ApplicationSettings, responders: [UInt16: String], instances: [UInt8: String]) {
        self.settings = settings
        self.responders = responders
        self.instances = instances
    }

    /// The requests of a protocol in the order they were made.
    package func requests(_ flow: ApplicationProtocol) -> [ApplicationRequest] { requestsByProtocol[flow] ?? [] }

    package mutating func record(_ record: ApplicationRecord) {
        switch record {
        case .asked(let flow, let sequence, _, let instant):
            add(flow, sequence, ApplicationRequest(askedAt: instant, wasSent: true))
        case .unsent(let flow, let sequence, let instant):
            add(flow, sequence, ApplicationRequest(askedAt: instant, wasSent: false))
        case .replied(let flow, let sequence, let responder, let instant):
            addReply(flow, sequence, responder, at: instant)
        case .refused(let code, let instant):
            note(instant)
            refusals.append((instant, code))
        case .connecting(let number, let instant):
            note(instant)
            connections.append(ApplicationConnection(number: number, dialledAt: instant))
        case .connected(let number, let instant):
            note(instant)
            change(number) { $0.connectedAt = instant }
        case .ended(let number, let code, let instant):
            end(number, code: code, at: instant)
        case .closing(let isReset, let timeToLive, let instant):
            note(instant)
            closing = (isReset, timeToLive, instant)
        case .transmission(let number, let state, let instant):
            look(at: number, state, at: instant)
        case .end(let summary):
            self.summary = summary
        }
    }

    private mutating func note(_ instant: Instant) {
        lastInstant = max(lastInstant, instant)
    }

    /// Requests arrive in the order of their numbers; a record that repeats or skips a number is invalid.
    private mutating func add(_ flow: ApplicationProtocol, _ sequence: UInt64, _ request: ApplicationRequest) {
        note(request.askedAt)
        guard UInt64(requestsByProtocol[flow]?.count ?? 0) == sequence else { return }
        requestsByProtocol[flow, default: []].append(request)
    }

    private mutating func addReply(
        _ flow: ApplicationProtocol, _ sequence: UInt64, _ responder: UInt16, at instant: Instant
    ) {
        note(instant)
        guard let index = Int(exactly: sequence), index < requestsByProtocol[flow]?.count ?? 0 else { return }
        if flow == .tcp { firstUnanswered = max(firstUnanswered, index + 1) }
        if let instance = responders[responder] { latestReply[flow, default: [:]][instance] = instant }
        // The network may duplicate a datagram: the first one counts.
        guard requestsByProtocol[flow]?[index].repliedAt == nil else { return }
        requestsByProtocol[flow]?[index].repliedAt = instant
        requestsByProtocol[flow]?[index].responder = responder
    }

    private mutating func change(_ number: UInt32, _ body: (inout ApplicationConnection) -> Void) {
        guard let index = connections.lastIndex(where: { $0.number == number }) else { return }
        body(&connections[index])
    }

    private mutating func end(_ number: UInt32, code: UInt16, at instant: Instant) {
        note(instant)
        let ending = ApplicationConnection.Ending(code: code)
        let segment = closing.flatMap { closing in
            closing.isReset == (ending != .closed) && [.reset, .refused, .closed].contains(ending) ? closing : nil
        }
        closing = nil
        let endedBy = segment.flatMap { instances[$0.timeToLive] }
        change(number) { connection in
            connection.endedAt = instant
            connection.ending = ending
            connection.endedBy = endedBy
        }
    }

    private mutating func look(at number: UInt32, _ state: TransmissionState, at instant: Instant) {
        note(instant)
        if state.retransmissions > lastState[number]?.retransmissions ?? 0 {
            retransmissions.append(
                Retransmission(connection: number, at: sendInstant(of: number, state, seenAt: instant), state: state))
        }
        lastState[number] = state
        lastLook[number] = instant
        change(number) { connection in
            connection.retransmissions = Int(state.retransmissions)
            connection.timeouts = Int(state.consecutiveTimeouts)
            if state.consecutiveTimeouts == 0 { connection.initialTimeout = state.retransmissionTimeout }
            connection.lastTimeout = state.retransmissionTimeout
        }
    }

    /// When a segment was retransmitted: by the kernel's tick, but not before the last check that did not show it yet,
    /// nor before the oldest request still waiting.
    ///
    /// The kernel stores no such time for a SYN: that counts from when it was noticed.
    private func sendInstant(of number: UInt32, _ state: TransmissionState, seenAt instant: Instant) -> Instant {
        guard let connection = connections.last(where: { $0.number == number }), let connected = connection.connectedAt
        else { return instant }
        let sent = instant.advanced(by: .zero - Milliseconds(Double(state.sinceLastSendMilliseconds)))
        let waiting = requests(.tcp)
        let asked = firstUnanswered < waiting.count ? waiting[firstUnanswered].askedAt : connected
        return max(sent, max(lastLook[number] ?? connected, asked))
    }
}
