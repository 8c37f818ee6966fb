// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// A node's side of its control socket (descriptor 3): answers queries, and sends events to subscribers.
///
/// `record` only remembers; nothing is encoded or sent before `flush`, which the owner calls when the timed work is
/// done.
final class NodeServer {
    /// Older events are forgotten: a later subscriber has missed them.
    private static let rememberedEventCountMax = 20_000
    /// After this time spent on each of describing events, logging them and sending them, the node's own work has its turn.
    private static let tellingTime = Duration.microseconds(500)
    private static let suppressionReportDelay = Duration.seconds(1)

    private final class Client {
        let channel: MessageChannel
        var token: EventLoop.Token?
        /// The subscription, and the number of the next event to be sent to it.
        var subscription: (since: Instant, next: Int)?

        init(_ channel: MessageChannel) { self.channel = channel }
    }

    private let loop: EventLoop
    private let listenerDescriptor: Int32
    private let nodeName: String
    private var clients: [Client] = []
    /// The remembered events, which are numbered in their order.
    private var events: [TraceEvent] = []
    private var firstNumber = 0
    /// The number of the next event to be logged; subscribers are told what is logged.
    private var nextLogged = 0
    private var limits: [EventSource: RateLimit] = [:]
    private var suppressionTimer: EventLoop.Token?
    private var isSuppressionReportDue = false
    private let holdBackTime: Duration
    private var heldBackUntil: Instant?
    private let holdBackTimer: EventLoop.Token
    private var samplingTimer: EventLoop.Token?
    /// How often the loop wakes only to learn how late it is woken: while there are subscribers, which is during
    /// measurements.
    private static let samplingInterval = Duration.milliseconds(20)
    private var listener: ListenerWatch?
    /// Called when there is time again, for work postponed while something was timed, until an instant.
    ///
    /// Returns whether some is left.
    var beforeFlush: (Instant) -> Bool = { _ in false }
    /// How late the node's BFD thread was woken since the last call; nil without one.
    var takeBFDLateness: () -> TimerLateness? = { nil }
    /// Answers queries to this program, other than those that every node answers.
    var answer: (ProgramRequest) throws(ProgramFailure) -> EncodedReply = { _ throws(ProgramFailure) in
        throw .notAnswered(by: "this node")
    }

    init(
        loop: EventLoop, nodeName: String, listenerDescriptor: Int32 = 3, holdBackTime: Duration = .milliseconds(2)
    ) throws(SystemError) {
        self.loop = loop
        self.listenerDescriptor = listenerDescriptor
        self.nodeName = nodeName
        self.holdBackTime = holdBackTime
        // When due, the wake-up itself flushes.
        holdBackTimer = loop.makeTimer {}
        suppressionTimer = loop.makeTimer { [unowned self] in reportSuppression() }
        listener = try ListenerWatch(listenerDescriptor, in: loop) { [unowned self] () throws(SystemError) in
            try accept()
        }
    }

    /// Records an event of this node.
    func record(_ kind: TraceEvent.Kind, at instant: Instant, _ complete: (inout TraceEvent) -> Void = { _ in }) {
        var event = TraceEvent(at: instant, node: nodeName, kind: kind)
        complete(&event)
        events.append(event)
    }

    /// Whether a source may make this program record one more event, or log one more line.
    ///
    /// If not, it counts, and the number is recorded afterwards.
    func admits(_ source: EventSource) -> Bool {
        let isAdmitted = limits[source, default: source.limit].admits(at: loop.now)
        if !isAdmitted, !isSuppressionReportDue, let suppressionTimer {
            isSuppressionReportDue = true
            loop.schedule(suppressionTimer, at: loop.now + Self.suppressionReportDelay)
        }
        return isAdmitted
    }

    private func reportSuppression() {
        isSuppressionReportDue = false
        for source in limits.keys {
            guard let count = limits[source]?.takeSuppressedCount(), count > 0 else { continue }
            record(.note, at: loop.now) { event in
                event.detail = .suppressed(count: count)
                switch source {
                case .routes: break
                case .neighbor(let address, let endpoint):
                    event.peer = address
                    event.endpoint = endpoint
                case .stranger(let endpoint): event.endpoint = endpoint
                }
            }
        }
    }

    /// Postpones sending what is recorded: encoding it would take CPU time from the work being timed.
    ///
    /// The delay counts from the first call since the last `flush` that wrote; later calls do not extend it.
    func holdBack() {
        guard heldBackUntil == nil else { return }
        let deadline = loop.now + holdBackTime
        heldBackUntil = deadline
        loop.schedule(holdBackTimer, at: deadline)
    }

