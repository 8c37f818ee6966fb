// SPDX-License-Identifier: MIT-0
internal import BFD
internal import Causes
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// Runs BFD sessions over real UDP, on a thread that does nothing else.
///
/// A session knows no socket and no clock. This host knows only the numbers of RFC 5881: the port, the TTL, and a
/// source port for each session.
final class BFDHost {
    /// RFC 5881 section 4.
    private static let port: UInt16 = 3784
    /// "The source port MUST be in the range 49152 through 65535", and unique among the sessions of a system.
    private static let sourcePorts: ClosedRange<UInt16> = 49152...65535
    private static let fifoPriority: Int32 = 50
    private static let reportInterval = Duration.seconds(1)
    /// Longer than any authenticated control packet.
    private static let largestDatagram = 128
    /// After this many datagrams at once, more than all peers together ever send, the timers have their turn.
    private static let datagramsPerTurn = 256

    /// Where packets arrive: one address of one link.
    private final class Receiver {
        let address: IPAddress
        let link: String?
        /// The link's number in the demultiplexer; 0 if it is the node's only link.
        let linkIndex: UInt32
        let socket: DatagramSocket
        var isWatched = false

        init(address: IPAddress, link: String?) throws(SystemError) {
            self.address = address
            self.link = link
            linkIndex = link.map { if_nametoindex($0) } ?? 0
            socket = try DatagramSocket(address: address, port: BFDHost.port, link: link, hopLimit: 255)
        }
    }

    private final class Entry {
        let id: BFDSessionID
        let peering: BFDPeering
        let peerOctets: [UInt8]
        let socket: DatagramSocket
        var session: BFDSession
        /// A peer can cause one with each packet.
        var findingLimit = RateLimit(perSecond: 10, atOnce: 100)

        init(_ id: BFDSessionID, _ peering: BFDPeering, socket: consuming DatagramSocket, session: BFDSession) {
            self.id = id
            self.peering = peering
            peerOctets = peering.peerAddress.octets
            self.socket = socket
            self.session = session
        }
    }

    private let loop: EventLoop
    private let commands: MessageRing<BFDCommand>
    private let reports: MessageRing<BFDReport>
    private var receivers: [Receiver] = []
    /// The present sessions, in the order of their numbers.
    private var entries: [Entry] = []
    private var entriesByDiscriminator: [Discriminator: Entry] = [:]
    private var nextID = BFDSessionID(0)
    private var usedPorts: Set<UInt16> = []
    private var demultiplexer = BFDDemultiplexer()
    private var timer: EventLoop.Token?
    private var deadline: Instant?
    private var nextReport: Instant
    private var lateness = TimerLateness()
    private var refusals = RefusalLog()
    private var writer = ByteWriter(capacity: BFDHost.largestDatagram)
    private var buffer = [UInt8](repeating: 0, count: BFDHost.largestDatagram)
    /// Reports that did not fit in the ring; no other report overtakes them.
    private var backlog: [BFDReport] = []

    /// Opens every socket, so that a failure is reported to the caller.
    init(
        _ peerings: [BFDPeering], commands: MessageRing<BFDCommand>, reports: MessageRing<BFDReport>
    ) throws(SystemError) {
        loop = try EventLoop()
        self.commands = commands
        self.reports = reports
        nextReport = .now + Self.reportInterval
        for peering in peerings { try add(peering) }
    }

    /// Adds the next session; its number is used up even if this fails.
    private func add(_ peering: BFDPeering) throws(SystemError) {
        let id = nextID
        nextID = BFDSessionID(id.value + 1)
        var generator = SystemRandomNumberGenerator()
        let receiver = try receiver(for: peering)
        let neighbor = BFDDemultiplexer.Neighbor(address: peering.peerAddress, link: receiver.linkIndex)
        guard let discriminator = demultiplexer.register(neighbor, using: &generator) else {
            throw SystemError(operation: "add", subject: "BFD session with \(neighbor)", code: EEXIST)
        }
        let session = BFDSession(
            configuration: peering.session, localDiscr: discriminator,
            seed: .random(in: .min ... .max, using: &generator), at: .now)
        do throws(SystemError) {
            let socket = try Self.sendingSocket(for: peering, otherThan: &usedPorts, using: &generator)
            let entry = Entry(id, peering, socket: socket, session: session)
            entriesByDiscriminator[discriminator] = entry
            entries.append(entry)
        } catch {
            demultiplexer.remove(discriminator)
            throw error
        }
    }

