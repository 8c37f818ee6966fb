// SPDX-License-Identifier: MIT-0
internal import WireFormat

/// One line a second at most about what is refused: somebody who sends rubbish must not fill a log with it.
struct RefusalLog {
    private static let interval = Duration.seconds(1)

    private var quietUntil = Instant.zero
    private var untoldCount = 0

    /// Logs the text, or counts it if there was one just now.
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
