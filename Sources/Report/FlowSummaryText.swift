// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

/// A run's summary of its flows, if there are several, and of the prefixes announced for it.
struct FlowSummaryText {
    let summary: RunSummary

    func write(into text: inout LabelledText) {
        if let flows = summary.flows {
            text.addBlankLine()
            text.add(Self.table(of: flows))
        }
        if let prefixes = summary.prefixes {
            text.addBlankLine()
            text.add(Self.table(of: prefixes))
        }
    }

    private static func table(of flows: [FlowSummary]) -> TextTable {
        var table = TextTable(
            [
                .init("flow"), .init("n", .right), .init("outage, median", .right), .init("upper end, max", .right),
                .init("lost", .right), .init("convergence, median", .right), .init("max", .right),
            ], maximumWidth: LabelledText.maximumWidth)
        for flow in flows {
            let name = flow.direction == .inward ? flow.node : "\(flow.prefix.address)"
            table.addRow([
                .init("\(name) > \(flow.destination)"), .init("\(flow.outage?.count ?? 0)"),
                .init(fixed(flow.outage?.median), .strong), .init(fixed(flow.outageUpper?.maximum)),
                .init("\(flow.lostCount)"), .init(fixed(flow.convergence?.median), .strong),
                .init(fixed(flow.convergence?.maximum)),
            ])
        }
        return table
    }

    private static func table(of prefixes: PrefixSummary) -> TextTable {
        var table = TextTable(
            [
                .init("\(prefixes.count) prefixes, ms"), .init("n", .right), .init("min", .right),
                .init("median", .right), .init("max", .right),
            ], maximumWidth: LabelledText.maximumWidth)
        let rows: [(String, Summary?)] = [
            ("first route, control plane", prefixes.firstRoute), ("full convergence, control plane", prefixes.full),
            ("first sample, by probes", prefixes.firstSample), ("last sample, by probes", prefixes.lastSample),
            ("replacement of all routes", prefixes.replacement), ("routes a second", prefixes.routesPerSecond),
        ]
        for (name, summary) in rows {
            table.addRow([
                .init(name), .init("\(summary?.count ?? 0)"), .init(fixed(summary?.minimum)),
                .init(fixed(summary?.median), .strong), .init(fixed(summary?.maximum)),
            ])
        }
        return table
    }
}
