// SPDX-License-Identifier: MIT-0
internal import BFD
internal import CLinux
internal import Causes
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// The BGP thread's interface to the BFD thread: commands and reports.
///
/// The two communicate only by messages, so neither a full table nor a reader of snapshots delays a control packet.
final class BFDThread {
    private static let messageCountMax = 4096
    /// The thread has a real-time priority and answers within a millisecond; without that priority, on a busy machine,
    /// it takes some more.
    private static let answerTimeMax = Duration.seconds(2)

    private let commands: MessageRing<BFDCommand>
    private let reports: MessageRing<BFDReport>
    private var thread: DedicatedThread?
    /// The answer to the last `takeSnapshots`, until it is taken.
    private var answer: [BFDSessionSnapshot]?
    private var lateness = TimerLateness()
    private let onReport: (BFDReport) -> Void

    /// Opens the sockets and starts the thread; all reports except snapshots and lateness go to `onReport` on `loop`.
    init(
        _ peerings: [BFDPeering], loop: EventLoop, onReport: @escaping (BFDReport) -> Void
    ) throws(SystemError) {
        self.onReport = onReport
        let commands = try MessageRing<BFDCommand>(capacity: Self.messageCountMax)
        let reports = try MessageRing<BFDReport>(capacity: Self.messageCountMax)
        self.commands = commands
        self.reports = reports
        _ = try loop.watch(reports.descriptor, for: .readable) { [unowned self] _ in takeReports() }
        let host = try BFDHost(peerings, commands: commands, reports: reports)
        // From here on only the thread uses the host.
        nonisolated(unsafe) let moved = host
        thread = try DedicatedThread {
            do throws(SystemError) {
                try moved.run()
            } catch {
                log("the BFD thread ends: \(error)")
            }
        }
    }

    private func takeReports() {
        reports.drain { report in
            switch report {
            case .snapshots(let snapshots): answer = snapshots
            case .lateness(let some): lateness.add(some)
            default: onReport(report)
            }
        }
    }

    /// How punctual the thread was since the last call, as of up to a second ago.
    func takeLateness() -> TimerLateness {
        defer { lateness.removeAll() }
        return lateness
    }

    /// The ring is far larger than the number of commands in any second.
    func send(_ command: BFDCommand) {
        if !commands.post(command) { log("the BFD thread takes no commands") }
    }

    /// All sessions as they are now, in the order of their numbers.
    ///
    /// Waits for the thread, and handles its other reports meanwhile.
    ///
    /// - Throws: if the thread has ended or does not answer in time.
    func takeSnapshots() throws(ProgramFailure) -> [BFDSessionSnapshot] {
        answer = nil
        send(.takeSnapshots)
        let deadline = Instant.now + Self.answerTimeMax
        while answer == nil, rslab_wait_readable_until(reports.descriptor, deadline.nanoseconds) > 0 { takeReports() }
        guard let snapshots = answer.take() else {
            throw ProgramFailure("the BFD thread does not answer; see this node's log")
        }
        return snapshots
    }

    /// Tells the peers that the sessions are administratively down, and waits until the thread has done so.
    func stop() {
        send(.stop)
        if let thread = thread.take() { thread.join() }
    }
}

extension NodeServer {
    /// Records a BFD report as an event; `complete` adds which session it concerns.
    func record(_ report: BFDReport, _ complete: (inout TraceEvent) -> Void) {
        switch report {
        case .stateChanged(_, let former, let state, let diagnostic, let instant):
            record(.bfdState, at: instant) {
                $0.detail = .transition(from: "\(former)", to: "\(state)")
                if diagnostic != .noDiagnostic { $0.cause = .diagnostic(diagnostic) }
                complete(&$0)
            }
        case .wentDown(_, let cause, let heard, let instant):
            record(.bfdDown, at: instant) {
                $0.cause = .bfd(cause)
                $0.heard = heard
                complete(&$0)
            }
        case .finding(_, let finding, let instant):
            record(.note, at: instant) {
                $0.detail = .message("BFD: \(finding)")
                complete(&$0)
            }
        case .refused(_, let error, let instant):
            record(.note, at: instant) {
                $0.detail = .message("BFD: \(error)")
                complete(&$0)
            }
        case .started(let priority, let instant):
            record(.note, at: instant) {
                $0.detail = .scheduling(.bfd, fifoPriority: priority)
            }
        case .snapshots, .lateness:
            break
        }
    }
}
