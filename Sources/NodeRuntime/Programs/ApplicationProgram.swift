// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LinuxSystem
internal import Measurement
package import NodeProtocol
internal import WireFormat

/// An application's client: sends a numbered request per interval, over TCP, UDP or both, and reports the outcome.
///
/// Reports are `ApplicationRecord`s.
///
/// One thread and one event loop, under SCHED_FIFO with locked memory if granted. Records go to descriptor 3, a pipe;
/// when descriptor 4 ends, it sends no more requests and waits for late replies.
package final class ApplicationProgram {
    private static let stopDescriptor: Int32 = 4
    private static let fifoPriority: Int32 = 50
    /// The first request is due this long after the start.
    private static let startDelay = Duration.milliseconds(1)

    private let interval: Duration
    private let linger: Duration
    private let loop: EventLoop
    private let grant: RealTimeGrant
    private let recorder = ApplicationRecorder()
    private let tcp: TCPClientFlow?
    private let udp: UDPClientFlow?
    private var slotTimer: EventLoop.Token?
    private var endTimer: EventLoop.Token?
    private var stopToken: EventLoop.Token?
    private var nextSlot = Instant.zero
    private var lateCount: UInt32 = 0
    private var maximumLateness = Duration.zero

    package init(settings: ApplicationProgramSettings) throws(SystemError) {
        let application = settings.application
        interval = application.interval.duration
        linger = settings.linger
        loop = try EventLoop()
        tcp =
            application.protocols.contains(.tcp)
            ? try TCPClientFlow(settings: settings, loop: loop, recorder: recorder) : nil
        udp =
            application.protocols.contains(.udp)
            ? try UDPClientFlow(settings: settings, loop: loop, recorder: recorder) : nil
        grant = RealTimeGrant.request(fifoPriority: Self.fifoPriority, lockMemory: true)
        loop.afterEachWake = { [unowned self] in recorder.flush() }
        slotTimer = loop.makeTimer { [unowned self] in slot() }
        endTimer = loop.makeTimer { [unowned self] in loop.stop() }
        stopToken = try loop.watch(Self.stopDescriptor, for: .readable) { [unowned self] _ in stop() }
    }

    package func run() throws(SystemError) {
        tcp?.start()
        nextSlot = .now + Self.startDelay
        schedule()
        try loop.run()
        recorder.finish(
            ApplicationClientSummary(
                requestCount: (tcp?.requestCount ?? 0) + (udp?.requestCount ?? 0), lateCount: lateCount,
                maximumLateness: Milliseconds(maximumLateness), hadRealTimePriority: grant.fifoPriority != nil,
                hadLockedMemory: grant.isMemoryLocked))
    }

    private func schedule() {
        if let slotTimer { loop.schedule(slotTimer, at: nextSlot) }
    }

    private func slot() {
        let now = Instant.now
        let lateness = now - nextSlot
        maximumLateness = max(maximumLateness, lateness)
        if lateness > interval { lateCount += 1 }
        tcp?.ask()
        udp?.ask()
        // Missed slots are not made up for in a burst.
        let missed = lateness.nanoseconds / interval.nanoseconds
        nextSlot = nextSlot + interval * Int(missed + 1)
        schedule()
    }

    private func stop() {
        if let stopToken { loop.remove(stopToken) }
        stopToken = nil
        if let slotTimer { loop.remove(slotTimer) }
        slotTimer = nil
        tcp?.stop()
        if let endTimer { loop.schedule(endTimer, at: .now + linger) }
    }
}

/// The pipe for a client's records, which must never make it wait.
final class ApplicationRecorder {
    private static let descriptor: Int32 = 3

    private var records = ByteWriter(capacity: 64 * ApplicationRecord.byteCount)
    private var unreported: [UInt8] = []

    init() {
        makePipeRoomy(Self.descriptor, byteCount: 1 << 20)
        setBlocking(Self.descriptor, false)
    }

    func record(_ record: ApplicationRecord) {
        record.encode(into: &records)
    }

    /// Writes what was recorded; what the pipe does not accept now is written next time.
    func flush() {
        guard records.count > 0 || !unreported.isEmpty else { return }
        unreported.append(contentsOf: records.bytes)
        records.removeAll()
        let count = unreported.withUnsafeBytes { write(Self.descriptor, $0.baseAddress, $0.count) }
        if count > 0 { unreported.removeFirst(count) }
    }

    /// Writes the last record; the rest may wait for its reader, since nothing is timed any more.
    func finish(_ summary: ApplicationClientSummary) {
        record(.end(summary))
        setBlocking(Self.descriptor, true)
        repeat {
            let before = unreported.count + records.count
            flush()
            // Nothing was written: the reader is gone.
            guard unreported.count < before else { return }
        } while !unreported.isEmpty
    }
}
