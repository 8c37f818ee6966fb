// SPDX-License-Identifier: MIT-0
package import Measurement

/// A report for people at a terminal.
package struct TextFormat: ReportFormat {
    package static let name = "text"

    private let report: TextReport

    package init(style: Style, width: Int? = nil) {
        report = TextReport(style: style, width: width)
    }

    /// For a run of one trial, that trial; for a longer run, the summary.
    package func render(_ run: Run) -> String {
        guard let trial = run.trials.first else { return "" }
        let isSingle = run.ended.map { $0.maximum == 1 } ?? (run.trials.count == 1)
        let text = isSingle ? report.render(trial) + report.renderBudgets(of: run) : report.render(run)
        return text + report.render(run.environment.settings ?? [])
    }

    package func render(_ sweep: Sweep) -> String {
        guard sweep.trialCount > 0 else { return "" }
        // The differences between the labs are in the table.
        let settings = sweep.combinations.map { $0.run.environment.settings ?? [] }
        let common = settings.first?.filter { setting in settings.allSatisfy { $0.contains(setting) } }
        return report.render(sweep) + report.render(common ?? [])
    }
}
