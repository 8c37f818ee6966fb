// SPDX-License-Identifier: MIT-0

/// How long the remaining trials will take, estimated from finished trials, and before that from guesses.
package struct TimeLeft: Sendable {
    private struct Part {
        var guess: Duration
        var count = 0
        var total = Duration.zero
    }

    private var parts: [Part]

    /// Takes one guess of a trial's length for each combination of settings.
    package init(guesses: [Duration]) {
        parts = guesses.map { Part(guess: $0) }
    }

    /// Records how long a trial of a combination took, including everything around it.
    package mutating func record(_ duration: Duration, of combination: Int) {
        parts[combination].count += 1
        parts[combination].total += duration
    }

    /// The length of a trial of a combination: the mean of those finished, or else its guess, corrected by the error of
    /// the other combinations' guesses.
    package func perTrial(of combination: Int) -> Duration {
        let part = parts[combination]
        guard part.count == 0 else { return part.total / part.count }
        let measured = parts.reduce(Duration.zero) { $0 + $1.total }
        let guessed = parts.reduce(Duration.zero) { $0 + $1.guess * $1.count }
        guard guessed > .zero, measured > .zero else { return part.guess }
        return part.guess * (measured / guessed)
    }

    /// The time until the last trial is done.
    ///
    /// - Parameters:
    ///   - counts: how many trials each combination still needs, including the current one
    ///   - current: the combination being measured, and for how long already
    package func left(_ counts: [Int], current: (combination: Int, elapsed: Duration)?) -> Duration {
        var left = counts.enumerated().reduce(Duration.zero) { $0 + perTrial(of: $1.offset) * $1.element }
        if let current {
            left -= min(current.elapsed, perTrial(of: current.combination))
        }
        return max(left, .zero)
    }
}
