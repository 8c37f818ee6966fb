// SPDX-License-Identifier: MIT-0
package import Measurement

/// Results as text for a terminal: the answer in three lines, then the reasons.
///
/// At most 100 columns, and no more than the terminal has.
package struct TextReport: Sendable {
    package var style: Style
    /// The columns of the terminal; nil without one.
    package var width: Int?

    package init(style: Style, width: Int? = nil) {
        self.style = style
        self.width = width
    }

    package func render(_ trial: Trial) -> String {
        var text = LabelledText(style: style, width: width)
        TrialText(trial: trial).write(into: &text)
        return text.text
    }

    package func render(_ run: Run) -> String {
        var text = LabelledText(style: style, width: width)
        RunText(run: run).write(into: &text)
        return text.text
    }

    package func render(_ sweep: Sweep) -> String {
        var text = LabelledText(style: style, width: width)
        SweepText(sweep: sweep).write(into: &text)
        return text.text
    }

    /// Whether the run met its budgets; empty without a budget.
    package func renderBudgets(of run: Run) -> String {
        var text = LabelledText(style: style, width: width)
        RunText.writeBudgets(of: run, into: &text)
        return text.text
    }

    /// Only the timeline.
    package func render(_ timeline: Timeline) -> String {
        var text = LabelledText(style: style, width: width)
        TimelineText(timeline: timeline).write(into: &text)
        return text.text
    }

    static func bracketNote(of trial: Trial?) -> String {
        "\(bracketNote) \(trial?.isPredicted ?? true ? convergenceNote : sequenceNote)"
    }

    private static let bracketNote =
        "A bracket: probes see connectivity only at the instants they are sent. The lower end is last lost send -"
        + " first lost send (0 for a single lost probe), the upper end is first good send after - last good send"
        + " before; the true value lies between, and the figure in front is the middle. 'Loss-derived' is the lost"
        + " probes, each times the interval to the next (RFC 6412 section 3.6.5)."

    private static let convergenceNote =
        "Convergence is from just before the fault to the standby's first reply, by the kernel's receive stamp; it is not 0"
        + " when nothing is lost."

    private static let sequenceNote =
        "The outage of a sequence is its longest loss period from the first fault until everything was as before, restores"
        + " included. The fail-back is counted from the last restore."
}
