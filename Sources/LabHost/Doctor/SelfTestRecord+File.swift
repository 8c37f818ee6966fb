// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LinuxSystem
package import Measurement
internal import NodeProtocol

extension SelfTestRecord {
    /// `$XDG_STATE_HOME/rslab/self-test.json`, by default in `~/.local/state`; nil without a home.
    package static var path: String? {
        func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let state = variable("XDG_STATE_HOME") ?? variable("HOME").map { "\($0)/.local/state" }
        return state.map { "\($0)/rslab/self-test.json" }
    }

    /// That of the last self-test of this user; nil if there was none, or it cannot be read.
    package static func last() -> SelfTestRecord? {
        // A record of another version, or a damaged one, says as little as none.
        guard let path, let text = try? readTextFile(path) else { return nil }
        return try? JSON.decode(SelfTestRecord.self, from: Array(text.utf8))
    }

    /// Writes it, in directories that are made if they are missing.
    ///
    /// Under sudo, HOME may be the caller's: what is made there belongs to whom the directory above belongs to.
    package func save() throws(SystemError) {
        guard let path = Self.path else { return }
        var owner: FileOwner?
        let parts = path.split(separator: "/").dropLast()
        for count in parts.indices {
            let directory = "/" + parts[...count].joined(separator: "/")
            try makeResultDirectory(directory, owner: owner)
            owner = FileOwner(of: directory)
        }
        try replaceFile(path, with: JSON.encode(self))
        try owner?.take(path)
    }

    /// For `doctor`.
    static func check(now: Int64) -> HostCheck {
        guard let last = last() else {
            return HostCheck("self-test", .note, "never run here: 'rslab self-test' shows that errors are reported")
        }
        let days = max(0, now - last.realTime) / 86_400_000_000_000
        let age = days == 0 ? "within the last day" : days == 1 ? "a day ago" : "\(days) days ago"
        let result = "caught \(last.caughtCount) of \(last.plantedCount), \(age), by rslab \(last.version)"
        return last.missed.isEmpty
            ? HostCheck("self-test", .ok, result)
            : HostCheck(
                "self-test", .warning, "\(result); not \(last.missed.joined(separator: ", "))",
                advice: "run 'rslab self-test' again while nothing else runs")
    }
}
