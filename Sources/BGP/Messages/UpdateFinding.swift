// SPDX-License-Identifier: MIT-0

/// An error in a received UPDATE that did not end the session (RFC 7606).
package struct UpdateFinding: Hashable, Sendable, CustomStringConvertible {
    /// What was done about it, mildest first (RFC 7606 section 2).
    package enum Approach: Hashable, Comparable, Sendable {
        /// A prefix or family that this speaker does not handle was left out (RFC 4271 section 6.3, RFC 4760).
        case ignored
        case attributeDiscard
        /// All routes of the message count as withdrawn.
        case treatAsWithdraw
    }

    package var approach: Approach
    /// The type code of the attribute concerned, if any.
    package var attributeType: UInt8?
    /// What was wrong, in words.
    package var problem: String

    package init(_ approach: Approach, attributeType: UInt8? = nil, problem: String) {
        self.approach = approach
        self.attributeType = attributeType
        self.problem = problem
    }

    /// One line for a log.
    package var description: String {
        let deed =
            switch approach {
            case .ignored: "ignored"
            case .attributeDiscard: "attribute discarded"
            case .treatAsWithdraw: "treated as withdraw"
            }
        return attributeType.map { "\(deed): attribute \($0): \(problem)" } ?? "\(deed): \(problem)"
    }
}

/// A decoded UPDATE.
package struct DecodedUpdate: Hashable, Sendable {
    package var update: UpdateMessage
    /// The routes of MP_REACH_NLRI if the same UPDATE also announces IPv4 in the classic field: they have another next
    /// hop.
    ///
    /// Rare: RFC 7606 section 5.1 forbids sending it, but requires understanding it.
    package var multiprotocolUpdate: UpdateMessage?
    /// The errors handled according to RFC 7606; empty for a correct message.
    package var findings: [UpdateFinding]

    package init(update: UpdateMessage, multiprotocolUpdate: UpdateMessage? = nil, findings: [UpdateFinding] = []) {
        self.update = update
        self.multiprotocolUpdate = multiprotocolUpdate
        self.findings = findings
    }
}
