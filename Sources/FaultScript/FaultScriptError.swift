// SPDX-License-Identifier: MIT-0
package import SourceText

/// A script of faults that cannot be carried out.
package struct FaultScriptError: SourceError {
    package static let conclusion = "the script cannot be carried out"
    package var findings: [Finding]

    package init(findings: [Finding]) {
        self.findings = findings
    }
}
