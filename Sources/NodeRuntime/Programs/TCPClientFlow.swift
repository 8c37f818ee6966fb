// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// The TCP flow of an application's client: one long-lived connection, dialled again whenever it ends.
///
/// A request is sent every interval, and one at once on each new connection. Requests sent on a connection that ended
/// are not repeated: a client cannot know whether they were served.
final class TCPClientFlow {
    /// A connection, or an attempt at one.
    private final class Link {
        let socket: StreamSocket
        var token: EventLoop.Token?
        var isConnected = false
        /// The part of a request that the socket has not accepted.
        var backlog: [UInt8] = []
        /// The beginning of a reply whose end has not arrived yet.
        var partial: [UInt8] = []
        /// Requests sent on it and not answered.
        var outstandingCount = 0
        var hasServed = false

        init(_ socket: consuming StreamSocket) { self.socket = socket }

        var descriptor: Int32 { socket.descriptor.rawValue }
    }

    private let destination: IPAddress
    private let application: ApplicationSettings
    private let cookie: UInt64
    private let loop: EventLoop
    private let recorder: ApplicationRecorder
    private let closingSegments: ClosingSegmentSocket
    private var timer: EventLoop.Token?
    private var link: Link?
    private var number: UInt32 = 0
    private var isStopped = false
    private var request = ByteWriter(capacity: ApplicationMessage.byteCount)
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)
    private var segment = [UInt8](repeating: 0, count: 128)
    private(set) var requestCount: UInt64 = 0

    init(
        settings: ApplicationProgramSettings, loop: EventLoop, recorder: ApplicationRecorder
    ) throws(SystemError) {
        destination = settings.destination
        application = settings.application
        cookie = settings.cookie
        self.loop = loop
        self.recorder = recorder
        closingSegments = try ClosingSegmentSocket(port: application.port, family: destination.family)
        timer = loop.makeTimer { [unowned self] in timeOut() }
    }

    func start() {
        dial()
    }

    /// Stops requests and new connections; outstanding replies are awaited.
    func stop() {
        isStopped = true
        schedule(after: nil)
    }

    private func schedule(after delay: Duration?) {
        if let timer { loop.schedule(timer, at: delay.map { .now + $0 }) }
    }

    // MARK: Connections

    private func dial() {
        guard !isStopped else { return }
        number += 1
        recorder.record(.connecting(connection: number, at: .now))
        do throws(SystemError) {
            let link = Link(
                try .dial(address: destination, port: application.port, from: nil, reach: .anywhere))
            self.link = link
            link.token = try loop.watch(link.descriptor, for: .writable) { [unowned self, unowned link] _ in
                if link.isConnected { transfer(on: link) } else { finishDialling(link) }
            }
            schedule(after: application.connectTimeout.duration)
        } catch {
            end(code: error.code)
        }
    }

    /// The attempt took too long, or the pause after one is over.
    private func timeOut() {
        if link != nil { end(code: ETIMEDOUT) } else { dial() }
    }

    private func finishDialling(_ link: Link) {
        let code = link.socket.connectionError()
        guard code == 0 else { return end(code: code) }
        schedule(after: nil)
        if let state = transmissionState(of: link), state.retransmissions > 0 { look(at: link, state) }
        recorder.record(.connected(connection: number, at: .now))
        link.isConnected = true
        do throws(SystemError) {
            if let token = link.token { try loop.update(token, to: .readable) }
        } catch {
            return end(code: error.code)
        }
        ask()
    }

    /// Handles the end of the connection or the attempt: 0 for a FIN, or an errno.
    private func end(code: Int32) {
        // The kernel delivers to the raw socket first, so the segment that ended the connection is already there.
        while let arrival = closingSegments.receive(into: &segment) { recordClosing(arrival) }
        if let link, let state = transmissionState(of: link) { look(at: link, state) }
        recorder.record(.ended(connection: number, code: UInt16(clamping: code), at: .now))
        let hadServed = link?.hasServed ?? false
        if let token = link?.token { loop.remove(token) }
        link = nil
        guard !isStopped else { return }
        // At once after a connection that was of use; after mere refusals, only after a pause.
        if hadServed { dial() } else { schedule(after: application.reconnectPause.duration) }
    }

    private func recordClosing(_ arrival: ClosingSegmentSocket.Arrival) {
        guard let closing = closingSegment(arrival), closing.source == destination else { return }
        recorder.record(.closing(isReset: closing.isReset, timeToLive: closing.timeToLive, at: .now))
    }

    private func closingSegment(_ arrival: ClosingSegmentSocket.Arrival) -> ClosingSegment? {
        let octets = segment
        let range = 0..<min(arrival.byteCount, octets.count)
        guard let hopLimit = arrival.hopLimit else {
            return ClosingSegment(decodingIPv4: octets.span.bytes.extracting(range))
        }
        return ClosingSegment(
            decodingTCP: octets.span.bytes.extracting(range), from: arrival.source, timeToLive: hopLimit)
    }

    // MARK: Requests

    /// Sends the request that is due now.
    func ask() {
        let sequence = requestCount
        requestCount += 1
        guard let link, link.isConnected, link.backlog.isEmpty else {
            recorder.record(.unsent(.tcp, sequence: sequence, at: .now))
            if let link, link.isConnected, let state = transmissionState(of: link) { look(at: link, state) }
            return
        }
        // Every outstanding request was made at least an interval ago.
        if link.outstandingCount > 0, let state = transmissionState(of: link) { look(at: link, state) }
        request.removeAll()
        ApplicationMessage(cookie: cookie, sequence: sequence).encode(into: &request)
        recorder.record(.asked(.tcp, sequence: sequence, connection: number, at: .now))
        link.outstandingCount += 1
        let count = writeOnce(link.descriptor, request.bytes, from: 0)
        guard count >= 0 else { return end(code: Int32(-count)) }
        if count < request.count {
            link.backlog = Array(request.bytes[count...])
            rewatch(link)
        }
    }

    private func rewatch(_ link: Link) {
        guard let token = link.token else { return }
        do throws(SystemError) {
            try loop.update(token, to: link.backlog.isEmpty ? .readable : [.readable, .writable])
        } catch {
            end(code: error.code)
        }
    }

    /// Sends the rest of a request and reads the replies that arrived.
    private func transfer(on link: Link) {
        while true {
            switch readOnce(link.descriptor, into: &buffer) {
            case .octets(let count): takeReplies(count, on: link)
            case .end: return end(code: 0)
            case .failed(let code): return end(code: code)
            case .nothingNow:
                guard !link.backlog.isEmpty else { return }
                let count = writeOnce(link.descriptor, link.backlog, from: 0)
                guard count >= 0 else { return end(code: Int32(-count)) }
                link.backlog.removeFirst(count)
                if link.backlog.isEmpty { rewatch(link) }
                return
            }
        }
    }

    private func takeReplies(_ count: Int, on link: Link) {
        let now = Instant.now
        link.partial.append(contentsOf: buffer.prefix(count))
        var reader = ByteReader(link.partial.span.bytes)
        while let reply = try? ApplicationMessage(decoding: &reader) {
            guard reply.cookie == cookie else { continue }
            link.outstandingCount -= 1
            link.hasServed = true
            recorder.record(.replied(.tcp, sequence: reply.sequence, responder: reply.responder, at: now))
        }
        let taken = reader.offset
        link.partial.removeFirst(taken)
    }

    // MARK: Retransmissions

    private func transmissionState(of link: Link) -> TransmissionState? {
        TCPRetransmissions(of: link.descriptor).map { state in
            TransmissionState(
                retransmissionTimeout: Milliseconds(state.timeout), consecutiveTimeouts: state.consecutiveTimeouts,
                retransmissions: state.total, sinceLastSendMilliseconds: state.sinceLastSendMilliseconds)
        }
    }

    private func look(at link: Link, _ state: TransmissionState) {
        recorder.record(.transmission(connection: number, state, at: .now))
    }
}
