// SPDX-License-Identifier: MIT-0
internal import Measurement
internal import Report

/// One figure, measured round by round, and the same for a peer if there is one.
struct Comparison: Encodable {
    struct Side: Encodable {
        var name: String
        var samples: [Double]
        var summary: Summary?

        init(_ name: String, _ samples: [Double]) {
            self.name = name
            self.samples = samples
            summary = Summary.of(samples)
        }
    }

    var name: String
    var unit: String
    var rslab: Side
    var peer: Side?
    /// rslab's median divided by the peer's; nil without a peer, or if its median is 0.
    var ratio: Double?
    /// The goal for the ratio or the figure, in words.
    var target: String?

    init(_ name: String, unit: String, rslab: [Double], peer: Side? = nil, target: String? = nil) {
        self.name = name
        self.unit = unit
        self.rslab = Side("rslab", rslab)
        self.peer = peer
        self.target = target
        if let own = self.rslab.summary?.median, let other = peer?.summary?.median, other != 0 {
            ratio = own / other
        }
    }
}

extension [Comparison] {
    /// One line per figure: the medians, and the range of the rounds.
    func text(_ style: Style) -> String {
        var table = TextTable(
            [
                .init("figure"), .init("unit"), .init("rslab", .right), .init("min to max", .right), .init("peer"),
                .init("median", .right), .init("min to max", .right), .init("ratio", .right), .init("target"),
            ], maximumWidth: 160)
        for comparison in self {
            let (own, other) = (comparison.rslab.summary, comparison.peer?.summary)
            table.addRow([
                .init(comparison.name), .init(comparison.unit),
                .init(own.map { Self.short($0.median) } ?? "-", .strong),
                .init(own.map(Self.range) ?? ""), .init(comparison.peer?.name ?? ""),
                .init(other.map { Self.short($0.median) } ?? ""), .init(other.map(Self.range) ?? ""),
                .init(comparison.ratio.map(Self.short) ?? ""), .init(comparison.target ?? ""),
            ])
        }
        return table.render(style)
    }

    private static func range(_ summary: Summary) -> String {
        "\(short(summary.minimum)) to \(short(summary.maximum))"
    }

    /// Three significant digits, or all digits of a whole number.
    private static func short(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        var scale = 1.0
        while value.magnitude * scale < 100, scale < 1e6 { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}
