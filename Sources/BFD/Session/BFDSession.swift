// SPDX-License-Identifier: MIT-0
package import Causes
import DequeModule
package import WireFormat

/// A BFD session over a single hop, in Asynchronous mode, without a socket and without a clock (RFC 5880 section 6.8).
///
/// Feed it events with `handle`; after each call drain `nextOutput`, carry out what it returns, and call
/// `handle(.timeReached)` when `nextDeadline` has come. It starts in Down and begins to send with the first
/// `handle(.timeReached)`. Hand over waiting packets before `timeReached`: if we woke late, that is not the peer's
/// failure. State variables have the RFC's names; bfd.DemandMode is always 0, and there is no Echo function.
package struct BFDSession: Sendable {
    package enum Input: Sendable {
        /// A packet that the demultiplexer assigned to this session.
        case packet(ControlPacket)
        /// `nextDeadline` has come.
        case timeReached
        /// Hold the session in AdminDown, with the diagnostic for the peer (section 6.8.16).
        case adminDown(Diagnostic)
        /// Leave AdminDown for Down; ignored in any other state.
        case adminUp
        /// Other intervals for when the session is Up (sections 6.8.10 and 6.8.11).
        case setIntervals(desiredMinTx: Microseconds, requiredMinRx: Microseconds)
        /// Another Detect Mult (section 6.8.12); 0 counts as 1.
        case setDetectMult(UInt8)
    }

    package enum Output: Hashable, Sendable {
        case transmit(ControlPacket)
        /// The diagnostic says why a session changed to Down or AdminDown.
        case stateChanged(from: SessionState, to: SessionState, Diagnostic)
        /// The session was Up and no longer is; follows the change of state.
        case wentDown(BFDDownCause)
        case finding(BFDFinding)
    }

    package internal(set) var sessionState = SessionState.down
    package internal(set) var remoteSessionState = SessionState.down
    package let localDiscr: Discriminator
    /// Nil (the RFC's 0) until the peer is heard, and again one detection time after it was last heard.
    package internal(set) var remoteDiscr: Discriminator?
    package internal(set) var localDiag = Diagnostic.noDiagnostic
    /// The value in our packets; `transmitInterval` may lag behind until a Final arrives.
    package internal(set) var desiredMinTxInterval: Microseconds
    /// The value in our packets; `detectionTime` may lag behind until a Final arrives.
    package internal(set) var requiredMinRxInterval: Microseconds
    package internal(set) var remoteMinRxInterval = Microseconds(1)
    package internal(set) var remoteDemandMode = false
    package internal(set) var detectMult: UInt8
    package internal(set) var xmitAuthSeq: UInt32
    package internal(set) var rcvAuthSeq: UInt32 = 0
    package internal(set) var authSeqKnown = false

    /// The last received Desired Min TX Interval and Detect Mult (section 6.8.4).
    package internal(set) var remoteDesiredMinTxInterval = Microseconds.zero
    package internal(set) var remoteDetectMult: UInt8 = 0
    /// The last received C bit.
    package internal(set) var remoteIsControlPlaneIndependent = false
    /// The Diag field of the last packet.
    package internal(set) var remoteDiag = Diagnostic.noDiagnostic
    package internal(set) var statistics = BFDSessionStatistics()
    /// The packets that were not discarded.
    package internal(set) var arrivals = RecentArrivals()
    private var lastReception: Instant? { arrivals.last }

    /// The intervals are those for when the session is Up.
    var configuration: BFDSessionConfiguration
    /// The intervals in force, while those in our packets still wait for the peer's Final (section 6.8.3).
    var actual: PolledIntervals
    var poll = PollSequence.idle
    var jitter: TransmissionJitter
    var outputs = Deque<Output>()
    let created: Instant
    /// When the last packet that was not a Final was sent.
    var lastTransmission: Instant?
    /// The last packet sent, without its P and F bits and authentication.
    var lastContents: ControlPacket?
    var adminDownSince: Instant?
    /// Why the last packet was discarded; nil if one has been accepted since.
    var lastDiscard: DiscardReason?
    /// Where a packet is encoded for a digest.
    var digestBuffer = ByteWriter(capacity: 64)

    /// Makes a session in Down, whose first packet is due now unless it is passive.
    ///
    /// The discriminator must be unique on this system. The seed determines all jitter; all sessions may use the same
    /// one.
    package init(
        configuration: BFDSessionConfiguration, localDiscr: Discriminator, seed: UInt64, at now: Instant
    ) {
        var configuration = configuration
        configuration.desiredMinTxInterval = Self.bounded(configuration.desiredMinTxInterval)
        configuration.requiredMinRxInterval = Self.bounded(configuration.requiredMinRxInterval)
        configuration.detectMult = max(configuration.detectMult, 1)
        self.configuration = configuration
        self.localDiscr = localDiscr
        created = now
        detectMult = configuration.detectMult
        desiredMinTxInterval = max(configuration.desiredMinTxInterval, .oneSecond)
        requiredMinRxInterval = configuration.requiredMinRxInterval
        actual = PolledIntervals(desiredMinTx: desiredMinTxInterval, requiredMinRx: requiredMinRxInterval)
        jitter = TransmissionJitter(seed: seed ^ UInt64(localDiscr.value) << 32)
        xmitAuthSeq = jitter.randomSequenceNumber()
    }

    /// bfd.AuthType; nil without authentication.
    package var authType: AuthenticationType? { configuration.authentication?.type }

    /// The next action for the shell; nil if there are no more.
    package mutating func nextOutput() -> Output? {
        outputs.popFirst()
    }

    package mutating func handle(_ input: Input, at now: Instant) {
        switch input {
        case .packet(let packet):
            received(packet, at: now)
            return
        case .timeReached: fireTimers(at: now)
        case .adminDown(let diagnostic): goAdminDown(diagnostic, at: now)
        case .adminUp: leaveAdminDown()
        case .setIntervals(let desiredMinTx, let requiredMinRx):
            configuration.desiredMinTxInterval = Self.bounded(desiredMinTx)
            configuration.requiredMinRxInterval = Self.bounded(requiredMinRx)
            updateIntervals()
        case .setDetectMult(let detectMult):
            // No Poll Sequence: each packet carries it (RFC 5880 section 6.8.12).
            self.detectMult = max(detectMult, 1)
        }
        transmitWhatIsDue(at: now)
    }

    private static func bounded(_ interval: Microseconds) -> Microseconds {
        max(interval, BFDSessionConfiguration.minimumInterval)
    }
}

