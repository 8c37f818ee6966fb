// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
package import LinuxSystem
internal import Measurement
package import WireFormat

/// Sends echo requests on an absolute schedule and reports, as `ProbeRecord`s, what went and what came.
///
/// The whole process is the prober: its one thread runs under SCHED_FIFO with locked memory where that is granted.
/// Records go to descriptor 3, a pipe; when descriptor 4 ends, no more is sent and late replies are awaited.
package struct ProberProgram: ~Copyable {
    package struct Settings: Hashable, Sendable, Codable {
        package var destination: IPAddress
        package var interval: Duration
        package var cookie: UInt64
        /// The ICMP message's octets.
        package var messageByteCount: Int
        /// How long replies are awaited after the last probe.
        package var linger: Duration

        package init(
            destination: IPAddress, interval: Duration, cookie: UInt64, messageByteCount: Int, linger: Duration
        ) {
            self.destination = destination
            self.interval = interval
            self.cookie = cookie
            self.messageByteCount = messageByteCount
            self.linger = linger
        }
    }

    private static let recordDescriptor: Int32 = 3
    private static let stopDescriptor: Int32 = 4
    private static let fifoPriority: Int32 = 50
    /// Records are handed over at least this often.
    private static let flushInterval = Duration.milliseconds(5)

    private let settings: Settings
    private let socket: RawICMPSocket
    private let grant: RealTimeGrant
    private var lateness = LatenessHistogram()
    private var records = ByteWriter(capacity: 64 * ProbeRecord.byteCount)
    private var message: [UInt8]
    private var buffer = [UInt8](repeating: 0, count: 2048)
    /// The number of the next slot: probe n is due n intervals after the first.
    private var nextSequence: UInt64 = 0
    private var sentCount: UInt64 = 0
    /// Probes that went more than an interval after they were due.
    private var lateCount: UInt32 = 0
    /// The sequence of each packet that the kernel took, by its transmit identifier modulo the count.
    private var transmittedSequences = [UInt64](repeating: 0, count: 1024)
    private var transmitCount: UInt32 = 0
    private var unreported: [UInt8] = []

    package init(settings: Settings) throws(SystemError) {
        self.settings = settings
        socket = try RawICMPSocket(destination: settings.destination)
        message = [UInt8](repeating: 0, count: max(settings.messageByteCount, EchoMessage.minimumByteCount))
        // A reader that stalls must not make the prober wait: room for ten seconds of 1 ms probing.
        makePipeRoomy(Self.recordDescriptor, byteCount: 1 << 20)
        setBlocking(Self.recordDescriptor, false)
        grant = RealTimeGrant.request(fifoPriority: Self.fifoPriority, lockMemory: true)
    }

    package mutating func run() throws(SystemError) {
        var next = Instant.now + .milliseconds(1)
        var nextFlush = next + Self.flushInterval
        while try !waitForStop(until: next) {
            let now = Instant.now
            if now >= next {
                send(at: now, scheduled: next)
                // Slots that were missed are not made up for in a burst: they stay gaps, also in the numbering.
                let missed = (now - next).nanoseconds / settings.interval.nanoseconds
                next = next + settings.interval * Int(missed + 1)
                nextSequence += UInt64(missed)
            }
            if now >= nextFlush {
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

    /// Waits for the next slot and takes what arrives meanwhile; true when the prober is to stop.
    private mutating func waitForStop(until next: Instant) throws(SystemError) -> Bool {
        let ready = try checked(
            "wait for", "replies",
            rslab_wait_two_readable_until(socket.descriptor.rawValue, Self.stopDescriptor, next.nanoseconds))
        guard ready & 1 != 0, !receive(), ready & 2 == 0 else { return ready & 2 != 0 }
        // Readable, and nothing could be read: to wait for it again would return at once, and at this priority nobody else
        // would run.
        return try checked(
            "wait for", "the end", rslab_wait_readable_until(Self.stopDescriptor, next.nanoseconds)) > 0
    }

    private mutating func send(at now: Instant, scheduled: Instant) {
        lateness.add(now - scheduled)
        if now - scheduled > settings.interval { lateCount += 1 }
        let sequence = nextSequence
        nextSequence += 1
        sentCount += 1
        let echo = EchoMessage(
            identifier: UInt16(truncatingIfNeeded: settings.cookie), cookie: settings.cookie, sequence: sequence,
            sentAt: now)
        do throws(ProbeCodecError) {
            var span = message.mutableSpan
            try echo.encodeRequest(into: &span)
        } catch {
            preconditionFailure("the message buffer is at least as long as an echo message: \(error)")
        }
        transmittedSequences[Int(transmitCount) % transmittedSequences.count] = sequence
        let sentAt = Instant.now
        ProbeRecord.sent(sequence: sequence, at: sentAt).encode(into: &records)
        // A probe that cannot be sent (no route, no memory) is a lost probe, and the record says when.
        if socket.send(message) == 0 { transmitCount &+= 1 }
        drainTransmitStamps()
    }

    /// Whether there were any.
    @discardableResult
    private mutating func drainTransmitStamps() -> Bool {
        var hadAny = false
        while let arrival = socket.receive(into: &buffer, fromErrorQueue: true) {
            hadAny = true
            guard let identifier = arrival.transmitIdentifier, let stamp = arrival.kernelStamp,
                identifier < transmitCount, transmitCount - identifier <= UInt32(transmittedSequences.count)
            else { continue }
            let sequence = transmittedSequences[Int(identifier) % transmittedSequences.count]
            ProbeRecord.transmitted(sequence: sequence, at: stamp).encode(into: &records)
        }
        return hadAny
    }

    /// Takes what arrived; false when there was nothing.
    @discardableResult
    private mutating func receive() -> Bool {
        var hadAny = drainTransmitStamps()
        while let arrival = socket.receive(into: &buffer, fromErrorQueue: false) {
            hadAny = true
            let stamp = arrival.kernelStamp ?? Instant.now
            guard let echo = receivedEcho(byteCount: arrival.byteCount),
                let sequence = echo.sequence(ofRun: settings.cookie)
            else { continue }
            switch echo.content {
            case .reply:
                ProbeRecord.received(sequence: sequence, at: stamp, timeToLive: echo.timeToLive)
                    .encode(into: &records)
            case .unreachable(let type, let code, _):
                ProbeRecord.unreachable(sequence: sequence, at: stamp, type: type, code: code).encode(into: &records)
            }
        }
        return hadAny
    }

    /// What the buffer holds; nil for anything that is no echo, such as somebody else's messages.
    private func receivedEcho(byteCount: Int) -> ReceivedEcho? {
        try? ReceivedEcho(decodingIPv4: buffer.span.bytes.extracting(0..<min(byteCount, buffer.count)))
    }

    /// Hands over what was recorded; what the pipe does not take now goes next time.
    private mutating func flush() {
        unreported.append(contentsOf: records.bytes)
        records.removeAll()
        guard !unreported.isEmpty else { return }
        let count = unreported.withUnsafeBytes { write(Self.recordDescriptor, $0.baseAddress, $0.count) }
        if count > 0 { unreported.removeFirst(count) }
    }

    private mutating func finish() {
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
/// Adding allocates nothing.
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

    /// The nearest rank of 99 in 100; what lies beyond the last bucket counts as the maximum.
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