    /// Removes a session, after telling the peer that it is administratively down.
    private func remove(_ session: BFDSessionID) {
        handle(.adminDown(.administrativelyDown), for: session)
        guard let index = entries.firstIndex(where: { $0.id == session }) else { return }
        let entry = entries.remove(at: index)
        demultiplexer.remove(entry.session.localDiscr)
        entriesByDiscriminator[entry.session.localDiscr] = nil
    }

    private func receiver(for peering: BFDPeering) throws(SystemError) -> Receiver {
        let any: IPAddress = peering.peerAddress.family == .ipv4 ? .v4(.any) : .v6(.any)
        // A socket for one link receives on all addresses of the link: only the peer's address distinguishes sessions
        // there.
        let address = peering.localAddress ?? any
        if let receiver = receivers.first(where: { $0.address == address && $0.link == peering.link }) {
            return receiver
        }
        let receiver = try Receiver(address: address, link: peering.link)
        receivers.append(receiver)
        return receiver
    }

    private static func sendingSocket(
        for peering: BFDPeering, otherThan used: inout Set<UInt16>,
        using generator: inout SystemRandomNumberGenerator
    ) throws(SystemError) -> DatagramSocket {
        let any: IPAddress = peering.peerAddress.family == .ipv4 ? .v4(.any) : .v6(.any)
        var attemptsLeft = 64
        while true {
            let port = UInt16.random(in: sourcePorts, using: &generator)
            // For another address the kernel would assign the same port again.
            guard !used.contains(port) || used.count == sourcePorts.count else { continue }
            do throws(SystemError) {
                let socket = try DatagramSocket(
                    address: peering.localAddress ?? any, port: port, link: peering.link,
                    hopLimit: BFDDemultiplexer.hopLimit)
                used.insert(port)
                return socket
            } catch {
                attemptsLeft -= 1
                guard error.code == EADDRINUSE, attemptsLeft > 0 else { throw error }
            }
        }
    }

    /// Runs until told to stop.
    func run() throws(SystemError) {
        let grant = RealTimeGrant.request(fifoPriority: Self.fifoPriority, lockMemory: false)
        report(.started(fifoPriority: grant.fifoPriority, at: .now))
        for receiver in receivers { try listen(at: receiver) }
        _ = try loop.watch(commands.descriptor, for: .readable) { [unowned self] _ in
            commands.drain { self.carryOut($0) }
        }
        timer = loop.makeTimer { [unowned self] in fire() }
        loop.afterEachWake = { [unowned self] in rearm() }
        rearm()
        try loop.run()
    }

    // MARK: Events

    private func listen(at receiver: Receiver) throws(SystemError) {
        guard !receiver.isWatched else { return }
        receiver.isWatched = true
        _ = try loop.watch(receiver.socket.descriptor.rawValue, for: .readable) { [unowned self] _ in
            receive(from: receiver)
        }
    }

    private func receive(from receiver: Receiver) {
        for _ in 0..<Self.datagramsPerTurn {
            guard let arrival = receiver.socket.receive(into: &buffer) else { return }
            take(arrival, from: receiver)
        }
    }

    private func take(_ arrival: DatagramSocket.Arrival, from receiver: Receiver) {
        let packet: ControlPacket
        let discriminator: Discriminator
        do throws(ControlPacketError) {
            packet = try ControlPacket(decoding: buffer.span.bytes.extracting(0..<arrival.byteCount))
        } catch {
            return refusals.note(at: loop.now) {
                "a datagram from \(arrival.source) is not a BFD control packet: \(error)"
            }
        }
        do throws(BFDDemultiplexer.SelectionError) {
            discriminator = try demultiplexer.session(
                for: packet, from: .init(address: arrival.source, link: receiver.linkIndex),
                receivedHopLimit: arrival.hopLimit ?? 0)
        } catch {
            return refusals.note(at: loop.now) {
                "a BFD control packet from \(arrival.source) was discarded: \(error)"
            }
        }
        guard let entry = entriesByDiscriminator[discriminator] else { return }
        entry.session.received(packet, at: loop.now)
        drain(entry)
    }