// MARK: - Deadlines

extension BFDSession {
    /// When `handle(.timeReached)` is due; nil if there is nothing to send or to wait for.
    ///
    /// It follows from the last packets and the present intervals, so a change of those takes effect at once.
    package var nextDeadline: Instant? {
        var next = transmissionDeadline
        func consider(_ deadline: Instant?) {
            guard let deadline else { return }
            next = next.map { min($0, deadline) } ?? deadline
        }
        consider(detectionDeadline)
        consider(sequenceNumberDeadline)
        return next
    }

    /// The Detection Time (section 6.8.4); zero before the peer was heard.
    package var detectionTime: Duration {
        .nanoseconds(detectionNanoseconds)
    }

    private var detectionNanoseconds: Int64 { Int64(remoteDetectMult) * agreedReceiveInterval.nanoseconds }

    /// The longest that the peer may wait between two packets: the agreed interval, which jitter only shortens (section
    /// 6.8.7).
    package var agreedReceiveInterval: Microseconds { max(actual.requiredMinRx, remoteDesiredMinTxInterval) }

    /// When the peer counts as gone: the session fails if it is Init or Up, and the peer's discriminator is forgotten.
    var detectionDeadline: Instant? {
        guard remoteDiscr != nil, let lastReception else { return nil }
        return Instant(nanoseconds: lastReception.nanoseconds + detectionNanoseconds)
    }

