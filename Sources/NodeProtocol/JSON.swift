// SPDX-License-Identifier: MIT-0
internal import FoundationEssentials

/// Values as JSON octets, the one form in which rslab's programs talk.
package enum JSON {
    /// One line without a line's end; keys in order, so that equal values give equal octets.
    package static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            // Only a number that JSON does not have (NaN) fails here, and no value of ours has one.
            preconditionFailure("a value that JSON cannot hold: \(error)")
        }
    }

    /// The value in these octets.
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
