// SPDX-License-Identifier: MIT-0
package import LabModel
package import LinuxSystem

extension LabError {
    /// A kernel error, with a description of what was being done.
    package init(_ problem: String, because error: SystemError, advice: String? = nil) {
        self.init("\(problem): \(error)", advice: advice)
    }
}
