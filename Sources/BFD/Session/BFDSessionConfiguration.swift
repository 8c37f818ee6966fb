// SPDX-License-Identifier: MIT-0

/// The settings of one session; the intervals are those of a session that is Up.
package struct BFDSessionConfiguration: Sendable {
    /// The shortest interval of a session; smaller values are raised to it.
    ///
    /// Below a millisecond no ordinary thread keeps time, and a zero in a configuration would be a busy loop.
    package static let minimumInterval = Microseconds.milliseconds(1)
    package static let defaultInterval = Microseconds.milliseconds(300)
    package static let defaultDetectMult: UInt8 = 3

    package var desiredMinTxInterval: Microseconds
    package var requiredMinRxInterval: Microseconds
    /// Detect Mult; 0 counts as 1.
    package var detectMult: UInt8
    /// Sends nothing before the peer has been heard (RFC 5880 section 6.1).
    ///
    /// Over a single hop both ends must be active (RFC 5881 section 3).
    package var isPassive: Bool
    /// The C bit of our packets (RFC 5882 section 4.3).
    package var isControlPlaneIndependent: Bool
    package var authentication: Authentication?

    package init(
        desiredMinTxInterval: Microseconds = defaultInterval, requiredMinRxInterval: Microseconds = defaultInterval,
        detectMult: UInt8 = defaultDetectMult, isPassive: Bool = false, isControlPlaneIndependent: Bool = false,
        authentication: Authentication? = nil
    ) {
        self.desiredMinTxInterval = desiredMinTxInterval
        self.requiredMinRxInterval = requiredMinRxInterval
        self.detectMult = detectMult
        self.isPassive = isPassive
        self.isControlPlaneIndependent = isControlPlaneIndependent
        self.authentication = authentication
    }

    /// Errors in the configuration, one sentence each; empty if it is valid.
    package var problems: [String] {
        var problems = authentication?.problems ?? []
        if desiredMinTxInterval < Self.minimumInterval {
            problems.append("a transmit interval of \(desiredMinTxInterval) is below \(Self.minimumInterval)")
        }
        if requiredMinRxInterval < Self.minimumInterval {
            problems.append("a receive interval of \(requiredMinRxInterval) is below \(Self.minimumInterval)")
        }
        if detectMult == 0 { problems.append("the detection multiplier must not be 0 (RFC 5880 section 6.8.1)") }
        return problems
    }
}
