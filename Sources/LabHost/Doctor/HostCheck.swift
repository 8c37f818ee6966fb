// SPDX-License-Identifier: MIT-0

/// One thing that was looked at on this machine, and what it means for a lab.
package struct HostCheck: Hashable, Sendable, Encodable {
    package enum Verdict: String, Hashable, Sendable, Encodable, CaseIterable {
        /// As it should be.
        case ok
        /// Nothing wrong, but worth knowing.
        case note
        /// A lab can be built, but measures less well, or something is left to clear away.
        case warning
        /// No lab can be built.
        case failed
    }

    package var name: String
    package var verdict: Verdict
    /// What was found, in words.
    package var finding: String
    /// What to do about it; nil where there is nothing to do.
    package var advice: String?

    package init(_ name: String, _ verdict: Verdict, _ finding: String, advice: String? = nil) {
        self.name = name
        self.verdict = verdict
        self.finding = finding
        self.advice = advice
    }
}

extension [HostCheck] {
    /// Whether a lab can be built where these were found.
    package var allowLab: Bool { !contains { $0.verdict == .failed } }
}
