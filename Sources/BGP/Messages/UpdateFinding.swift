// SPDX-License-Identifier: MIT-0

/// Something wrong with a received UPDATE that did not end the session (RFC 7606).
package struct UpdateFinding: Hashable, Sendable, CustomStringConvertible {
    /// What was done about it, weakest first (RFC 7606 section 2).
    package enum Approach: Hashable, Comparable, Sendable {
        /// A prefix or family that means nothing to this speaker was left out (RFC 4271 section 6.3, RFC 4760).
        case ignored
        case attributeDiscard
        /// All routes of the message count as withdrawn.
        case treatAsWithdraw
    }

    package var approach: Approach
    /// The type code of the attribute in question, where it is about one.
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

/// What an UPDATE's octets mean.
package struct DecodedUpdate: Hashable, Sendable {
    package var update: UpdateMessage
    /// The routes of MP_REACH_NLRI when the same UPDATE also announces IPv4 in the classic field: they have another next hop.
    ///
    /// Rare: RFC 7606 section 5.1 forbids to send it, and obliges to understand it.
    package var multiprotocolUpdate: UpdateMessage?
    /// What RFC 7606 was applied to; empty for a sound message.
    package var findings: [UpdateFinding]

    package init(update: UpdateMessage, multiprotocolUpdate: UpdateMessage? = nil, findings: [UpdateFinding] = []) {
        self.update = update
        self.multiprotocolUpdate = multiprotocolUpdate
        self.findings = findings
    }
}
