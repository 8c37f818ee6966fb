// SPDX-License-Identifier: MIT-0
internal import WireFormat

/// Logs at most one line a second about refused packets: a sender of rubbish must not fill the log.
struct RefusalLog {
    private static let interval = Duration.seconds(1)

    private var quietUntil = Instant.zero
    private var untoldCount = 0

    /// Logs the text, or counts it if one was just logged.
    mutating func note(at now: Instant, _ text: () -> String) {
        guard now >= quietUntil else {
            untoldCount += 1
            return
        }
        log(text() + (untoldCount > 0 ? "; \(untoldCount) more before it" : ""))
        untoldCount = 0
        quietUntil = now + Self.interval
    }
}
