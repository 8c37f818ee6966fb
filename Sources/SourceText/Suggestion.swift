// SPDX-License-Identifier: MIT-0

/// "; did you mean 'X'?" for the candidate closest to a misspelt word; empty if none is close.
package func suggestion(for word: String, among candidates: some Sequence<String>) -> String {
    guard let best = nearest(to: word, among: candidates) else { return "" }
    return "; did you mean '\(best)'?"
}

/// The candidate with the fewest edits from the word, ignoring case, if at most a third of its letters differ.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().utf8.prefix(80))
    let limit = max(1, letters.count / 3)
    var best: (distance: Int, candidate: String)?
    for candidate in candidates.sorted() {
        let distance = editDistance(letters, Array(candidate.lowercased().utf8))
        if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.candidate
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
///
/// This is the optimal string alignment distance: no part is edited twice.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            let replaced = previous[column] + (letter == other ? 0 : 1)
            var best = min(replaced, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, letter == right[column - 1], other == left[row - 1] {
                best = min(best, beforePrevious[column - 1] + 1)
            }
            current.append(best)
        }
        beforePrevious = previous
        previous = current
    }
    return previous.last ?? 0
}
