// SPDX-License-Identifier: MIT-0

/// An error in a received UPDATE that did not end the session (RFC 7606).
package struct UpdateFinding: Hashable, Sendable, CustomStringConvertible {
    /// What was done about it, mildest first (RFC 7606 section 2).
    package enum Approach: Hashable, Comparable, Sendable, CaseIterable {
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
        attributeType.map { "\(approach): attribute \($0): \(problem)" } ?? "\(approach): \(problem)"
    }
}

extension UpdateFinding.Approach: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ignored: "ignored"
        case .attributeDiscard: "attribute discarded"
        case .treatAsWithdraw: "treated as withdraw"
        }
    }
}

/// The errors of one UPDATE: the first ones in full, all of them as numbers.
///
/// A message of 4096 octets has room for more than a thousand.
package struct UpdateFindings: Hashable, Sendable {
    private static let listedCountMax = 4

    package private(set) var listed: [UpdateFinding] = []
    package private(set) var counts: [UpdateFinding.Approach: Int] = [:]

    package init(_ findings: [UpdateFinding] = []) {
        for finding in findings { note(finding.approach, attributeType: finding.attributeType, finding.problem) }
    }

    package var isEmpty: Bool { listed.isEmpty }
    package var count: Int { counts.values.reduce(0, +) }

    mutating func note(_ approach: UpdateFinding.Approach, attributeType: UInt8?, _ problem: String) {
        counts[approach, default: 0] += 1
        guard listed.count < Self.listedCountMax else { return }
        listed.append(UpdateFinding(approach, attributeType: attributeType, problem: problem))
    }

    /// The first in full, and how many of each kind there were if it is not the only one.
    package var text: String {
        guard let first = listed.first else { return "" }
        guard count > 1 else { return first.description }
        let kinds = UpdateFinding.Approach.allCases.compactMap { approach in
            counts[approach].map { "\($0) \(approach)" }
        }
        return "\(first); the first of \(count): \(kinds.joined(separator: ", "))"
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
    package var findings: UpdateFindings

    package init(
        update: UpdateMessage, multiprotocolUpdate: UpdateMessage? = nil, findings: UpdateFindings = UpdateFindings()
    ) {
        self.update = update
        self.multiprotocolUpdate = multiprotocolUpdate
        self.findings = findings
    }
}
