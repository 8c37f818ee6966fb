// SPDX-License-Identifier: MIT-0

/// A system call that failed, as the shell reports it.
///
/// The text is from the kernel and the C library: it is for display, and no decision depends on it.
package struct SystemFailure: Hashable, Sendable, Codable {
    /// The errno; 0 if the failure has none.
    package var code: Int32
    /// What failed and how: "connect to 10.0.1.102: Connection refused".
    package var text: String

    package init(code: Int32, text: String) {
        self.code = code
        self.text = text
    }

    private enum CodingKeys: String, CodingKey {
        case code = "errno"
        case text
    }
}
