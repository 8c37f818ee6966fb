// SPDX-License-Identifier: MIT-0

/// What a fault is called on the command line, in scripts and in results: `kill`, `power-off`.
///
/// A name stands for one `FaultDescription`. Each is declared in the file of its family, below `Families/`.
package struct FaultName: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    /// Nil for a word that names no fault.
    package init?(rawValue: String) {
        guard FaultDescription.byName[rawValue] != nil else { return nil }
        self.rawValue = rawValue
    }

    /// The name of a fault that its family is about to describe.
    init(describing rawValue: String) {
        self.rawValue = rawValue
    }

    /// Everything about the fault.
    package var description: FaultDescription {
        guard let description = FaultDescription.byName[rawValue] else {
            preconditionFailure("no family of faults describes '\(rawValue)'")
        }
        return description
    }
}

extension FaultName: CaseIterable {
    /// Every fault, in the order in which lists show them.
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
