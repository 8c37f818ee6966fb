// SPDX-License-Identifier: MIT-0

/// A fault's name on the command line, in scripts and in results: `kill`, `power-off`.
///
/// Each name identifies one `FaultDescription`, declared in its family's file in `Families/`.
package struct FaultName: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    /// Nil if no fault has this name.
    package init?(rawValue: String) {
        guard FaultDescription.byName[rawValue] != nil else { return nil }
        self.rawValue = rawValue
    }

    /// The name of a fault, for the family that describes it.
    init(describing rawValue: String) {
        self.rawValue = rawValue
    }

    /// The fault's description.
    package var description: FaultDescription {
        guard let description = FaultDescription.byName[rawValue] else {
            preconditionFailure("no family of faults describes '\(rawValue)'")
        }
        return description
    }
}

extension FaultName: CaseIterable {
    /// All faults, in the order of lists.
    package static var allCases: [FaultName] { FaultDescription.all.map(\.name) }
}

extension FaultName: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let word = try container.decode(String.self)
        guard let name = FaultName(rawValue: word) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "unknown fault '\(word)'")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
