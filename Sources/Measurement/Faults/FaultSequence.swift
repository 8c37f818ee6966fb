// SPDX-License-Identifier: MIT-0

/// What is done to a lab, and when: one fault, or several in succession or at the same time.
package struct FaultSequence: Hashable, Sendable, Codable {
    /// What is done at one instant.
    package struct Step: Hashable, Sendable, Codable {
        /// From the beginning of the sequence.
        package var at: Milliseconds
        /// Nil for a step that only takes faults back.
        package var fault: FaultRequest?
        /// The target whose faults are taken back, or `all`; nil for a step that injects one.
        package var restore: String?

        package init(at: Milliseconds, fault: FaultRequest? = nil, restore: String? = nil) {
            self.at = at
            self.fault = fault
            self.restore = restore
        }

        /// How long the fault stays; nil to stay until it is taken back or the sequence ends.
        package var duration: Milliseconds? { fault.flatMap { $0.parameters.completed(for: $0.name).duration } }

        private enum CodingKeys: String, CodingKey {
            case fault, restore
            case at = "at_ms"
        }
    }

    /// In the order of their instants.
    package var steps: [Step]

    /// Takes steps in any order.
    package init(steps: [Step]) {
        self.steps = steps.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    /// One fault, which stays for its duration, or until its effect was followed.
    package init(_ fault: FaultRequest) {
        self.init(steps: [Step(at: .zero, fault: fault)])
    }

    /// The fault of a sequence that has no other: theory predicts its effects.
    ///
    /// It does not predict what several faults do to each other.
    package var single: FaultRequest? { steps.count == 1 ? steps[0].fault : nil }

    /// Whether there is one fault, which is restored once its effect was followed, and not after a duration.
    package var isTakenBackWhenFollowed: Bool { single != nil && steps[0].duration == nil }

    /// All faults, in the order of their instants.
    package var faults: [FaultRequest] { steps.compactMap(\.fault) }

    /// How much longer a round trip takes because of its faults: each delays both directions.
    package var addedRoundTrip: Milliseconds {
        faults.map { request in
            let parameters = request.parameters.completed(for: request.name)
            return ((parameters.delay ?? .zero) + (parameters.jitter ?? .zero)).times(2)
        }.reduce(.zero, +)
    }

    /// From the beginning to the last instant at which something is done.
    package var length: Milliseconds { deeds.last?.at ?? .zero }

    /// The target of a restore of all faults.
    package static let everything = "all"

    /// One action at an instant, with the step that it comes from.
    package struct Deed: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case inject(FaultRequest)
            /// The fault of the same step has reached its duration.
            case takeBack
            case restore(String)
        }

        package var at: Milliseconds
        package var step: Int
        package var kind: Kind

        package var isInjection: Bool {
            if case .inject = kind { true } else { false }
        }
    }

    /// All actions in order; at the same instant, faults end before others begin.
    package var deeds: [Deed] {
        var deeds: [Deed] = []
        for (number, step) in steps.enumerated() {
            if let fault = step.fault {
                deeds.append(Deed(at: step.at, step: number, kind: .inject(fault)))
                if let duration = step.duration {
                    deeds.append(Deed(at: step.at + duration, step: number, kind: .takeBack))
                }
            }
            if let restore = step.restore { deeds.append(Deed(at: step.at, step: number, kind: .restore(restore))) }
        }
        func rank(_ deed: Deed) -> Int { deed.isInjection ? 1 : 0 }
        return deeds.sorted { ($0.at, rank($0), $0.step) < ($1.at, rank($1), $1.step) }
    }
}
