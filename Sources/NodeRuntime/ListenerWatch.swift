// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import WireFormat

/// Calls back whenever a client connects to a listener, and pauses for a while when none can be accepted.
///
/// A connection that cannot be accepted for lack of descriptors or memory stays in the queue, and keeps the listener
/// readable. A loop that went on watching it would do nothing else, and under SCHED_FIFO neither would the processor.
final class ListenerWatch {
    static let restTime = Duration.milliseconds(100)
    /// After this many connections at once, others have their turn.
    static let connectionsPerTurn = 16

    private let loop: EventLoop
    private let accept: () throws(SystemError) -> Void
    private var watch: EventLoop.Token?
    private var timer: EventLoop.Token?

    /// The caller keeps the descriptor open for the lifetime of this object.
    init(
        _ descriptor: Int32, in loop: EventLoop, accept: @escaping () throws(SystemError) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.accept = accept
        watch = try loop.watch(descriptor, for: .readable) { [unowned self] _ in ready() }
        timer = loop.makeTimer { [unowned self] in listen(for: .readable) }
    }

    deinit {
        if let watch { loop.remove(watch) }
        if let timer { loop.remove(timer) }
    }

    private func ready() {
        do throws(SystemError) {
            try accept()
        } catch {
            log("\(error)")
            guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.code), let timer else { return }
            listen(for: [])
            loop.schedule(timer, at: loop.now + Self.restTime)
        }
    }

    private func listen(for events: EventLoop.Readiness) {
        guard let watch else { return }
        do throws(SystemError) {
            try loop.update(watch, to: events)
        } catch {
            log("\(error)")
        }
    }
}
