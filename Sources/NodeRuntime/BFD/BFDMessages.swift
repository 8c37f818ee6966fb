// SPDX-License-Identifier: MIT-0
internal import BFD
internal import Causes
internal import LinuxSystem
internal import Measurement
internal import WireFormat

/// Commands from the BGP thread to the BFD thread; sessions are numbered in the order of their peerings.
enum BFDCommand: Sendable {
    /// Hold the session in AdminDown (RFC 5880 section 6.8.16).
    case adminDown(BFDSessionID, Diagnostic)
    case adminUp(BFDSessionID)
    case setTimers(BFDSessionID, BFDTimers)
    /// Add a session, with the next number.
    case add(BFDPeering)
    /// Hold the session in AdminDown, tell the peer once, and forget it.
    case remove(BFDSessionID)
    /// Report the present state of all sessions.
    case takeSnapshots
    /// Hold all sessions in AdminDown, tell the peers once, and end.
    case stop
}

/// Reports from the BFD thread to the BGP thread.
enum BFDReport: Sendable {
    case stateChanged(BFDSessionID, from: SessionState, to: SessionState, Diagnostic, at: Instant)
    /// A session that was Up no longer is.
    case wentDown(BFDSessionID, BFDDownCause, LastHeard?, at: Instant)
    case finding(BFDSessionID, BFDFinding, at: Instant)
    /// A session could not be added.
    case refused(BFDSessionID, SystemError, at: Instant)
    /// All sessions, in the order of their numbers, as they were when the BGP thread asked.
    case snapshots([BFDSessionSnapshot])
    /// How punctual the thread has been since the last such report.
    case lateness(TimerLateness)
    case started(fifoPriority: Int32?, at: Instant)

    /// The number of the session concerned, if any.
    var session: BFDSessionID? {
        switch self {
        case .stateChanged(let session, _, _, _, _), .wentDown(let session, _, _, _), .finding(let session, _, _),
            .refused(let session, _, _):
            session
        case .snapshots, .lateness, .started: nil
        }
    }
}
