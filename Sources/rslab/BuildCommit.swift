// SPDX-License-Identifier: MIT-0
internal import CBuild

/// What this program was built from.
enum BuildCommit {
    /// Nil if it was not built in a repository.
    static let text: String? = {
        let text = String(cString: rslab_commit())
        return text.isEmpty ? nil : text
    }()
}
