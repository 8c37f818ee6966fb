// SPDX-License-Identifier: MIT-0
package import BGP
package import Causes
internal import Glibc
package import LinuxSystem
package import Measurement
package import WireFormat

/// Runs BGP sessions over real TCP: passes on what arrives and when, and carries out their requests.
///
/// A session knows no socket and no clock; this host handles only connections and timers. All other outputs go to
/// `onOutput`, with the time at which the loop woke up for them. Each neighbour has one session.
package final class SessionHost {
    private static let bgpPort: UInt16 = 179
    /// After this time with one connection, the others and the timers have their turn.
    ///
    /// What was read is handled to its end, so a read is short, too: even one message can carry 800 routes.
    private static let turnTime = Duration.microseconds(500)
    private static let readByteCountMax = MessageHeader.maximumMessageOctetCount

    private final class Connection {
        let socket: StreamSocket
        let id: ConnectionID
        var token: EventLoop.Token?
        var isDialling: Bool
        var unsent = SendQueue()

        init(_ socket: consuming StreamSocket, id: ConnectionID, isDialling: Bool) {
            self.socket = socket
            self.id = id
            self.isDialling = isDialling
        }
    }

    private final class Entry {
        let neighbor: NeighborID
        let configuration: SessionConfiguration
        let sourceAddress: IPAddress?
        var session: Session
        var connections: [ConnectionID: Connection] = [:]
        var timer: EventLoop.Token?
        var nextIncoming = ConnectionID.firstIncoming

        init(_ neighbor: NeighborID, _ configuration: SessionConfiguration, sourceAddress: IPAddress?, seed: UInt64) {
            self.neighbor = neighbor
            self.configuration = configuration
            self.sourceAddress = sourceAddress
            session = Session(configuration: configuration, seed: seed)
        }
    }

    private let loop: EventLoop
    private var entries: [Entry] = []
    private var ended: [Connection] = []
    private var buffer = [UInt8](repeating: 0, count: readByteCountMax)
    /// Called with every output that does not concern a connection.
    package var onOutput: (NeighborID, Session.Output, Instant) -> Void = { _, _, _ in }

    package init(loop: EventLoop) {
        self.loop = loop
    }

    /// All neighbours, in the order they were added.
    package var neighbors: [NeighborID] { entries.map(\.neighbor) }

    /// A session as in `gobgp neighbor`, without its route counts.
    package func snapshot(of neighbor: NeighborID, at now: Instant) -> NeighborSnapshot {
        let entry = entries[neighbor.value]
        let since = entry.session.establishedSince ?? entry.session.lastDown
        return NeighborSnapshot(
            configuration: entry.configuration, phase: entry.session.phase, statistics: entry.session.statistics,
            upDownTime: since.map { now - $0 },
            outputQueueByteCount: entry.connections.values.reduce(0) { $0 + $1.unsent.count })
    }

    /// When a neighbour was heard since its session was last established; nil if it was not.
    package func lastHeard(_ neighbor: NeighborID) -> LastHeard? {
        let entry = entries[neighbor.value]
        let seconds = entry.session.statistics.negotiated?.holdTimeSeconds ?? 0
        return LastHeard(
            entry.session.arrivals, interval: nil,
            timer: seconds == 0 ? nil : Milliseconds(Duration.seconds(Int64(seconds))))
    }

    /// Adds a neighbour, whose session stays Idle until `start`; neighbours are numbered from 0.
    package func add(_ configuration: SessionConfiguration, sourceAddress: IPAddress? = nil) -> NeighborID {
        let entry = Entry(
            NeighborID(entries.count), configuration, sourceAddress: sourceAddress,
            seed: UInt64.random(in: .min ... .max))
        entry.timer = loop.makeTimer { [unowned self] in handle(.timeReached, for: entry) }
        entries.append(entry)
        return entry.neighbor
    }

    package func start(_ neighbor: NeighborID) {
        handle(.start, for: entries[neighbor.value])
    }

    /// The path to a peer has failed; `instant` is when BFD detected it.
    package func pathFailed(_ neighbor: NeighborID, cause: BFDDownCause, at instant: Instant) {
        let entry = entries[neighbor.value]
        entry.session.handle(.bfdDown(cause), at: instant)
        drain(entry, at: instant)
    }

    /// Ends a session with a Cease; the peer may connect again.
    package func reset(_ neighbor: NeighborID, _ subcode: NotificationReason.CeaseSubcode) {
        handle(.stop(subcode, communication: nil), for: entries[neighbor.value])
        handle(.start, for: entries[neighbor.value])
    }

    /// Ends a session with a Cease, for good.
    package func stop(_ neighbor: NeighborID, _ subcode: NotificationReason.CeaseSubcode) {
        handle(.stop(subcode, communication: nil), for: entries[neighbor.value])
    }

    /// Ends all sessions with a Cease; their messages are sent before this returns.
    package func stopAll(_ subcode: NotificationReason.CeaseSubcode) {
        for entry in entries {
            handle(.stop(subcode, communication: nil), for: entry)
        }
    }

    /// Hands an accepted connection to a session.
    package func accept(_ socket: consuming StreamSocket, into neighbor: NeighborID) throws(SystemError) {
        let entry = entries[neighbor.value]
        let localAddress = try socket.localAddress()
        let id = entry.nextIncoming
        entry.nextIncoming = ConnectionID(value: id.value == .max ? ConnectionID.firstIncoming.value : id.value + 1)
        try adopt(Connection(socket, id: id, isDialling: false), for: entry)
        handle(.connectionOpened(id, .incoming, localAddress: localAddress), for: entry)
    }

    /// Sends an UPDATE on an Established session.
    package func send(_ update: UpdateMessage, to neighbor: NeighborID) {
        let entry = entries[neighbor.value]
        entry.session.send(update, at: loop.now)
        drain(entry)
    }

    /// Asks the peer of an Established session for all routes of a family again.
    package func requestRoutes(of family: AddressFamily, from neighbor: NeighborID) {
        let entry = entries[neighbor.value]
        entry.session.requestRouteRefresh(family)
        drain(entry)
    }

    private func handle(_ input: Session.Input, for entry: Entry) {
        entry.session.handle(input, at: loop.now)
        drain(entry)
    }

    private func drain(_ entry: Entry) {
        drain(entry, at: loop.now)
    }

    private func drain(_ entry: Entry, at now: Instant) {
        while let output = entry.session.nextOutput() {
            switch output {
            case .connect(let id): dial(id, for: entry)
            case .transmit(let id, let bytes): transmit(bytes, on: id, of: entry)
            case .close(let id): close(id, of: entry)
            default: onOutput(entry.neighbor, output, now)
            }
        }
        if let timer = entry.timer { loop.schedule(timer, at: entry.session.nextDeadline) }
    }

    // MARK: Connections

    private func adopt(_ connection: Connection, for entry: Entry) throws(SystemError) {
        connection.token = try loop.watch(
            connection.socket.descriptor.rawValue, for: connection.isDialling ? .writable : .readable
        ) { [unowned self] readiness in
            ready(readiness, connection, of: entry)
        }
        entry.connections[connection.id] = connection
    }

    private func dial(_ id: ConnectionID, for entry: Entry) {
        do throws(SystemError) {
            let socket = try StreamSocket.dial(
                address: entry.configuration.peerAddress, port: Self.bgpPort, from: entry.sourceAddress)
            try adopt(Connection(socket, id: id, isDialling: true), for: entry)
        } catch {
            entry.session.handle(.connectionFailed(id, SystemFailure(error)), at: loop.now)
        }
    }

    private func ready(_ readiness: EventLoop.Readiness, _ connection: Connection, of entry: Entry) {
        if connection.isDialling {
            return finishDialling(connection, of: entry)
        }
        if readiness.contains(.writable) {
            flush(connection, of: entry)
            drain(entry)
        }
        guard !readiness.isDisjoint(with: [.readable, .hangUp, .error]) else { return }
        read(connection, of: entry)
    }

    private func finishDialling(_ connection: Connection, of entry: Entry) {
        connection.isDialling = false
        let code = connection.socket.connectionError()
        do throws(SystemError) {
            guard code == 0 else {
                throw SystemError(operation: "connect to", subject: "\(entry.configuration.peerAddress)", code: code)
            }
            let localAddress = try connection.socket.localAddress()
            if let token = connection.token { try loop.update(token, to: .readable) }
            handle(.connectionOpened(connection.id, .outgoing, localAddress: localAddress), for: entry)
        } catch {
            close(connection.id, of: entry)
            handle(.connectionFailed(connection.id, SystemFailure(error)), for: entry)
        }
    }

    private func read(_ connection: Connection, of entry: Entry) {
        let turnEnd = Instant.now + Self.turnTime
        repeat {
            // The session may have asked to close it meanwhile.
            guard entry.connections[connection.id] === connection else { return }
            let end: ConnectionEnd
            switch readOnce(connection.socket.descriptor.rawValue, into: &buffer) {
            case .octets(let count):
                entry.session.received(buffer.span.bytes.extracting(0..<count), on: connection.id, at: loop.now)
                drain(entry)
                if count < buffer.count { return }
                continue
            case .nothingNow: return
            case .end: end = .fin
            case .failed(ECONNRESET): end = .reset
            case .failed(let code): end = .error(SystemFailure(code: code, text: SystemError.message(for: code)))
            }
            close(connection.id, of: entry)
            return handle(.connectionClosed(connection.id, end), for: entry)
        } while Instant.now < turnEnd
    }

    private func transmit(_ bytes: [UInt8], on id: ConnectionID, of entry: Entry) {
        guard let connection = entry.connections[id] else { return }
        connection.unsent.append(bytes)
        flush(connection, of: entry)
    }

    private func flush(_ connection: Connection, of entry: Entry) {
        // A broken connection is noticed by reading, which also shows how it broke.
        if let count = connection.unsent.send(to: connection.socket.descriptor.rawValue), count > 0 {
            entry.session.handle(.sent(connection.id, octetCount: count), at: loop.now)
        }
        guard let token = connection.token else { return }
        do throws(SystemError) {
            try loop.update(token, to: connection.unsent.isEmpty ? .readable : [.readable, .writable])
        } catch {
            log("\(error)")
        }
    }

    /// Closes the connections that are over.
    ///
    /// Closing one sends a FIN to the peer's kernel, which costs as much as writing a route. So it is left to a moment
    /// that is not timed.
    package func closeEnded() {
        ended.removeAll()
    }

    private func close(_ id: ConnectionID, of entry: Entry) {
        guard let connection = entry.connections.removeValue(forKey: id) else { return }
        if let token = connection.token { loop.remove(token) }
        ended.append(connection)
    }
}
