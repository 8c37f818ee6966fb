// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Causes
import WireFormat

/// Two BFD sessions that send each other octets in virtual time.
///
/// Time begins at 0 and jumps from one event to the next. Anything that the RFC forbids is recorded in `violations`,
/// whatever the test checks.
struct BFDPair {
    enum Side: Int, Hashable, Sendable, CaseIterable {
        case left, right

        var other: Side { self == .left ? .right : .left }
    }

    /// One side's clock: where it began, and how fast it runs.
    struct Clock: Hashable, Sendable {
        var offset = Duration.zero
        var partsPerMillion: Int64 = 0

        func local(_ time: Instant) -> Instant {
            time + offset + .nanoseconds(time.nanoseconds / 1_000_000 * partsPerMillion)
        }

        /// The first instant of true time at which this clock shows `local` or later.
        func trueTime(of local: Instant) -> Instant {
            guard partsPerMillion != 0 else { return local - offset }
            var time = local - offset
            // Each round reduces the error to a few thousandths.
            for _ in 0..<4 { time = time - (self.local(time) - local) }
            while self.local(time) < local { time = time + .nanoseconds(1) }
            while time.nanoseconds > 0, self.local(time - .nanoseconds(1)) >= local { time = time - .nanoseconds(1) }
            return time
        }
    }

    /// Something that a session put out, and when.
    struct Record: Hashable, Sendable {
        var at: Instant
        var output: BFDSession.Output
    }

    /// A packet that arrived.
    struct Arrival: Hashable, Sendable {
        var at: Instant
        var packet: ControlPacket
    }

    /// The awaited condition did not occur.
    struct TimedOut: Error {}

    private struct Flight {
        var arrival: Instant
        var to: Side
        var octets: [UInt8]
    }

    private(set) var now = Instant.zero
    private(set) var records: [Side: [Record]] = [.left: [], .right: []]
    private(set) var arrivals: [Side: [Arrival]] = [.left: [], .right: []]
    private(set) var violations: [String] = []
    var latency: Duration
    var latencyVariation: Duration
    /// The share of packets lost, determined by the seed.
    var loss = 0.0
    /// Sides whose packets are all lost: one side for a one-way cut, both for a failed path.
    var cut: Set<Side> = []
    /// Drops packets by sender and content.
    var drops: @Sendable (Side, ControlPacket) -> Bool = { _, _ in false }
    /// Sides whose thread is stopped.
    var stopped: Set<Side> = []
    /// False keeps no records: for long runs that only check the sessions.
    var keepsRecords = true

    private var demultiplexers: [Side: BFDDemultiplexer]
    // Two variables each: a dictionary's lookups and copies would be most of the time that a long run takes.
    private let leftClock: Clock
    private let rightClock: Clock
    private var left: BFDSession
    private var right: BFDSession
    /// In the order in which they arrive.
    private var flights: [Flight] = []
    private var random: SeededGenerator

    init(
        left: BFDSessionConfiguration, right: BFDSessionConfiguration, seed: UInt64 = 1,
        latency: Duration = .milliseconds(1), latencyVariation: Duration = .zero, clocks: [Side: Clock] = [:]
    ) {
        self.latency = latency
        self.latencyVariation = latencyVariation
        leftClock = clocks[.left] ?? Clock()
        rightClock = clocks[.right] ?? Clock()
        var random = SeededGenerator(seed: seed)
        var demultiplexers: [Side: BFDDemultiplexer] = [.left: .init(), .right: .init()]
        func begin(_ side: Side, _ configuration: BFDSessionConfiguration) -> BFDSession {
            Self.session(
                configuration, on: side, &demultiplexers, &random, at: (clocks[side] ?? Clock()).local(.zero))
        }
        self.left = begin(.left, left)
        self.right = begin(.right, right)
        self.demultiplexers = demultiplexers
        self.random = random
    }

    /// Both with the same configuration.
    init(_ both: BFDSessionConfiguration, seed: UInt64 = 1, latency: Duration = .milliseconds(1)) {
        self.init(left: both, right: both, seed: seed, latency: latency)
    }

    subscript(side: Side) -> BFDSession {
        // Lent, not copied, for the same reason.
        _read {
            switch side {
            case .left: yield left
            case .right: yield right
            }
        }
    }

