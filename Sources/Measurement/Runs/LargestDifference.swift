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

    /// A figure of a run's summary.
    package enum Figure: Hashable, Sendable, CaseIterable {
        case outage, allOutages, convergence, detection, failBack, failBackOutage, tcpStall, udpStall

        fileprivate func summary(of run: RunSummary) -> Summary? {
            switch self {
            case .outage: run.outage
            case .allOutages: run.outageTotal
            case .convergence: run.convergence
            case .detection: run.detection
            case .failBack: run.failBack
            case .failBackOutage: run.failBackOutageUpper
            case .tcpStall: run.tcpStall
            case .udpStall: run.udpStall
            }
        }
    }

    package var figure: Figure
    package var least: End
    package var greatest: End

    /// Below this a difference is not worth a line.
    private static let leastRatio = 1.5
    /// In milliseconds: figures below it are compared as if they were this long, since a ratio of two near-zero times
    /// says nothing.
    private static let floor = 1.0

    /// Nil if no figure differs by half, or there is only one run.
    package init?(among runs: [RunSummary]) {
        let differences = Figure.allCases.compactMap { figure -> (LargestDifference, ratio: Double)? in
            let ends = runs.indices.compactMap { index in
                figure.summary(of: runs[index]).map { End(index: index, median: $0.median) }
            }
            guard let least = ends.min(by: { $0.median < $1.median }),
                let greatest = ends.max(by: { $0.median < $1.median })
            else { return nil }
            let ratio = max(greatest.median, Self.floor) / max(least.median, Self.floor)
            return (LargestDifference(figure: figure, least: least, greatest: greatest), ratio)
        }
        guard let widest = differences.max(by: { $0.ratio < $1.ratio }), widest.ratio >= Self.leastRatio else {
            return nil
        }
        self = widest.0
    }

    private init(figure: Figure, least: End, greatest: End) {
        self.figure = figure
        self.least = least
        self.greatest = greatest
    }
}
