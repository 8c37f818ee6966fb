// SPDX-License-Identifier: MIT-0
internal import FoundationEssentials

/// Values as the JSON that every verb prints.
package enum JSONText {
    /// Keys in order, one a line; with the last line end.
    package static func render(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
        } catch {
            // Only a number that JSON does not have (NaN) fails here, and no result has one.
            preconditionFailure("a result that JSON cannot hold: \(error)")
        }
    }
}
