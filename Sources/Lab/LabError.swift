// SPDX-License-Identifier: MIT-0
package import LinuxSystem

/// Why something with a lab could not be done, and what to do next, in a sentence each.
package struct LabError: Error, Hashable, Sendable, CustomStringConvertible {
    package var problem: String
    package var advice: String?

    package init(_ problem: String, advice: String? = nil) {
        self.problem = problem
        self.advice = advice
    }

    /// A failure of the kernel's, put into the words of what was being done.
    package init(_ problem: String, because error: SystemError, advice: String? = nil) {
        self.init("\(problem): \(error)", advice: advice)
    }

    package var description: String {
        guard let advice else { return problem }
        return "\(problem); \(advice)"
    }
}
