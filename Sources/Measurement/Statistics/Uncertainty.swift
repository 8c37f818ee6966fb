// SPDX-License-Identifier: MIT-0

/// How far a figure may be from the truth, and why: each term is a bound, and bounds add up.
package struct Uncertainty: Hashable, Sendable, Codable {
    package enum Source: String, Hashable, Sendable, Codable, CaseIterable {
        /// Probes see connectivity only when they are sent.
        case probeInterval = "probe-interval"
        /// What probes that left late add to that.
        case lateness
        /// The fault took effect somewhere between its two stamps.
        case fault
        /// The observer was woken late.
        case wakeUp = "wake-up"
        /// The kernel stamps packets by another clock, and the two are read one after the other.
        case clocks
    }

    package struct Term: Hashable, Sendable, Codable {
        package var source: Source
        package var bound: Milliseconds

        private enum CodingKeys: String, CodingKey {
            case source
            case bound = "bound_ms"
        }
    }

    /// Those that are not zero, the largest first.
    package var terms: [Term]

    package var total: Milliseconds { terms.map(\.bound).reduce(.zero, +) }

    package init(_ bounds: [Source: Milliseconds]) {
        terms = bounds.filter { $0.value > .zero }.map { Term(source: $0.key, bound: $0.value) }
            .sorted { ($1.bound, $0.source.rawValue) < ($0.bound, $1.source.rawValue) }
    }

    private enum CodingKeys: String, CodingKey {
        case terms
        case total = "total_ms"
    }

    package init(from decoder: any Decoder) throws {
        terms = try decoder.container(keyedBy: CodingKeys.self).decode([Term].self, forKey: .terms)
    }

    /// Writes the sum too, for readers without this code.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(terms, forKey: .terms)
        try container.encode(total, forKey: .total)
    }
}