    var areBothUp: Bool { Side.allCases.allSatisfy { self[$0].sessionState == .up } }

    /// Both are Up, and neither has a Poll Sequence in progress.
    var areSettled: Bool {
        areBothUp
            && Side.allCases.allSatisfy {
                self[$0].transmitInterval == max(self[$0].desiredMinTxInterval, self[$0].remoteMinRxInterval)
                    && arrivals[$0]?.last?.packet.isPoll == false && arrivals[$0]?.last?.packet.isFinal == false
            }
    }

    // MARK: Doing

    /// Replaces a side's session by a new one.
    mutating func restart(_ side: Side, _ configuration: BFDSessionConfiguration) {
        let (now, former) = (localNow(side), self[side].localDiscr)
        demultiplexers[side]?.remove(former)
        let session = Self.session(configuration, on: side, &demultiplexers, &random, at: now)
        switch side {
        case .left: left = session
        case .right: right = session
        }
    }

    private static func session(
        _ configuration: BFDSessionConfiguration, on side: Side, _ demultiplexers: inout [Side: BFDDemultiplexer],
        _ random: inout SeededGenerator, at now: Instant
    ) -> BFDSession {
        guard let localDiscr = demultiplexers[side]?.register(neighbor(of: side), using: &random) else {
            preconditionFailure("the former session was removed")
        }
        return BFDSession(configuration: configuration, localDiscr: localDiscr, seed: random.next(), at: now)
    }

    mutating func handle(_ input: BFDSession.Input, on side: Side) {
        let now = localNow(side)
        switch side {
        case .left: left.handle(input, at: now)
        case .right: right.handle(input, at: now)
        }
        drain(side)
    }

    /// Delivers octets to a side now, whatever their origin.
    mutating func deliver(_ octets: [UInt8], to side: Side, receivedHopLimit: UInt8 = 255) {
        do {
            let packet = try ControlPacket(decoding: octets.span.bytes)
            let selected = try demultiplexers[side]?.session(
                for: packet, from: Self.neighbor(of: side), receivedHopLimit: receivedHopLimit)
            guard selected == self[side].localDiscr else { return }
            if keepsRecords { arrivals[side]?.append(Arrival(at: now, packet: packet)) }
            handle(.packet(packet), on: side)
        } catch let error as ControlPacketError {
            violations.append("\(now): \(side) was sent what is no packet: \(error)")
        } catch {
            // Its session no longer exists.
        }
    }

    mutating func run(until end: Instant) {
        while step(before: end) {}
        now = max(now, end)
    }

    mutating func run(for duration: Duration) {
        run(until: now + duration)
    }

    /// Runs until the condition holds, checking it after every event.
    mutating func run(
        within limit: Duration = .seconds(30), until condition: (BFDPair) -> Bool
    ) throws(TimedOut) {
        let end = now + limit
        while !condition(self) {
            guard step(before: end) else { throw TimedOut() }
        }
    }

    /// Runs until both are Up at their own intervals.
    mutating func runUntilSettled() throws(TimedOut) {
        try run { $0.areSettled }
        run(for: .seconds(1))
        try run { $0.areSettled }
    }

    /// Forgets what was recorded so far.
    mutating func forgetRecords() {
        records = [.left: [], .right: []]
        arrivals = [.left: [], .right: []]
    }

    // MARK: Looking

    /// The states of a side, including the first.
    func states(of side: Side) -> [SessionState] {
        (records[side] ?? []).reduce(into: []) { states, record in
            guard case .stateChanged(let from, let to, _) = record.output else { return }
            if states.isEmpty { states.append(from) }
            states.append(to)
        }
    }

    /// The packets that a side sent, and when.
    func transmissions(of side: Side) -> [(at: Instant, packet: ControlPacket)] {
        (records[side] ?? []).compactMap { record in
            if case .transmit(let packet) = record.output { (record.at, packet) } else { nil }
        }
    }

    func downs(of side: Side) -> [(at: Instant, cause: BFDDownCause)] {
        (records[side] ?? []).compactMap { record in
            if case .wentDown(let cause) = record.output { (record.at, cause) } else { nil }
        }
    }

    func findings(of side: Side) -> [BFDFinding] {
        (records[side] ?? []).compactMap { record in
            if case .finding(let finding) = record.output { finding } else { nil }
        }
    }

    // MARK: Within

