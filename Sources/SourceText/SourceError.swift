// SPDX-License-Identifier: MIT-0

/// A file that cannot be used, with everything that was found in it.
package protocol SourceError: Error, Hashable, CustomStringConvertible {
    /// In the order of the text; at least one of them is an error, and warnings may be among them.
    var findings: [Finding] { get }
    /// The consequence, a sentence without its full stop, such as "the template cannot be deployed".
    static var conclusion: String { get }
}

extension SourceError {
    package var description: String {
        findings.map(\.description).joined(separator: "\n")
    }
}
