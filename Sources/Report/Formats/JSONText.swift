// SPDX-License-Identifier: MIT-0
internal import FoundationEssentials

/// Values as the JSON that every verb prints.
package enum JSONText {
    /// Sorted keys, one per line; with the last line end.
    package static func render(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
        } catch {
            // This fails only for a number without a JSON form (NaN), which no result contains.
            preconditionFailure("a result that JSON cannot hold: \(error)")
        }
    }
}
