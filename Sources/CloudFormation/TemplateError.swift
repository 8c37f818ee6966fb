// SPDX-License-Identifier: MIT-0
package import SourceText

/// A template that cannot be deployed.
package struct TemplateError: SourceError {
    package static let conclusion = "the template cannot be deployed"
    package var findings: [Finding]

    package init(findings: [Finding]) {
        self.findings = findings
    }
}
