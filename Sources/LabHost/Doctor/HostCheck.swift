// SPDX-License-Identifier: MIT-0

/// One check of this machine, and what it means for a lab.
package struct HostCheck: Hashable, Sendable, Encodable {
    package enum Verdict: String, Hashable, Sendable, Encodable, CaseIterable {
        /// As it should be.
        case ok
        /// Nothing wrong, but worth knowing.
        case note
        /// A lab can be built, but measures less well, or there are remains to remove.
        case warning
        /// No lab can be built.
        case failed
    }

    package var name: String
    package var verdict: Verdict
    /// The finding, in words.
    package var finding: String
    /// What to do about it; nil if there is nothing to do.
    package var advice: String?

    package init(_ name: String, _ verdict: Verdict, _ finding: String, advice: String? = nil) {
        self.name = name
        self.verdict = verdict
        self.finding = finding
        self.advice = advice
    }
}

extension [HostCheck] {
    /// Whether a lab can be built with these findings.
    package var allowLab: Bool { !contains { $0.verdict == .failed } }
}