    /// Writes recorded events to the log and to subscribers.
    ///
    /// It returns after a while even if some are left, which the next wake-up continues with.
    func flush() {
        var isDone = true
        if heldBackUntil.map({ loop.now >= $0 }) ?? true {
            heldBackUntil = nil
            isDone = !beforeFlush(.now + Self.tellingTime)
            isDone = logEvents(until: .now + Self.tellingTime) && isDone
        }
        let deadline = Instant.now + Self.tellingTime
        for client in clients where client.subscription != nil {
            isDone = sendEvents(to: client, until: deadline) && isDone
        }
        forgetEvents()
        if !isDone { loop.schedule(holdBackTimer, at: loop.now) }
    }

    /// Writes all recorded events to the log: the program ends.
    func finish() {
        heldBackUntil = nil
        while beforeFlush(.now + Self.tellingTime) {}
        while !logEvents(until: .now + Self.tellingTime) {}
        flush()
    }

    private var nextNumber: Int { firstNumber + events.count }

    private func logEvents(until deadline: Instant) -> Bool {
        while nextLogged < nextNumber {
            log(String(decoding: JSON.encode(events[nextLogged - firstNumber]), as: UTF8.self))
            nextLogged += 1
            guard Instant.now < deadline else { break }
        }
        return nextLogged == nextNumber
    }

    private func sendEvents(to client: Client, until deadline: Instant) -> Bool {
        while let (since, next) = client.subscription, next < nextLogged {
            if next < firstNumber {
                // It reads more slowly than events come, and is told what it missed.
                var event = TraceEvent(at: loop.now, node: nodeName, kind: .note)
                event.detail = .suppressed(count: firstNumber - next)
                client.subscription?.next = firstNumber
                send(Subscribe.message(event).octets, to: client)
                continue
            }
            client.subscription?.next = next + 1
            let event = events[next - firstNumber]
            guard event.at >= since else { continue }
            send(Subscribe.message(event).octets, to: client)
            guard Instant.now < deadline else { break }
        }
        return (client.subscription?.next ?? nextLogged) == nextLogged
    }

    private func forgetEvents() {
        guard events.count > Self.rememberedEventCountMax else { return }
        let count = min(events.count - Self.rememberedEventCountMax / 2, nextLogged - firstNumber)
        events.removeFirst(count)
        firstNumber += count
    }

    private func accept() throws(SystemError) {
        guard let channel = try MessageChannel.accept(from: listenerDescriptor) else { return }
        let client = Client(channel)
        client.token = try loop.watch(channel.descriptor, for: .readable) { [unowned self] readiness in
            serve(client, readiness)
        }
        clients.append(client)
    }

    private func serve(_ client: Client, _ readiness: EventLoop.Readiness) {
        do {
            if readiness.contains(.writable), !client.channel.flush() { return drop(client) }
            if readiness != .writable, try !client.channel.readMore() { return drop(client) }
            while client.token != nil, let message = try client.channel.nextRequest() {
                handle(try JSON.decode(NodeRequest.self, from: message), from: client)
            }
            try rewatch(client)
        } catch {
            log("a client was dropped: \(error)")
            drop(client)
        }
    }

    private func handle(_ request: NodeRequest, from client: Client) {
        switch request {
        case .subscribe(let query): subscribe(client, since: query.since)
        case .takeLateness(let query):
            let lateness = NodeLateness(loop: loop.takeLateness(), bfd: takeBFDLateness())
            send(query.answered(by: lateness).octets, to: client)
        case .program(let request): send(reply(to: request).octets, to: client)
        }
        flush()
    }

    private func reply(to request: ProgramRequest) -> EncodedReply {
        do throws(ProgramFailure) {
            return try answer(request)
        } catch {
            return EncodedReply(error)
        }
    }

    private func subscribe(_ client: Client, since instant: Instant) {
        client.subscription = (since: instant, next: firstNumber)
        sample()
    }

    private func sample() {
        guard clients.contains(where: { $0.subscription != nil }) else { return }
        let timer = samplingTimer ?? loop.makeTimer { [unowned self] in sample() }
        samplingTimer = timer
        loop.schedule(timer, at: loop.now + Self.samplingInterval)
    }

    private func send(_ message: [UInt8], to client: Client) {
        guard client.channel.enqueue(message) else { return drop(client) }
        do throws(SystemError) {
            try rewatch(client)
        } catch {
            drop(client)
        }
    }

    private func rewatch(_ client: Client) throws(SystemError) {
        guard let token = client.token else { return }
        try loop.update(token, to: client.channel.awaited)
    }

    private func drop(_ client: Client) {
        if let token = client.token { loop.remove(token) }
        client.token = nil
        client.subscription = nil
        clients.removeAll { $0 === client }
    }
}
