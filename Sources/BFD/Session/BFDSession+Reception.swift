// SPDX-License-Identifier: MIT-0
import Causes
package import WireFormat

extension BFDSession {
    /// Handles a packet that the demultiplexer assigned to this session; the same as `handle(.packet)`.
    ///
    /// In the order of RFC 5880 section 6.8.6.
    package mutating func received(_ packet: ControlPacket, at now: Instant) {
        if let reason = discardReason(of: packet) {
            discard(packet, because: reason)
            return
        }
        lastDiscard = nil
        statistics.receivedPackets += 1
        learn(from: packet)
        arrivals.note(now)
        if packet.isFinal {
            if let confirmed = poll.finalReceived() { pollTerminated(confirmed) }
        } else {
            poll.packetWithoutFinalReceived()
        }
        if sessionState != .adminDown { advance(by: packet) }
        // Also in AdminDown: a Final is sent "without respect to the session state" (section 6.8.7).
        transmitWhatIsDue(at: now, answeringPoll: packet.isPoll)
    }

    private mutating func discard(_ packet: ControlPacket, because reason: DiscardReason) {
        statistics.discardedPackets += 1
        // Once is enough: a sender of rubbish must not fill the log.
        if lastDiscard.map({ !$0.isSameKind(as: reason) }) ?? true { outputs.append(.finding(.discarded(reason))) }
        lastDiscard = reason
    }

    private mutating func discardReason(of packet: ControlPacket) -> DiscardReason? {
        if let error = packet.receptionError { return .malformed(error) }
        if let discriminator = packet.yourDiscriminator, discriminator != localDiscr {
            return .notOurDiscriminator(discriminator)
        }
        switch (configuration.authentication, packet.authentication) {
        case (nil, nil): return nil
        case (nil, .some): return .unexpectedAuthentication
        case (.some, nil): return .missingAuthentication
        case (let authentication?, let section?): return verify(section, of: packet, by: authentication)
        }
    }

    /// Sets the variables that section 6.8.6 sets before it considers the state.
    private mutating func learn(from packet: ControlPacket) {
        if let former = remoteDiscr, former != packet.myDiscriminator {
            outputs.append(.finding(.remoteDiscriminatorChanged(from: former, to: packet.myDiscriminator)))
        }
        remoteDiscr = packet.myDiscriminator
        remoteSessionState = packet.state
        remoteDiag = packet.diagnostic
        remoteDemandMode = packet.isDemand
        remoteMinRxInterval = packet.requiredMinRxInterval
        remoteDesiredMinTxInterval = packet.desiredMinTxInterval
        remoteDetectMult = packet.detectMult
        remoteIsControlPlaneIndependent = packet.isControlPlaneIndependent
    }

    /// The state machine itself (sections 6.2 and 6.8.6).
    private mutating func advance(by packet: ControlPacket) {
        switch (sessionState, packet.state) {
        case (.initializing, .adminDown), (.up, .adminDown):
            change(to: .down, diagnostic: .neighborSignaledSessionDown, cause: .neighborAdminDown)
        case (.down, .down):
            change(to: .initializing)
        case (.down, .initializing), (.initializing, .initializing), (.initializing, .up):
            change(to: .up)
        case (.up, .down):
            change(
                to: .down, diagnostic: .neighborSignaledSessionDown,
                cause: .neighborSignaledSessionDown(packet.diagnostic))
        case (.down, .adminDown), (.down, .up), (.initializing, .down), (.up, .initializing), (.up, .up),
            (.adminDown, _):
            break
        }
    }
}

// MARK: - Authentication

extension BFDSession {
    /// The receipt rules of RFC 5880 sections 6.7.2 to 6.7.4.
    private mutating func verify(
        _ section: AuthenticationSection, of packet: ControlPacket, by authentication: Authentication
    ) -> DiscardReason? {
        guard section.type == authentication.type else { return .wrongAuthenticationType(section.type) }
        switch (section, authentication.method) {
        case (.simplePassword(let keyID, let password), .simplePassword):
            guard let secret = authentication.secret(of: keyID) else { return .unknownKeyID(keyID) }
            return password == secret ? nil : .wrongPassword
        case (.digest(let digest), .keyed(let function, _)):
            guard let secret = authentication.secret(of: digest.keyID) else { return .unknownKeyID(digest.keyID) }
            if authSeqKnown, !isInSequence(digest, detectMult: packet.detectMult) {
                return .sequenceNumberOutOfRange(digest.sequenceNumber, last: rcvAuthSeq)
            }
            guard self.digest(of: packet, with: digest, secret: secret, function: function) == digest.digest else {
                return .wrongDigest
            }
            // The RFC's text sets these before it checks the digest. Then any sender could set them.
            authSeqKnown = true
            rcvAuthSeq = digest.sequenceNumber
            return nil
        default:
            return .wrongAuthenticationType(section.type)
        }
    }

    /// Whether the number is in sequence.
    ///
    /// The range begins with the last number, or for the meticulous types the next one, and ends 3 times the packet's
    /// Detect Mult later, in circular arithmetic.
    private func isInSequence(_ digest: DigestAuthentication, detectMult: UInt8) -> Bool {
        let distance = digest.sequenceNumber &- rcvAuthSeq
        return distance <= 3 * UInt32(detectMult) && !(digest.type.isMeticulous && distance == 0)
    }

    /// The digest over the packet, with the key in place of the digest.
    mutating func digest(
        of packet: ControlPacket, with section: DigestAuthentication, secret: AuthenticationData,
        function: DigestFunction
    ) -> AuthenticationData {
        var keyed = packet
        var section = section
        section.digest = secret
        keyed.authentication = .digest(section)
        digestBuffer.removeAll()
        keyed.encode(into: &digestBuffer)
        return unsafe function(digestBuffer.bytes.span.bytes)
    }
}

extension DiscardReason {
    /// Whether both violate the same rule, whatever the packets' numbers.
    fileprivate func isSameKind(as other: DiscardReason) -> Bool {
        switch (self, other) {
        case (.malformed, .malformed), (.notOurDiscriminator, .notOurDiscriminator),
            (.unexpectedAuthentication, .unexpectedAuthentication), (.missingAuthentication, .missingAuthentication),
            (.wrongAuthenticationType, .wrongAuthenticationType), (.unknownKeyID, .unknownKeyID),
            (.wrongPassword, .wrongPassword), (.wrongDigest, .wrongDigest),
            (.sequenceNumberOutOfRange, .sequenceNumberOutOfRange):
            true
        default:
            false
        }
    }
}
