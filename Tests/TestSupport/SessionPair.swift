// SPDX-License-Identifier: MIT-0
package import BGP
package import Causes
package import WireFormat

/// Two BGP sessions that talk to each other in virtual time, over a simulated TCP.
///
/// Time begins at 0 and jumps from one event to the next. Latency may vary with the seed, but no connection reorders.
package final class SessionPair {
    package enum Side: Int, Hashable, Sendable, CaseIterable {
        case left, right

        package var other: Side { self == .left ? .right : .left }
    }

    /// Something that a session put out, and when.
    package struct Record: Hashable, Sendable {
        package var at: Instant
        package var output: Session.Output
    }

    /// How a side's session is now.
    package struct Snapshot: Sendable {
        package var phase: Phase
        package var statistics: SessionStatistics
        package var establishedSince: Instant?
        package var nextDeadline: Instant?

        init(_ session: borrowing Session) {
            phase = session.phase
            statistics = session.statistics
            establishedSince = session.establishedSince
            nextDeadline = session.nextDeadline
        }
    }

    /// The run took more steps than allowed: it is probably looping.
    package struct TooManySteps: Error {}

    /// What is in flight.
    private enum Event {
        case connectionRequest(link: Int)
        case connectionAnswer(link: Int, refused: Bool)
        case octets([UInt8], link: Int)
        case closed(ConnectionEnd, link: Int)
    }

    private struct Scheduled {
        var at: Instant
        var order: Int
        var to: Side
        var event: Event
    }

    /// A TCP connection: its id on each side, while that side has it.
    private struct Link {
        var ends: [Side: ConnectionID]
        var lastArrival: [Side: Instant] = [:]
    }

    /// What a dial to a side without a program ends with.
    package static let refused = SystemFailure(code: 111, text: "Connection refused")

    package private(set) var now = Instant.zero
    package private(set) var records: [Side: [Record]] = [.left: [], .right: []]
    /// The minimum latency of each octet.
    package var latency: Duration
    /// The most that may be added, depending on the seed.
    package var latencyVariation: Duration
    /// Everything sent is silently lost.
    package var isCut = false
    /// Sides whose program is not running: they refuse connections.
    package var absent: Set<Side> = []

    private var left: Session
    private var right: Session
    private var events: [Scheduled] = []
    private var links: [Link] = []
    private var order = 0
    private var nextIncoming = ConnectionID.firstIncoming.value
    private var random: SeededGenerator

    package init(
        left: SessionConfiguration, right: SessionConfiguration, seed: UInt64 = 1,
        latency: Duration = .milliseconds(1), latencyVariation: Duration = .zero
    ) {
        self.latency = latency
        self.latencyVariation = latencyVariation
        random = SeededGenerator(seed: seed)
        self.left = Session(configuration: left, seed: random.next())
        self.right = Session(configuration: right, seed: random.next())
    }

    package subscript(side: Side) -> Snapshot {
        switch side {
        case .left: Snapshot(left)
        case .right: Snapshot(right)
        }
    }

    private func withSession<Result>(_ side: Side, _ body: (inout Session) -> Result) -> Result {
        switch side {
        case .left: body(&left)
        case .right: body(&right)
        }
    }

    /// A side's outputs, without the octets that it sent.
    package func outputs(_ side: Side) -> [Session.Output] {
        (records[side] ?? []).map(\.output)
    }

    /// When a side had a matching output.
    package func times(_ side: Side, where fits: (Session.Output) -> Bool) -> [Instant] {
        (records[side] ?? []).filter { fits($0.output) }.map(\.at)
    }

    package func forgetRecords() {
        records = [.left: [], .right: []]
    }
}

// MARK: - What a test does

extension SessionPair {
    package func handle(_ input: Session.Input, _ side: Side) {
        withSession(side) { $0.handle(input, at: now) }
        drain(side)
    }

    package func startBoth() {
        handle(.start, .left)
        handle(.start, .right)
    }

    package func send(_ update: UpdateMessage, from side: Side) {
        withSession(side) { $0.send(update, at: now) }
        drain(side)
    }

    /// The side's program dies and is replaced by another one, not started yet.
    ///
    /// With `announced` the kernel closes its connections, as for a process that dies; without it the peer gets no
    /// notice, as if the machine had lost power.
    package func replace(_ side: Side, with configuration: SessionConfiguration, announced: Bool) {
        for link in links.indices where links[link].ends[side] != nil {
            links[link].ends[side] = nil
            if announced { schedule(.closed(.fin, link: link), to: side.other) }
        }
        withSession(side) { $0 = Session(configuration: configuration, seed: random.next()) }
    }

    /// All connections break, and both sides are told.
    package func resetConnections() {
        for link in links.indices {
            for side in Side.allCases { schedule(.closed(.reset, link: link), to: side) }
        }
    }

    /// Sends octets on the newest connection, as if from the other side.
    package func inject(_ octets: [UInt8], to side: Side) {
        guard let link = links.lastIndex(where: { $0.ends[side] != nil }) else { return }
        schedule(.octets(octets, link: link), to: side)
    }

