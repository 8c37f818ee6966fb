// SPDX-License-Identifier: MIT-0
import Measurement

/// "outage +- 1 ms (probe interval)": the bound of each figure's error, and where it comes from.
struct UncertaintyText {
    let uncertainty: TrialUncertainty

    func write(into text: inout LabelledText) {
        let figures = [
            ("outage", uncertainty.outage), ("convergence", uncertainty.convergence),
            ("detection", uncertainty.detection),
        ]
        var label = "uncertainty"
        for (name, some) in figures {
            guard let some else { continue }
            // What rounds to nothing is left to the JSON.
            let terms = some.terms.filter { $0.bound >= Milliseconds(0.0005) }.map {
                "\($0.source.words) \($0.bound.short)"
            }.joined(separator: ", ")
            text.add(label, "\(name) +- \(some.total.short)\(terms.isEmpty ? "" : ": \(terms)")")
            label = ""
        }
    }
}

extension Uncertainty.Source {
    fileprivate var words: String {
        switch self {
        case .probeInterval: "time between probes"
        case .lateness: "late probes"
        case .fault: "time that the fault took"
        case .wakeUp: "late wake-up of the route server"
        case .clocks: "two clocks"
        }
    }
}
