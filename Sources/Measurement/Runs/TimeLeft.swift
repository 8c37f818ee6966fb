// SPDX-License-Identifier: MIT-0

/// How long trials that are yet to come will take, from those that were and, before, from what was guessed.
package struct TimeLeft: Sendable {
    private struct Part {
        var guess: Duration
        var count = 0
        var total = Duration.zero
    }

    private var parts: [Part]

    /// One guess of a trial's length for each combination of settings.
    package init(guesses: [Duration]) {
        parts = guesses.map { Part(guess: $0) }
    }

    /// A trial of a combination took so long, with all that had to be done for it.
    package mutating func record(_ duration: Duration, of combination: Int) {
        parts[combination].count += 1
        parts[combination].total += duration
    }

    /// What a trial of a combination takes: the mean of those there were, or else its guess, corrected by how far the guesses
    /// of the others were off.
    package func perTrial(of combination: Int) -> Duration {
        let part = parts[combination]
        guard part.count == 0 else { return part.total / part.count }
        let measured = parts.reduce(Duration.zero) { $0 + $1.total }
        let guessed = parts.reduce(Duration.zero) { $0 + $1.guess * $1.count }
        guard guessed > .zero, measured > .zero else { return part.guess }
        return part.guess * (measured / guessed)
    }

    /// The time until the last of them is done.
    ///
    /// - Parameters:
    ///   - counts: how many trials each combination is yet to have, the one under way included
    ///   - current: which combination is being measured, and for how long already
    package func left(_ counts: [Int], current: (combination: Int, elapsed: Duration)?) -> Duration {
        var left = counts.enumerated().reduce(Duration.zero) { $0 + perTrial(of: $1.offset) * $1.element }
        if let current {
            left -= min(current.elapsed, perTrial(of: current.combination))
        }
        return max(left, .zero)
    }
}
