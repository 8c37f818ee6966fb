// SPDX-License-Identifier: MIT-0

/// A fault or restore that was carried out, with its actual instants.
package struct PlayedStep: Hashable, Sendable, Codable {
    /// Its planned time, from the beginning of the sequence; nil if the trial decided when.
    package var planned: Milliseconds?
    /// "blackhole on instance-rs-az1", "kill on instance-rs-az2 taken back".
    package var text: String
    package var instants: EventInstants

    package init(planned: Milliseconds?, text: String, instants: EventInstants) {
        self.planned = planned
        self.text = text
        self.instants = instants
    }

    private enum CodingKeys: String, CodingKey {
        case text, instants
        case planned = "planned_ms"
    }
}