    private func fire() {
        if let deadline { lateness.add(loop.now - deadline) }
        // Received packets count before time does: if this thread woke late, that is not the peer's failure.
        for receiver in receivers { receive(from: receiver) }
        for entry in entries {
            guard let due = entry.session.nextDeadline, due <= loop.now else { continue }
            entry.session.handle(.timeReached, at: loop.now)
            drain(entry)
        }
    }

    private func carryOut(_ command: BFDCommand) {
        switch command {
        case .adminDown(let session, let diagnostic): handle(.adminDown(diagnostic), for: session)
        case .adminUp(let session): handle(.adminUp, for: session)
        case .setTimers(let session, let timers):
            handle(.setDetectMult(timers.multiplier), for: session)
            handle(.setIntervals(desiredMinTx: timers.interval, requiredMinRx: timers.interval), for: session)
        case .add(let peering):
            let id = nextID
            do throws(SystemError) {
                try add(peering)
                for receiver in receivers { try listen(at: receiver) }
            } catch {
                report(.refused(id, error, at: loop.now))
            }
        case .remove(let session): remove(session)
        case .takeSnapshots:
            report(
                .snapshots(
                    entries.map {
                        BFDSessionSnapshot(
                            $0.session, peerAddress: $0.peering.peerAddress, endpoint: $0.peering.endpoint)
                    }))
        case .stop:
            for entry in entries { handle(.adminDown(.administrativelyDown), for: entry.id) }
            loop.stop()
        }
    }

    private func handle(_ input: BFDSession.Input, for session: BFDSessionID) {
        guard let entry = entries.first(where: { $0.id == session }) else { return }
        entry.session.handle(input, at: loop.now)
        drain(entry)
    }

    private func drain(_ entry: Entry) {
        while let output = entry.session.nextOutput() {
            switch output {
            case .transmit(let packet):
                writer.removeAll()
                packet.encode(into: &writer)
                // A packet that the network does not accept is a lost packet, which is what BFD is for.
                _ = entry.socket.send(writer.bytes, to: entry.peerOctets, port: Self.port)
            case .stateChanged(let former, let state, let diagnostic):
                report(.stateChanged(entry.id, from: former, to: state, diagnostic, at: loop.now))
            case .wentDown(let cause):
                let heard = LastHeard(
                    entry.session.arrivals,
                    interval: Milliseconds(nanoseconds: entry.session.agreedReceiveInterval.nanoseconds),
                    timer: Milliseconds(entry.session.detectionTime))
                report(.wentDown(entry.id, cause, heard, at: loop.now))
            case .finding(let finding):
                guard entry.findingLimit.admits(at: loop.now) else { break }
                report(.finding(entry.id, finding, at: loop.now))
            }
        }
    }

    // MARK: Reports

    private func report(_ report: BFDReport) {
        backlog.append(report)
        flush()
    }

    private func flush() {
        guard !backlog.isEmpty else { return }
        var postedCount = 0
        for report in backlog {
            guard reports.post(report) else { break }
            postedCount += 1
        }
        backlog.removeFirst(postedCount)
    }

    private func rearm() {
        flush()
        if loop.now >= nextReport {
            nextReport = loop.now + Self.reportInterval
            report(.lateness(lateness))
            lateness.removeAll()
            refusals.tellCount()
            for entry in entries {
                let count = entry.findingLimit.takeSuppressedCount()
                if count > 0 { log("\(count) more packets of \(entry.peering.peerAddress) were worth a line") }
            }
        }
        deadline = nil
        for entry in entries {
            guard let next = entry.session.nextDeadline else { continue }
            deadline = deadline.map { min($0, next) } ?? next
        }
        guard let timer else { return }
        loop.schedule(timer, at: deadline)
    }
}
