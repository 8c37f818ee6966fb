// SPDX-License-Identifier: MIT-0
package import SourceText

/// A gobgpd.conf, or what is announced beside it, that no speaker can be started with.
package struct ConfigurationError: SourceError {
    package static let conclusion = "a speaker's configuration is wrong"
    package var findings: [Finding]

    package init(findings: [Finding]) {
        self.findings = findings
    }
}
