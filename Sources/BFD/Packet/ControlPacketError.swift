// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Why octets are not a valid control packet (RFC 5880 section 6.8.6, the checks before a session is selected).
package enum ControlPacketError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The payload ends before the Length field.
    case truncated(TruncatedError)
    case badVersion(UInt8)
    /// The Length field is below 24, or below 26 with the A bit.
    case lengthTooSmall(UInt8)
    case lengthBeyondPayload(UInt8, payload: Int)
    case zeroDetectMult
    case multipointBitSet
    case zeroMyDiscriminator
    /// Your Discriminator may be zero only in Down and AdminDown.
    case zeroYourDiscriminator(SessionState)
    /// Auth Len differs from what the Length field leaves for the Authentication Section.
    case authenticationLengthMismatch(authLength: Int, available: Int)
    /// Auth Len differs from what the Auth Type prescribes (sections 6.7.2 to 6.7.4).
    case badAuthenticationLength(AuthenticationType, length: Int)

    package var description: String {
        switch self {
        case .truncated(let error): "control packet is truncated: \(error)"
        case .badVersion(let version): "version \(version) is not 1"
        case .lengthTooSmall(let length): "a Length of \(length) is too small"
        case .lengthBeyondPayload(let length, let payload): "a Length of \(length) in \(payload) octets"
        case .zeroDetectMult: "Detect Mult is 0"
        case .multipointBitSet: "the Multipoint bit is set"
        case .zeroMyDiscriminator: "My Discriminator is 0"
        case .zeroYourDiscriminator(let state): "Your Discriminator is 0 in state \(state)"
        case .authenticationLengthMismatch(let length, let available):
            "an Auth Len of \(length) where \(available) octets are left"
        case .badAuthenticationLength(let type, let length): "an Auth Len of \(length) for \(type)"
        }
    }
}
