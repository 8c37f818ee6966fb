// SPDX-License-Identifier: MIT-0
internal import FoundationEssentials

/// Values as JSON octets, the format of all messages between rslab's programs.
package enum JSON {
    /// One line without a line end; sorted keys.
    package static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            // This fails only for a number without a JSON form (NaN), which none of our values contains.
            preconditionFailure("a value that JSON cannot hold: \(error)")
        }
    }

    /// Decodes a value from its octets.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(JSONError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw JSONError(reason: "\(error)")
        }
    }
}

/// Octets that are not the expected JSON.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package var reason: String

    package var description: String { "not the expected JSON: \(reason)" }
}
