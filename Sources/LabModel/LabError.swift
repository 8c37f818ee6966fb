// SPDX-License-Identifier: MIT-0

/// Why something with a lab failed, and what to do next, in one sentence each.
package struct LabError: Error, Hashable, Sendable, CustomStringConvertible {
    package var problem: String
    package var advice: String?

    package init(_ problem: String, advice: String? = nil) {
        self.problem = problem
        self.advice = advice
    }

    package var description: String {
        guard let advice else { return problem }
        return "\(problem); \(advice)"
    }
}
