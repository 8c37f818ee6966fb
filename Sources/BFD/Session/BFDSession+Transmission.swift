// SPDX-License-Identifier: MIT-0
import WireFormat

extension BFDSession {
    /// The negotiated interval between our packets, before jitter (RFC 5880 section 6.8.7).
    package var transmitInterval: Microseconds {
        max(actual.desiredMinTx, remoteMinRxInterval)
    }

    /// Whether the peer wants no periodic packets (section 6.8.6).
    private var isRemoteDemandModeActive: Bool {
        remoteDemandMode && sessionState == .up && remoteSessionState == .up
    }

    /// Whether packets other than a Final may be sent (section 6.8.7).
    private var mayTransmit: Bool {
        if configuration.isPassive, remoteDiscr == nil { return false }
        if remoteMinRxInterval == .zero { return false }
        return !isRemoteDemandModeActive || poll.setsPollBit
    }

    /// When the next periodic packet is due; in the past if a shorter interval has already passed.
    var transmissionDeadline: Instant? {
        guard mayTransmit else { return nil }
        guard let lastTransmission else { return created }
        let gap = jitter.applied(to: transmitInterval, detectMult: detectMult)
        return Instant(nanoseconds: lastTransmission.nanoseconds + gap)
    }

    /// Sends the answer to a Poll, a change of state, or the periodic packet, whichever is due.
    mutating func transmitWhatIsDue(at now: Instant, answeringPoll: Bool = false) {
        // In Demand mode changed contents need a Poll Sequence, or the peer would not learn of them (section 6.6).
        if isRemoteDemandModeActive, let lastContents, lastContents != contents { poll.request() }
        if answeringPoll { transmit(isFinal: true) }
        guard mayTransmit else { return }
        if hasNews {
            // A Poll begins with a scheduled packet (section 6.5); a change of state does not wait for one (section
            // 6.8.7).
            transmit(isPoll: poll.setsPollBit && poll != .requested)
        } else if let deadline = transmissionDeadline, now >= deadline {
            transmit(isPoll: poll.setsPollBit)
        } else {
            return
        }
        lastTransmission = now
        jitter.draw()
    }

    /// Whether the last packet had another state or diagnostic than the present one.
    private var hasNews: Bool {
        guard let lastContents else { return false }
        return lastContents.state != sessionState || lastContents.diagnostic != localDiag
    }

    /// The next packet, without its P and F bits and authentication.
    private var contents: ControlPacket {
        ControlPacket(
            diagnostic: localDiag, state: sessionState,
            isControlPlaneIndependent: configuration.isControlPlaneIndependent, detectMult: detectMult,
            myDiscriminator: localDiscr, yourDiscriminator: remoteDiscr, desiredMinTxInterval: desiredMinTxInterval,
            requiredMinRxInterval: requiredMinRxInterval)
    }

    private mutating func transmit(isPoll: Bool = false, isFinal: Bool = false) {
        precondition(!(isPoll && isFinal), "a packet must not have both the P and the F bit (RFC 5880 section 6.5)")
        var packet = contents
        let hasChanged = packet != lastContents
        lastContents = packet
        packet.isPoll = isPoll
        packet.isFinal = isFinal
        if isPoll {
            poll.pollTransmitted(
                PolledIntervals(desiredMinTx: desiredMinTxInterval, requiredMinRx: requiredMinRxInterval))
        }
        if let authentication = configuration.authentication {
            sign(&packet, by: authentication, hasChanged: hasChanged)
        }
        statistics.sentPackets += 1
        outputs.append(.transmit(packet))
    }

    /// The transmission rules of RFC 5880 sections 6.7.2 to 6.7.4.
    private mutating func sign(_ packet: inout ControlPacket, by authentication: Authentication, hasChanged: Bool) {
        let key = authentication.sendingKey
        guard case .keyed(let function, let isMeticulous) = authentication.method else {
            packet.authentication = .simplePassword(keyID: key.id, password: key.secret)
            return
        }
        // Each packet has its own number (meticulous), or each packet with changed contents.
        if hasChanged, !isMeticulous { xmitAuthSeq &+= 1 }
        defer { if isMeticulous { xmitAuthSeq &+= 1 } }
        guard
            var section = DigestAuthentication(
                type: authentication.type, keyID: key.id, sequenceNumber: xmitAuthSeq, digest: key.secret)
        else { preconditionFailure("a keyed type has a digest") }
        section.digest = digest(of: packet, with: section, secret: key.secret, function: function)
        packet.authentication = .digest(section)
    }
}
