// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import LinuxSystem
internal import Measurement
package import NodeProtocol
internal import WireFormat

/// Sends echo requests to one or more destinations on one absolute schedule.
///
/// It reports what was sent and received as `ProbeRecord`s.
///
/// The whole process is the prober: its one thread runs under SCHED_FIFO with locked memory if granted. Between start
/// and end it does not allocate. Records go to descriptor 3, a pipe; when descriptor 4 ends, it sends no more and waits
/// for late replies.
package struct ProberProgram: ~Copyable {
    private static let recordDescriptor: Int32 = 3
    private static let stopDescriptor: Int32 = 4
    private static let fifoPriority: Int32 = 50
    /// Records are written at least this often.
    private static let flushInterval = Duration.milliseconds(20)
    /// Probes sent before replies are read: few enough that reading makes no probe late, and one fewer than a system
    /// call reads, so that the same call shows that there are no more.
    private static let unreadProbeCountMax = PacketBuffer.packetCount - 1
    /// Space reserved for unread records: a second's worth at 10,000 probes a second.
    private static let unreportedByteCount = 3 * ProbeSchedule.maximumRate * ProbeRecord.byteCount

    private let settings: ProberProgramSettings
    private let schedule: ProbeSchedule
    private let socket: RawICMPSocket
    private let family: AddressFamily
    private let grant: RealTimeGrant
    /// Whether each reply is read at once: probes are rare, or the prober may not live to read it later.
    ///
    /// Otherwise replies are read a few at a time. The kernel has stamped them on arrival, and waking up for each would
    /// cost as much as the probe.
    private let readsAtOnce: Bool
    private var unreadProbeCount = 0
    private var lateness = LatenessHistogram()
    private var records = ByteWriter(capacity: 1024 * ProbeRecord.byteCount)
    private var message: [UInt8]
    private var buffer = PacketBuffer()
    /// When slot 0 is due.
    private var start = Instant.zero
    private var nextSlot: UInt64 = 0
    private var sentCount: UInt64 = 0
    /// Probes sent more than an interval after they were due.
    private var lateCount: UInt32 = 0
    private var skippedCount: UInt64 = 0
    /// The stream and sequence number of each packet that the kernel accepted, by its transmit identifier modulo the
    /// count.
    private var transmitted = [Transmitted](repeating: Transmitted(stream: 0, sequence: 0), count: 1024)
    private var transmitCount: UInt32 = 0
    private var unreported: [UInt8] = []

    private struct Transmitted {
        var stream: ProbeStream
        var sequence: UInt64
    }

    package init(settings: ProberProgramSettings) throws(SystemError) {
        self.settings = settings
        schedule = settings.schedule
        let destination = settings.destinations.first?.address ?? .v4(.any)
        family = destination.family
        socket = try RawICMPSocket(destination: destination, source: settings.source)
        let spacing = schedule.intervalNanoseconds / Int64(schedule.slotsOfFrame)
        readsAtOnce = settings.recordsAtOnce || .nanoseconds(spacing) > Self.flushInterval
        message = [UInt8](repeating: 0, count: max(settings.messageByteCount, EchoMessage.minimumByteCount))
        unreported.reserveCapacity(Self.unreportedByteCount)
        // A stalled reader must not make the prober wait: room for ten seconds of 1 ms probing.
        makePipeRoomy(Self.recordDescriptor, byteCount: 1 << 20)
        setBlocking(Self.recordDescriptor, false)
        grant = RealTimeGrant.request(fifoPriority: Self.fifoPriority, lockMemory: true)
    }

    package mutating func run() throws(SystemError) {
        start = Instant.now + .milliseconds(1)
        var nextFlush = start + Self.flushInterval
        while try !waitForStop(until: due(nextSlot)) {
            let now = Instant.now
            if now >= due(nextSlot) { sendDue(at: now) }
            let isFlushDue = settings.recordsAtOnce || now >= nextFlush
            if readsAtOnce || isFlushDue || unreadProbeCount >= Self.unreadProbeCountMax { receive() }
            if isFlushDue {
                flush()
                nextFlush = now + Self.flushInterval
            }
        }
        let end = Instant.now + settings.linger
        while Instant.now < end {
            let step = min(end, Instant.now + Self.flushInterval)
            try checked(
                "wait for", "replies", rslab_wait_readable_until(socket.descriptor.rawValue, step.nanoseconds))
            receive()
            flush()
        }
        finish()
    }

    private func due(_ slot: UInt64) -> Instant {
        Instant(nanoseconds: start.nanoseconds + schedule.due(slot))
    }

    /// Waits for the next slot, and for replies if those are read at once; true if the prober must stop.
    private mutating func waitForStop(until next: Instant) throws(SystemError) -> Bool {
        guard readsAtOnce else {
            let result = rslab_wait_readable_until(Self.stopDescriptor, next.nanoseconds)
            // Without the closures of `checked`, whose cost would matter here.
            if result < 0 { try checked("wait for", "the end", result) }
            return result > 0
        }
        let ready = try checked(
            "wait for", "replies",
            rslab_wait_two_readable_until(socket.descriptor.rawValue, Self.stopDescriptor, next.nanoseconds))
        guard ready & 1 != 0, !receive(), ready & 2 == 0 else { return ready & 2 != 0 }
        // Readable, but nothing could be read: waiting for it again would return at once, and at this priority no other
        // process would run.
        return try checked(
            "wait for", "the end", rslab_wait_readable_until(Self.stopDescriptor, next.nanoseconds)) > 0
    }

    /// Sends what is due, at most one frame: slots missed beyond that are not made up for in a burst, and stay gaps,
    /// also in the numbering.
    private mutating func sendDue(at now: Instant) {
        let behind = (now - start).nanoseconds
        let end = nextSlot + UInt64(schedule.slotsOfFrame)
        while nextSlot < end, schedule.due(nextSlot) <= behind {
            if let slot = schedule.contents(nextSlot) { send(slot, scheduled: due(nextSlot)) }
            nextSlot += 1
        }
        // Nearly always, the next slot is still in the future.
        guard nextSlot == end, schedule.due(nextSlot) <= behind else { return }
        nextSlot = schedule.firstSlot(after: behind)
        skippedCount += nextSlot - end
    }

    private mutating func send(_ slot: ProbeSchedule.Slot, scheduled: Instant) {
        let destination = settings.destinations[slot.flow]
        let now = Instant.now
        lateness.add(now - scheduled)
        if now - scheduled > .nanoseconds(schedule.intervalNanoseconds) { lateCount += 1 }
        sentCount += 1
        let echo = EchoMessage(
            cookie: settings.cookie, stream: destination.stream, sequence: slot.sequence, sentAt: now)
        let family = family
        do throws(ProbeCodecError) {
            var span = message.mutableSpan
            try echo.encodeRequest(into: &span, family: family)
        } catch {
            preconditionFailure("the message buffer is at least as long as an echo message: \(error)")
        }
        transmitted[Int(transmitCount) % transmitted.count] = Transmitted(
            stream: destination.stream, sequence: slot.sequence)
        let sentAt = Instant.now
        ProbeRecord.sent(stream: destination.stream, sequence: slot.sequence, at: sentAt).encode(into: &records)
        // A probe that cannot be sent (no route, no memory) is a lost probe, and the record says when.
        if socket.send(message, to: destination.address) == 0 { transmitCount &+= 1 }
        unreadProbeCount += 1
    }

    /// Returns whether there were any.
    @discardableResult
    private mutating func drainTransmitStamps() -> Bool {
        var hadAny = false
        while true {
            let count = socket.receive(into: &buffer, fromErrorQueue: true)
            for index in 0..<count {
                hadAny = true
                let arrival = buffer.arrivals[index]
                guard let identifier = arrival.transmitIdentifier, let stamp = arrival.kernelStamp,
                    identifier < transmitCount, transmitCount - identifier <= UInt32(transmitted.count)
                else { continue }
                let probe = transmitted[Int(identifier) % transmitted.count]
                ProbeRecord.transmitted(stream: probe.stream, sequence: probe.sequence, at: stamp).encode(
                    into: &records)
            }
            guard count == PacketBuffer.packetCount else { return hadAny }
        }
    }

    /// Reads what arrived; false if there was nothing.
    @discardableResult
    private mutating func receive() -> Bool {
        unreadProbeCount = 0
        var hadAny = drainTransmitStamps()
        while true {
            let count = socket.receive(into: &buffer, fromErrorQueue: false)
            for index in 0..<count {
                hadAny = true
                guard let echo = receivedEcho(index),
                    let (stream, sequence) = echo.probe(ofRun: settings.cookie)
                else { continue }
                let stamp = buffer.arrivals[index].kernelStamp ?? Instant.now
                switch echo.content {
                case .reply:
                    ProbeRecord.received(stream: stream, sequence: sequence, at: stamp, timeToLive: echo.timeToLive)
                        .encode(into: &records)
                case .unreachable(let type, let code, _):
                    ProbeRecord.unreachable(stream: stream, sequence: sequence, at: stamp, type: type, code: code)
                        .encode(into: &records)
                }
            }
            guard count == PacketBuffer.packetCount else { return hadAny }
        }
    }

    /// Decodes a received packet; nil if it is not an echo, such as another program's message.
    private func receivedEcho(_ index: Int) -> ReceivedEcho? {
        guard family == .ipv6 else {
            return try? ReceivedEcho(decodingIPv4: buffer.bytes.span.bytes.extracting(buffer.range(of: index)))
        }
        guard let origin = buffer.arrivals[index].origin else { return nil }
        return try? ReceivedEcho(
            decodingICMPv6: buffer.bytes.span.bytes.extracting(buffer.range(of: index)), from: .v6(origin.source),
            hopLimit: origin.hopLimit)
    }

    /// Writes what was recorded; what the pipe does not accept now is written next time.
    private mutating func flush() {
        unreported.append(contentsOf: records.bytes)
        records.removeAll()
        guard !unreported.isEmpty else { return }
        let count = unreported.withUnsafeBytes { write(Self.recordDescriptor, $0.baseAddress, $0.count) }
        if count > 0 { unreported.removeFirst(count) }
    }

    private mutating func finish() {
        ProbeRecord.account(
            skippedCount: skippedCount,
            clockPairWidth: Milliseconds(nanoseconds: buffer.widestClockPair.nanoseconds)
        ).encode(into: &records)
        ProbeRecord.end(
            ProberSummary(
                sentCount: sentCount, lateCount: lateCount,
                maximumLateness: Milliseconds(nanoseconds: lateness.maximum.nanoseconds),
                percentile99Lateness: Milliseconds(nanoseconds: lateness.percentile99.nanoseconds),
                hadRealTimePriority: grant.fifoPriority != nil, hadLockedMemory: grant.isMemoryLocked)
        ).encode(into: &records)
        // The rest may wait for its reader: nothing is timed any more.
        setBlocking(Self.recordDescriptor, true)
        flush()
    }
}

/// How late probes were, in buckets of one microsecond up to 100 ms.
///
/// Adding does not allocate.
private struct LatenessHistogram {
    private static let bucketCount = 100_000
    private var buckets = [UInt32](repeating: 0, count: bucketCount + 1)
    private var total = 0
    private(set) var maximum = Duration.zero

    mutating func add(_ lateness: Duration) {
        let microseconds = Int(lateness.nanoseconds / 1000)
        buckets[min(max(microseconds, 0), Self.bucketCount)] += 1
        total += 1
        if lateness > maximum { maximum = lateness }
    }

    /// The nearest rank of 99 in 100; values beyond the last bucket count as the maximum.
    var percentile99: Duration {
        var left = (total * 99 + 99) / 100
        guard left > 0 else { return .zero }
        for (microseconds, count) in buckets.enumerated() {
            left -= Int(count)
            if left <= 0 { return microseconds == Self.bucketCount ? maximum : .microseconds(microseconds) }
        }
        return maximum
    }
}
