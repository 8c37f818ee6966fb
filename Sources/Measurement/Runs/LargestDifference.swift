// SPDX-License-Identifier: MIT-0

/// The figure whose medians differ most between the runs of a comparison, by their ratio.
package struct LargestDifference: Hashable, Sendable {
    /// One run's median, in milliseconds.
    package struct End: Hashable, Sendable {
        /// The run's place in the comparison.
        package var index: Int
        package var median: Double

        package init(index: Int, median: Double) {
            self.index = index
            self.median = median
        }
    }

    /// The figure's name, as reports have it.
    package var figure: String
    package var least: End
    package var greatest: End

    /// Below this a difference is not worth a line.
    private static let leastRatio = 1.5
    /// In milliseconds: figures below it are compared as if they were this long, since a ratio of two near-zero times
    /// says nothing.
    private static let floor = 1.0

    /// Nil if no figure differs by half, or there is only one run.
    package init?(among runs: [RunSummary]) {
        let figures: [(name: String, value: (RunSummary) -> Summary?)] = [
            ("outage", \.outage), ("all outages of a trial", \.outageTotal), ("convergence", \.convergence),
            ("detection", \.detection), ("fail-back", \.failBack), ("outage of the fail-back", \.failBackOutageUpper),
            ("TCP stall", \.tcpStall), ("UDP stall", \.udpStall),
        ]
        let differences = figures.compactMap { figure -> (LargestDifference, ratio: Double)? in
            let ends = runs.indices.compactMap { index in
                figure.value(runs[index]).map { End(index: index, median: $0.median) }
            }
            guard let least = ends.min(by: { $0.median < $1.median }),
                let greatest = ends.max(by: { $0.median < $1.median })
            else { return nil }
            let ratio = max(greatest.median, Self.floor) / max(least.median, Self.floor)
            return (LargestDifference(figure: figure.name, least: least, greatest: greatest), ratio)
        }
        guard let widest = differences.max(by: { $0.ratio < $1.ratio }), widest.ratio >= Self.leastRatio else {
            return nil
        }
        self = widest.0
    }

    private init(figure: String, least: End, greatest: End) {
        self.figure = figure
        self.least = least
        self.greatest = greatest
    }
}
