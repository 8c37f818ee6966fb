// SPDX-License-Identifier: MIT-0
import DequeModule
package import WireFormat

/// A BFD session over a single hop, in Asynchronous mode, without a socket and without a clock (RFC 5880 section 6.8).
///
/// Feed it what happened with `handle`; after each call drain `nextOutput`, do what it says, and call
/// `handle(.timeReached)` when `nextDeadline` has come. It is made in Down and begins to send with the first
/// `handle(.timeReached)`. Hand over packets that are waiting before `timeReached`: that we woke late is no failure of
/// the peer. State variables have the RFC's names; bfd.DemandMode is 0 always, and there is no Echo function.
package struct BFDSession: Sendable {
    package enum Input: Sendable {
        /// A packet that the demultiplexer found to be for this session.
        case packet(ControlPacket)
        /// `nextDeadline` has come.
        case timeReached
        /// Hold the session in AdminDown, with the diagnostic to tell the peer (section 6.8.16).
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
        /// The diagnostic tells why a session left for Down or AdminDown.
        case stateChanged(from: SessionState, to: SessionState, Diagnostic)
        /// The session was Up and is not any more; comes after the change of state.
        case wentDown(SessionDownCause)
        case finding(BFDFinding)
    }

    package internal(set) var sessionState = SessionState.down
    package internal(set) var remoteSessionState = SessionState.down
    package let localDiscr: Discriminator
    /// Nil (the RFC's 0) until the peer is heard, and again a detection time after it was heard last.
    package internal(set) var remoteDiscr: Discriminator?
    package internal(set) var localDiag = Diagnostic.noDiagnostic
    /// What our packets say; `transmitInterval` may lag behind it until a Final comes.
    package internal(set) var desiredMinTxInterval: Microseconds
    /// What our packets say; `detectionTime` may lag behind it until a Final comes.
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

    /// The intervals are the ones for when the session is Up.
    var configuration: BFDSessionConfiguration
    /// The intervals that are acted by, when those that we tell the peer still wait for its Final (section 6.8.3).
    var actual: PolledIntervals
    var poll = PollSequence.idle
    var jitter: TransmissionJitter
    var outputs = Deque<Output>()
    let created: Instant
    /// Of a packet that was not discarded.
    var lastReception: Instant?
    /// Of a packet that was not a Final.
    var lastTransmission: Instant?
    /// The last packet that was sent, without its P and F bits and authentication.
    var lastContents: ControlPacket?
    var adminDownSince: Instant?
    /// Why the last packet was discarded; nil once one was accepted since.
    var lastDiscard: DiscardReason?
    /// Where octets are put together for a digest.
    var digestBuffer = ByteWriter(capacity: 64)

    /// A session in Down, whose first packet is due now unless it is passive.
    ///
    /// The discriminator must be unique on this system. The seed decides all jitter; all sessions may have the same one.
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

    /// What the shell does next; nil when there is nothing left to do.
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
            // No Poll Sequence: each packet says it (RFC 5880 section 6.8.12).
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
    /// When `handle(.timeReached)` is due; nil while nothing is to be sent or waited for.
    ///
    /// It follows from the last packets and the intervals in force, so a change of those takes effect at once.
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

    private var detectionNanoseconds: Int64 {
        Int64(remoteDetectMult) * max(actual.requiredMinRx, remoteDesiredMinTxInterval).nanoseconds
    }

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

    /// bfd.RemoteDiscr "MUST be set to zero" (section 6.8.1), and bfd.RemoteMinRxInterval is as at first (6.8.18).
    private mutating func forgetPeer() {
        remoteDiscr = nil
        remoteSessionState = .down
        remoteMinRxInterval = Microseconds(1)
        remoteDemandMode = false
    }
}

// MARK: - States

extension BFDSession {
    mutating func change(to state: SessionState, diagnostic: Diagnostic = .noDiagnostic, cause: SessionDownCause? = nil)
    {
        let former = sessionState
        guard former != state else { return }
        sessionState = state
        // A session that comes up goes on telling why it was down (section 4.1).
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

    /// From when on a session in AdminDown may be thrown away: it has sent for a detection time of the peer, so that the
    /// peer knows (section 6.8.16).
    ///
    /// Nil in other states.
    package var removalInstant: Instant? {
        guard let adminDownSince else { return nil }
        return Instant(nanoseconds: adminDownSince.nanoseconds + Int64(detectMult) * transmitInterval.nanoseconds)
    }

    /// Brings the intervals in line with configuration and state, with a Poll Sequence if one changes (section 6.8.3).
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
            // Slower than now, or a shorter detection time than now, only after the Final.
            actual.desiredMinTx = min(actual.desiredMinTx, desiredMinTx)
            actual.requiredMinRx = max(actual.requiredMinRx, requiredMinRx)
        } else {
            actual = PolledIntervals(desiredMinTx: desiredMinTx, requiredMinRx: requiredMinRx)
        }
    }

    /// The peer has confirmed these intervals, or ones that we told it since.
    mutating func pollTerminated(_ confirmed: PolledIntervals) {
        guard sessionState == .up else { return }
        actual.desiredMinTx = min(confirmed.desiredMinTx, desiredMinTxInterval)
        actual.requiredMinRx = max(confirmed.requiredMinRx, requiredMinRxInterval)
    }
}
