// SPDX-License-Identifier: MIT-0

/// A setting that a figure or an answer rests on, with where its value is from.
package struct StatedSetting: Hashable, Sendable, Codable {
    package enum Basis: String, Hashable, Sendable, Codable, CaseIterable {
        /// AWS documents it.
        case documented
        /// AWS does not publish it: what rslab takes for it.
        case assumed
        /// The template says so.
        case template
        /// An option on the command line says so.
        case asked = "asked-for"
    }

    package var name: String
    package var value: String
    package var basis: Basis

    package init(_ name: String, _ value: String, _ basis: Basis) {
        self.name = name
        self.value = value
        self.basis = basis
    }

    /// For people: "hold time of the endpoints: 90 s (assumed)".
    package var text: String { "\(name): \(value) (\(basis == .asked ? "asked for" : basis.rawValue))" }
}