    /// Lets time pass, including everything due at `end`.
    package func run(until end: Instant, maximumSteps: Int = 100_000) throws(TooManySteps) {
        var steps = 0
        while let next = nextInstant, next <= end {
            steps += 1
            guard steps <= maximumSteps else { throw TooManySteps() }
            step(to: next)
        }
        now = max(now, end)
    }

    package func run(for duration: Duration) throws(TooManySteps) {
        try run(until: now + duration)
    }

    /// Runs until the condition holds; false if it did not within the duration.
    package func run(
        within duration: Duration, until condition: (SessionPair) -> Bool
    ) throws(TooManySteps) -> Bool {
        let end = now + duration
        var steps = 0
        while !condition(self) {
            guard let next = nextInstant, next <= end else {
                now = max(now, end)
                return condition(self)
            }
            steps += 1
            guard steps <= 100_000 else { throw TooManySteps() }
            step(to: next)
        }
        return true
    }

    package var areBothEstablished: Bool {
        Side.allCases.allSatisfy { self[$0].phase == .established }
    }
}

// MARK: - The network

extension SessionPair {
    private var nextInstant: Instant? {
        let deadlines = [left.nextDeadline, right.nextDeadline].compactMap(\.self)
        return (events.map(\.at) + deadlines).min().map { max($0, now) }
    }

    /// Arrivals come before timers of the same instant: received data is read before the clock.
    private func step(to instant: Instant) {
        now = instant
        let due = events.indices.filter { events[$0].at <= now }
        if let first = due.min(by: { (events[$0].at, events[$0].order) < (events[$1].at, events[$1].order) }) {
            deliver(events.remove(at: first))
            return
        }
        for side in Side.allCases {
            if let deadline = self[side].nextDeadline, deadline <= now { handle(.timeReached, side) }
        }
    }

    private func schedule(_ event: Event, to side: Side) {
        guard !isCut else { return }
        let extra = Int64.random(in: 0...latencyVariation.nanoseconds, using: &random)
        var arrival = now + latency + .nanoseconds(extra)
        let link = linkIndex(event)
        arrival = max(arrival, links[link].lastArrival[side] ?? arrival)
        links[link].lastArrival[side] = arrival
        order += 1
        events.append(Scheduled(at: arrival, order: order, to: side, event: event))
    }

    private func linkIndex(_ event: Event) -> Int {
        switch event {
        case .connectionRequest(let link), .connectionAnswer(let link, _), .octets(_, let link), .closed(_, let link):
            link
        }
    }

    private func deliver(_ scheduled: Scheduled) {
        let side = scheduled.to
        switch scheduled.event {
        case .connectionRequest(let link): acceptOrRefuse(link, side)
        case .connectionAnswer(let link, let refused):
            guard let id = links[link].ends[side] else { return }
            if refused {
                links[link].ends[side] = nil
                handle(.connectionFailed(id, Self.refused), side)
            } else {
                handle(.connectionOpened(id, .outgoing, localAddress: address(side)), side)
            }
        case .octets(let octets, let link):
            guard let id = links[link].ends[side] else {
                // Neither side has this connection any more: the kernel answers with a reset.
                schedule(.closed(.reset, link: link), to: side.other)
                return
            }
            withSession(side) { $0.received(octets.span.bytes, on: id, at: now) }
            drain(side)
        case .closed(let end, let link):
            guard let id = links[link].ends[side] else { return }
            links[link].ends[side] = nil
            handle(.connectionClosed(id, end), side)
        }
    }

    private func acceptOrRefuse(_ link: Int, _ side: Side) {
        guard !absent.contains(side) else {
            schedule(.connectionAnswer(link: link, refused: true), to: side.other)
            return
        }
        let id = ConnectionID(value: nextIncoming)
        nextIncoming += 1
        links[link].ends[side] = id
        schedule(.connectionAnswer(link: link, refused: false), to: side.other)
        handle(.connectionOpened(id, .incoming, localAddress: address(side)), side)
    }

    private func address(_ side: Side) -> IPAddress {
        switch side {
        case .left: right.configuration.peerAddress
        case .right: left.configuration.peerAddress
        }
    }

    private func drain(_ side: Side) {
        while let output = withSession(side, { $0.nextOutput() }) {
            records[side, default: []].append(Record(at: now, output: output))
            switch output {
            case .connect(let id):
                links.append(Link(ends: [side: id]))
                schedule(.connectionRequest(link: links.count - 1), to: side.other)
            case .transmit(let id, let octets):
                guard let link = links.lastIndex(where: { $0.ends[side] == id }) else { continue }
                schedule(.octets(octets, link: link), to: side.other)
                withSession(side) { $0.handle(.sent(id, octetCount: octets.count), at: now) }
            case .close(let id):
                guard let link = links.lastIndex(where: { $0.ends[side] == id }) else { continue }
                links[link].ends[side] = nil
                schedule(.closed(.fin, link: link), to: side.other)
            case .stateChanged, .established, .ended, .attemptFailed, .update, .routeRefreshRequested, .sendBacklogFull,
                .sendBacklogDrained, .finding:
                break
            }
        }
    }
}
