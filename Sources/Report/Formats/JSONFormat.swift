// SPDX-License-Identifier: MIT-0
package import Measurement

/// Everything known about a run or a sweep, for programs; `rslab schema run` and `rslab schema sweep` describe it.
package struct JSONFormat: ReportFormat {
    package static let name = "json"

    package init(style _: Style, width _: Int?) {}

    package func render(_ run: Run) -> String { JSONText.render(run) }

    package func render(_ sweep: Sweep) -> String { JSONText.render(sweep) }
}
