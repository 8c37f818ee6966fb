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

    private final class Client {
        let channel: MessageChannel
        var token: EventLoop.Token?
        var isSubscribed = false

        init(_ channel: MessageChannel) { self.channel = channel }
    }

    private let loop: EventLoop
    private let listenerDescriptor: Int32
    private let nodeName: String
    private var clients: [Client] = []
    private var events: [TraceEvent] = []
    private var unsentCount = 0
    private let holdBackTime: Duration
    private var heldBackUntil: Instant?
    private let holdBackTimer: EventLoop.Token
    private var samplingTimer: EventLoop.Token?
    /// How often the loop wakes only to learn how late it is woken: while there are subscribers, which is during
    /// measurements.
    private static let samplingInterval = Duration.milliseconds(20)
    private var listener: ListenerWatch?
    /// Called when there is time again, for work postponed while something was timed.
    var beforeFlush: () -> Void = {}
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
        listener = try ListenerWatch(listenerDescriptor, in: loop) { [unowned self] () throws(SystemError) in
            try accept()
        }
    }

    /// Records an event of this node.
    func record(_ kind: TraceEvent.Kind, at instant: Instant, _ complete: (inout TraceEvent) -> Void = { _ in }) {
        var event = TraceEvent(at: instant, node: nodeName, kind: kind)
        complete(&event)
        events.append(event)
        unsentCount += 1
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

    /// Writes the recorded events to the log and to subscribers.
    func flush() {
        if let heldBackUntil, loop.now < heldBackUntil { return }
        heldBackUntil = nil
        beforeFlush()
        guard unsentCount > 0 else { return }
        for event in events.suffix(unsentCount) {
            log(String(decoding: JSON.encode(event), as: UTF8.self))
            guard clients.contains(where: \.isSubscribed) else { continue }
            let message = Subscribe.message(event).octets
            for client in clients where client.isSubscribed {
                send(message, to: client)
            }
        }
        unsentCount = 0
        if events.count > Self.rememberedEventCountMax {
            events.removeFirst(events.count - Self.rememberedEventCountMax / 2)
        }
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
        case .subscribe(let query): return subscribe(client, since: query.since)
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
        flush()
        client.isSubscribed = true
        sample()
        // Events still held back follow with the next flush, also for this client.
        for event in events.dropLast(unsentCount) where event.at >= instant {
            send(Subscribe.message(event).octets, to: client)
        }
    }

    private func sample() {
        guard clients.contains(where: \.isSubscribed) else { return }
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
        clients.removeAll { $0 === client }
    }
}
