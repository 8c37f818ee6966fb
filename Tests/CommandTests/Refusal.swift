// SPDX-License-Identifier: MIT-0
import ArgumentParser

/// Why words are refused as wrong usage by a verb, or by one of its groups of options; nil if they are accepted.
///
/// In a debug build, the parser checks all options of a verb several times whenever it parses words for it, or puts an
/// error into words, which takes up to a tenth of a second, and a process takes time as well. A group decides on its
/// options as its verb does; the error as such has the names and the values.
func refusal(of words: [String], by group: any ParsableArguments.Type) -> String? {
    do {
        _ = try group.parse(words)
        return nil
    } catch {
        return "\(error)"
    }
}
