// SPDX-License-Identifier: MIT-0
internal import BFD
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// The BGP thread's end of the BFD thread: what it is told, and what it says.
///
/// The two meet by messages alone, so neither a full table nor a reader of snapshots delays a control packet.
final class BFDThread {
    private static let messageCountMax = 4096

    private let commands: MessageRing<BFDCommand>
    private let reports: MessageRing<BFDReport>
    private var thread: DedicatedThread?
    private(set) var snapshots: [BFDSessionSnapshot?]
    /// Sessions that were ended: the thread may still have said something of them.
    private var removed: Set<BFDSessionID> = []
    private var lateness = TimerLateness()
    private let onReport: (BFDReport) -> Void

    /// Opens the sockets and starts the thread; reports but snapshots and lateness come to `onReport` on `loop`.
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
        // The thread alone uses the host from here on.
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

    /// How punctual the thread was since this was last asked for, up to a second ago.
    func takeLateness() -> TimerLateness {
        defer { lateness.removeAll() }
        return lateness
    }

    /// The ring is far larger than the number of commands that anybody gives in a second.
    func send(_ command: BFDCommand) {
        if !commands.post(command) { log("the BFD thread takes no commands") }
    }

    /// One session more; that it could not be added comes as a report.
    func add(_ peering: BFDPeering) {
        snapshots.append(nil)
        send(.add(peering))
    }

    /// Ends a session; what is known of it is forgotten.
    func remove(_ session: BFDSessionID) {
        removed.insert(session)
        snapshots[session.value] = nil
        send(.remove(session))
    }

    /// Tells the peers that the sessions are held down on purpose, and waits for the thread to have said so.
    func stop() {
        send(.stop)
        if let thread = thread.take() { thread.join() }
    }
}

extension NodeServer {
    /// Makes an event of what the BFD thread says; `complete` adds what session it is about.
    func record(_ report: BFDReport, _ complete: (inout TraceEvent) -> Void) {
        switch report {
        case .stateChanged(_, let former, let state, let diagnostic, let instant):
            record(.bfdState, at: instant) {
                $0.detail = "\(former) -> \(state)"
                if diagnostic != .noDiagnostic { $0.cause = diagnostic.description }
                complete(&$0)
            }
        case .wentDown(_, let cause, let instant):
            record(.bfdDown, at: instant) {
                $0.cause = cause.description
                complete(&$0)
            }
        case .finding(_, let finding, let instant):
            record(.note, at: instant) {
                $0.detail = "BFD: \(finding)"
                complete(&$0)
            }
        case .refused(_, let error, let instant):
            record(.note, at: instant) {
                $0.detail = "BFD: \(error)"
                complete(&$0)
            }
        case .started(let priority, let instant):
            record(.note, at: instant) {
                let scheduling = priority.map { "SCHED_FIFO \($0)" }
                $0.detail = "BFD: " + (scheduling ?? "SCHED_OTHER: no real-time priority granted")
            }
        case .snapshot, .lateness:
            break
        }
    }
}