    private static func neighbor(of side: Side) -> BFDDemultiplexer.Neighbor {
        .init(address: .v4(IPv4Address(bits: 0x0A00_0101 + UInt32(side.other.rawValue))), link: 2)
    }

    private func clock(_ side: Side) -> Clock { side == .left ? leftClock : rightClock }

    private func isStopped(_ side: Side) -> Bool { !stopped.isEmpty && stopped.contains(side) }

    private func localNow(_ side: Side) -> Instant {
        clock(side).local(now)
    }

    private func deadline(_ side: Side) -> Instant? {
        guard !isStopped(side), let deadline = self[side].nextDeadline else { return nil }
        return max(now, clock(side).trueTime(of: deadline))
    }

    /// The next event, packets before timers; false if there is none until `end`.
    private mutating func step(before end: Instant) -> Bool {
        let timer = nextTimer
        if let flight = flights.first, flight.arrival <= timer?.at ?? end, flight.arrival <= end {
            flights.removeFirst()
            now = flight.arrival
            // A stopped thread would find its packets later; here they are lost, as in a full socket buffer.
            if !isStopped(flight.to) { deliver(flight.octets, to: flight.to) }
            return true
        }
        guard let timer, timer.at <= end else { return false }
        now = timer.at
        handle(.timeReached, on: timer.side)
        if let again = deadline(timer.side), again <= now {
            violations.append("\(now): the deadline of \(timer.side) stays in the past")
            return false
        }
        return true
    }

    /// Of two at the same instant, the left one's.
    private var nextTimer: (at: Instant, side: Side)? {
        switch (deadline(.left), deadline(.right)) {
        case (let left?, let right?): left <= right ? (left, .left) : (right, .right)
        case (let left?, nil): (left, .left)
        case (nil, let right?): (right, .right)
        case (nil, nil): nil
        }
    }

    private mutating func nextOutput(of side: Side) -> BFDSession.Output? {
        switch side {
        case .left: left.nextOutput()
        case .right: right.nextOutput()
        }
    }

    private mutating func drain(_ side: Side) {
        while let output = nextOutput(of: side) {
            if keepsRecords { records[side]?.append(Record(at: now, output: output)) }
            switch output {
            case .transmit(let packet):
                check(packet, from: side)
                send(packet, from: side)
            case .stateChanged(let from, let to, _): check(from, to, of: side)
            case .wentDown, .finding: break
            }
        }
        let state = self[side].sessionState
        if state == .up || state == .initializing, self[side].remoteDiscr == nil {
            violations.append("\(now): \(side) is \(state) without a remote discriminator")
        }
        if state != .up, self[side].transmitInterval < .oneSecond {
            violations.append("\(now): \(side) is \(state) at \(self[side].transmitInterval)")
        }
    }

    private mutating func send(_ packet: ControlPacket, from side: Side) {
        let isLost = loss > 0 && Double.random(in: 0..<1, using: &random) < loss
        guard !isLost, cut.isEmpty || !cut.contains(side), !drops(side, packet) else { return }
        var arrival = now + latency
        if latencyVariation > .zero {
            arrival =
                arrival + .nanoseconds(Int64.random(in: 0...latencyVariation.nanoseconds, using: &random))
        }
        let index = flights.firstIndex { $0.arrival > arrival } ?? flights.endIndex
        flights.insert(Flight(arrival: arrival, to: side.other, octets: encode(packet)), at: index)
    }

    private mutating func check(_ packet: ControlPacket, from side: Side) {
        if packet.isPoll, packet.isFinal { violations.append("\(now): \(side) sent both P and F") }
        if packet.isDemand { violations.append("\(now): \(side) asked for Demand mode") }
        if packet.state != .up, packet.desiredMinTxInterval < .oneSecond {
            violations.append("\(now): \(side) is \(packet.state) and wants \(packet.desiredMinTxInterval)")
        }
    }

    private mutating func check(_ from: SessionState, _ to: SessionState, of side: Side) {
        let isAllowed =
            switch (from, to) {
            case (.down, .initializing), (.down, .up), (.initializing, .up), (.initializing, .down), (.up, .down),
                (.adminDown, .down):
                true
            case (_, .adminDown): from != .adminDown
            default: false
            }
        if !isAllowed { violations.append("\(now): \(side) went from \(from) to \(to)") }
    }
}
