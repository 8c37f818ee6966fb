// SPDX-License-Identifier: MIT-0
internal import WireFormat

/// Logs at most one line a second about refused packets: a sender of rubbish must not fill the log.
struct RefusalLog {
    private var limit = RateLimit(perSecond: 1, atOnce: 1)

    /// Logs the text, or counts it if one was just logged.
    mutating func note(at now: Instant, _ text: () -> String) {
        if limit.admits(at: now) { log(text()) }
    }

    /// Logs how many were only counted.
    mutating func tellCount() {
        let count = limit.takeSuppressedCount()
        if count > 0 { log("\(count) more packets were refused") }
    }
}
