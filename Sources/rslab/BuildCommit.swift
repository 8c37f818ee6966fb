// SPDX-License-Identifier: MIT-0
internal import CBuild

/// What this program was built from.
enum BuildCommit {
    /// The commit that was checked out when it was compiled; nil if that is not known.
    static let text = commit(head: String(cString: rslab_git_head()), main: String(cString: rslab_git_main()))

    /// `head` either names a branch, or has the commit itself (gitrepository-layout(5)).
    static func commit(head: String, main: String) -> String? {
        let lines = [head, main].map { $0.prefix { $0 != "\n" } }
        let text = lines[0] == "ref: refs/heads/main" ? lines[1] : lines[0]
        return text.count == 40 && text.allSatisfy(\.isHexDigit) ? String(text) : nil
    }
}
