// SPDX-License-Identifier: MIT-0

/// Something of a sequence that was done, with the instants at which it really was.
package struct PlayedStep: Hashable, Sendable, Codable {
    /// When it was to be done, from the beginning of the sequence; nil where the trial decided.
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
