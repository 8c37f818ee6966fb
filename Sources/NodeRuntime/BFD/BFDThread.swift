// SPDX-License-Identifier: MIT-0
internal import BFD
internal import Causes
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// The BGP thread's interface to the BFD thread: commands and reports.
///
/// The two communicate only by messages, so neither a full table nor a reader of snapshots delays a control packet.
final class BFDThread {
    private static let messageCountMax = 4096

    private let commands: MessageRing<BFDCommand>
    private let reports: MessageRing<BFDReport>
    private var thread: DedicatedThread?
    private(set) var snapshots: [BFDSessionSnapshot?]
    /// Sessions that have ended: the thread may still have sent reports about them.
    private var removed: Set<BFDSessionID> = []
    private var lateness = TimerLateness()
    private let onReport: (BFDReport) -> Void

    /// Opens the sockets and starts the thread; all reports except snapshots and lateness go to `onReport` on `loop`.
    init(
        _ peerings: [BFDPeering], loop: EventLoop, onReport: @escaping (BFDReport) -> Void
    ) throws(SystemError) {
        self.onReport = onReport
        snapshots = Array(repeating: nil, count: peerings.count)
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
            case .snapshot(let session, let snapshot):
                if !removed.contains(session) { snapshots[session.value] = snapshot }
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

    /// Adds a session; a failure comes as a report.
    func add(_ peering: BFDPeering) {
        snapshots.append(nil)
        send(.add(peering))
    }

    /// Ends a session and forgets what is known about it.
    func remove(_ session: BFDSessionID) {
        removed.insert(session)
        snapshots[session.value] = nil
        send(.remove(session))
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
        case .wentDown(_, let cause, let instant):
            record(.bfdDown, at: instant) {
                $0.cause = .bfd(cause)
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
        case .snapshot, .lateness:
            break
        }
    }
}