    /// When the peer may come back with any sequence number (bfd.AuthSeqKnown, section 6.8.1).
    private var sequenceNumberDeadline: Instant? {
        guard authSeqKnown, let lastReception else { return nil }
        return Instant(nanoseconds: lastReception.nanoseconds + 2 * detectionNanoseconds)
    }

    private mutating func fireTimers(at now: Instant) {
        if let deadline = detectionDeadline, now >= deadline {
            if sessionState == .initializing || sessionState == .up {
                change(to: .down, diagnostic: .controlDetectionTimeExpired, cause: .controlDetectionTimeExpired)
            }
            forgetPeer()
        }
        if let deadline = sequenceNumberDeadline, now >= deadline { authSeqKnown = false }
    }

    /// bfd.RemoteDiscr "MUST be set to zero" (section 6.8.1), and bfd.RemoteMinRxInterval returns to its initial value
    /// (6.8.18).
    private mutating func forgetPeer() {
        remoteDiscr = nil
        remoteSessionState = .down
        remoteMinRxInterval = Microseconds(1)
        remoteDemandMode = false
    }
}

// MARK: - States

extension BFDSession {
    mutating func change(to state: SessionState, diagnostic: Diagnostic = .noDiagnostic, cause: BFDDownCause? = nil) {
        let former = sessionState
        guard former != state else { return }
        sessionState = state
        // A session that comes up continues to report why it was down (section 4.1).
        if state == .down || state == .adminDown { localDiag = diagnostic }
        updateIntervals()
        outputs.append(.stateChanged(from: former, to: state, diagnostic))
        if state == .up { statistics.ups += 1 }
        guard former == .up else { return }
        statistics.downs += 1
        if let cause { outputs.append(.wentDown(cause)) }
    }

    private mutating func goAdminDown(_ diagnostic: Diagnostic, at now: Instant) {
        guard sessionState != .adminDown else {
            localDiag = diagnostic
            return
        }
        adminDownSince = now
        change(to: .adminDown, diagnostic: diagnostic, cause: .adminDown(diagnostic))
    }

    private mutating func leaveAdminDown() {
        guard sessionState == .adminDown else { return }
        adminDownSince = nil
        change(to: .down)
    }

    /// When a session in AdminDown may be discarded.
    ///
    /// It must have sent for one detection time of the peer, so that the peer knows (section 6.8.16).
    ///
    /// Nil in other states.
    package var removalInstant: Instant? {
        guard let adminDownSince else { return nil }
        return Instant(nanoseconds: adminDownSince.nanoseconds + Int64(detectMult) * transmitInterval.nanoseconds)
    }

    /// Adjusts the intervals to configuration and state, with a Poll Sequence if one changes (section 6.8.3).
    private mutating func updateIntervals() {
        // "When bfd.SessionState is not Up, ... a value of not less than one second".
        let desiredMinTx =
            sessionState == .up
            ? configuration.desiredMinTxInterval : max(configuration.desiredMinTxInterval, .oneSecond)
        let requiredMinRx = configuration.requiredMinRxInterval
        if desiredMinTx != desiredMinTxInterval || requiredMinRx != requiredMinRxInterval {
            desiredMinTxInterval = desiredMinTx
            requiredMinRxInterval = requiredMinRx
            poll.request()
        }
        if sessionState == .up {
            // Only after the Final: slower than now, or a shorter detection time than now.
            actual.desiredMinTx = min(actual.desiredMinTx, desiredMinTx)
            actual.requiredMinRx = max(actual.requiredMinRx, requiredMinRx)
        } else {
            actual = PolledIntervals(desiredMinTx: desiredMinTx, requiredMinRx: requiredMinRx)
        }
    }

    /// The peer has confirmed these intervals, or ones that we sent since.
    mutating func pollTerminated(_ confirmed: PolledIntervals) {
        guard sessionState == .up else { return }
        actual.desiredMinTx = min(confirmed.desiredMinTx, desiredMinTxInterval)
        actual.requiredMinRx = max(confirmed.requiredMinRx, requiredMinRxInterval)
    }
}
