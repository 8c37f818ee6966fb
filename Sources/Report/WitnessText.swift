// SPDX-License-Identifier: MIT-0
import Measurement

extension Witness.Kind {
    var words: String {
        switch self {
        case .prober: "the second prober"
        case .packets: "packets in the router"
        }
    }
}

/// What others than the prober saw of the outage.
struct WitnessText {
    let witnesses: [Witness]

    func write(into text: inout LabelledText) {
        for (index, witness) in witnesses.enumerated() {
            let bracket =
                witness.outage.upper.map { "\(witness.outage.lower.fixed(1)) to \($0.fixed(1)) ms" }
                ?? "at least \(witness.outage.lower.fixed(1)) ms"
            text.add(
                index == 0 ? "witnesses" : "",
                "\(witness.kind.words): \(bracket), \(witness.lostCount) of \(counted(witness.sentCount, "probe")) lost;"
                    + " \(witness.agrees ? "agrees" : "DISAGREES")")
        }
    }

    /// Of several trials: in how many all agree.
    static func write(_ trials: [Trial], into text: inout LabelledText) {
        let witnessed = trials.compactMap(\.witnesses)
        guard !witnessed.isEmpty else { return }
        let agreeing = witnessed.count { $0.allSatisfy(\.agrees) }
        text.add("witnesses", "agree in \(agreeing) of \(counted(witnessed.count, "trial"))")
    }
}
