// SPDX-License-Identifier: MIT-0
internal import BFD
internal import LinuxSystem
internal import WireFormat

/// What the BGP thread tells the BFD thread; sessions are numbered in the order of their peerings.
enum BFDCommand: Sendable {
    /// Hold the session in AdminDown (RFC 5880 section 6.8.16).
    case adminDown(Int, Diagnostic)
    case adminUp(Int)
    case setTimers(Int, BFDTimers)
    /// One session more, with the next number.
    case add(BFDPeering)
    /// Hold the session in AdminDown, say so once, and forget it.
    case remove(Int)
    /// Hold all sessions in AdminDown, say so once, and end.
    case stop
}

/// What the BFD thread tells the BGP thread.
enum BFDReport: Sendable {
    case stateChanged(Int, from: SessionState, to: SessionState, Diagnostic, at: Instant)
    /// A session that was Up is not any more.
    case wentDown(Int, SessionDownCause, at: Instant)
    case finding(Int, BFDFinding, at: Instant)
    /// A session that was to be added is not there.
    case refused(Int, SystemError, at: Instant)
    /// How a session is now; comes after a change, and once a second.
    case snapshot(Int, BFDSessionSnapshot)
    /// How punctual the thread was since the last of these.
    case lateness(TimerLateness)
    case started(fifoPriority: Int32?, at: Instant)

    /// The number of the session that it is about, if it is about one.
    var session: Int? {
        switch self {
        case .stateChanged(let number, _, _, _, _), .wentDown(let number, _, _), .finding(let number, _, _),
            .refused(let number, _, _), .snapshot(let number, _):
            number
        case .lateness, .started: nil
        }
    }
}
