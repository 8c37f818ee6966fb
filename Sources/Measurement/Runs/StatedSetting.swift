// SPDX-License-Identifier: MIT-0

/// A setting that figures depend on, with the origin of its value.
package struct StatedSetting: Hashable, Sendable, Codable {
    package enum Basis: String, Hashable, Sendable, Codable, CaseIterable {
        /// AWS documents it.
        case documented
        /// AWS does not publish it; this is rslab's assumption.
        case assumed
        /// The template sets it.
        case template
        /// A command-line option sets it.
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

    /// For display: "hold time of the endpoints: 90 s (assumed)".
    package var text: String { "\(name): \(value) (\(basis == .asked ? "asked for" : basis.rawValue))" }
}
