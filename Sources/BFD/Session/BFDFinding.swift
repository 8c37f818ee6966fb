// SPDX-License-Identifier: MIT-0

/// Something worth logging that changes nothing.
package enum BFDFinding: Hashable, Sendable, CustomStringConvertible {
    /// A packet was discarded, the first one for this reason since the last valid packet.
    case discarded(DiscardReason)
    /// The peer's discriminator differs from that in its previous packet: it has restarted.
    case remoteDiscriminatorChanged(from: Discriminator, to: Discriminator)

    package var description: String {
        switch self {
        case .discarded(let reason): "packet discarded: \(reason)"
        case .remoteDiscriminatorChanged(let old, let new): "the peer's discriminator was \(old) and is \(new)"
        }
    }
}

/// Why a session discards a well-formed packet (RFC 5880 sections 6.7 and 6.8.6).
package enum DiscardReason: Hashable, Sendable, CustomStringConvertible {
    case malformed(ControlPacketError)
    /// Your Discriminator names another session.
    case notOurDiscriminator(Discriminator)
    /// The A bit is set, but no authentication is in use.
    case unexpectedAuthentication
    case missingAuthentication
    case wrongAuthenticationType(AuthenticationType)
    case unknownKeyID(UInt8)
    case wrongPassword
    case wrongDigest
    /// Outside the range that may follow the last one: a replay, or a jump in the peer's numbers.
    case sequenceNumberOutOfRange(UInt32, last: UInt32)

    package var description: String {
        switch self {
        case .malformed(let error): "\(error)"
        case .notOurDiscriminator(let discriminator): "Your Discriminator \(discriminator) is not this session's"
        case .unexpectedAuthentication: "it is authenticated, and no authentication is in use"
        case .missingAuthentication: "it is not authenticated"
        case .wrongAuthenticationType(let type): "\(type) is not in use"
        case .unknownKeyID(let id): "there is no key \(id)"
        case .wrongPassword: "wrong password"
        case .wrongDigest: "wrong digest"
        case .sequenceNumberOutOfRange(let number, let last): "sequence number \(number) cannot follow \(last)"
        }
    }
}
