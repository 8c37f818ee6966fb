// SPDX-License-Identifier: MIT-0
internal import BFD
internal import LinuxSystem
internal import WireFormat

/// What the BGP thread tells the BFD thread; sessions are numbered in the order of their peerings, from 0.
enum BFDCommand: Sendable {
    /// Hold the session in AdminDown (RFC 5880 section 6.8.16).
    case adminDown(BFDSessionID, Diagnostic)
    case adminUp(BFDSessionID)
    case setTimers(BFDSessionID, BFDTimers)
    /// One session more, with the next number.
    case add(BFDPeering)
    /// Hold the session in AdminDown, say so once, and forget it.
    case remove(BFDSessionID)
    /// Hold all sessions in AdminDown, say so once, and end.
    case stop
}

/// What the BFD thread tells the BGP thread.
enum BFDReport: Sendable {
    case stateChanged(BFDSessionID, from: SessionState, to: SessionState, Diagnostic, at: Instant)
    /// A session that was Up is not any more.
    case wentDown(BFDSessionID, SessionDownCause, at: Instant)
    case finding(BFDSessionID, BFDFinding, at: Instant)
    /// A session that was to be added is not there.
    case refused(BFDSessionID, SystemError, at: Instant)
    /// How a session is now; comes after a change, and once a second.
    case snapshot(BFDSessionID, BFDSessionSnapshot)
    /// How punctual the thread was since the last of these.
    case lateness(TimerLateness)
    case started(fifoPriority: Int32?, at: Instant)

    /// The session that it is about, if it is about one.
    var session: BFDSessionID? {
        switch self {
        case .stateChanged(let session, _, _, _, _), .wentDown(let session, _, _), .finding(let session, _, _),
            .refused(let session, _, _), .snapshot(let session, _):
            session
        case .lateness, .started: nil
        }
    }
}
