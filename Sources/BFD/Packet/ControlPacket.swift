// SPDX-License-Identifier: MIT-0
package import Causes

/// A BFD control packet (RFC 5880 section 4.1).
///
/// What all packets have in common is not a field: version 1 and a clear Multipoint bit. The A bit is `authentication
/// != nil`, and Length is computed.
package struct ControlPacket: Hashable, Sendable {
    package var diagnostic: Diagnostic
    package var state: SessionState
    /// P: the sender asks for a packet with the F bit.
    package var isPoll: Bool
    /// F: the answer to a Poll.
    package var isFinal: Bool
    /// C: the sender's BFD continues if its control plane fails (RFC 5882 section 4.3).
    package var isControlPlaneIndependent: Bool
    /// D: the sender asks the receiver to send no periodic packets.
    package var isDemand: Bool
    package var detectMult: UInt8
    package var myDiscriminator: Discriminator
    /// Nil (0 on the wire) while the sender does not know it.
    package var yourDiscriminator: Discriminator?
    package var desiredMinTxInterval: Microseconds
    /// Zero asks for no periodic packets at all.
    package var requiredMinRxInterval: Microseconds
    /// Zero: the sender does not loop back Echo packets.
    package var requiredMinEchoRxInterval: Microseconds
    package var authentication: AuthenticationSection?

    package init(
        diagnostic: Diagnostic = .noDiagnostic, state: SessionState, isPoll: Bool = false, isFinal: Bool = false,
        isControlPlaneIndependent: Bool = false, isDemand: Bool = false, detectMult: UInt8 = 3,
        myDiscriminator: Discriminator, yourDiscriminator: Discriminator? = nil,
        desiredMinTxInterval: Microseconds = .oneSecond, requiredMinRxInterval: Microseconds = .oneSecond,
        requiredMinEchoRxInterval: Microseconds = .zero, authentication: AuthenticationSection? = nil
    ) {
        self.diagnostic = diagnostic
        self.state = state
        self.isPoll = isPoll
        self.isFinal = isFinal
        self.isControlPlaneIndependent = isControlPlaneIndependent
        self.isDemand = isDemand
        self.detectMult = detectMult
        self.myDiscriminator = myDiscriminator
        self.yourDiscriminator = yourDiscriminator
        self.desiredMinTxInterval = desiredMinTxInterval
        self.requiredMinRxInterval = requiredMinRxInterval
        self.requiredMinEchoRxInterval = requiredMinEchoRxInterval
        self.authentication = authentication
    }
}

extension ControlPacket: CustomStringConvertible {
    /// One line for a log or a capture.
    package var description: String {
        var flags = ""
        if isPoll { flags += "P" }
        if isFinal { flags += "F" }
        if isControlPlaneIndependent { flags += "C" }
        if authentication != nil { flags += "A" }
        if isDemand { flags += "D" }
        let to = yourDiscriminator.map { "\($0)" } ?? "0"
        return "\(state)\(flags.isEmpty ? "" : " [\(flags)]") \(myDiscriminator) > \(to), tx \(desiredMinTxInterval),"
            + " rx \(requiredMinRxInterval), x\(detectMult), \(diagnostic)"
    }
}
