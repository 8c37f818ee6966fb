// SPDX-License-Identifier: MIT-0
package import Measurement

/// A format for results, each in its own file next to this one.
///
/// To add one, write its type and name it in `ReportFormats.all`.
package protocol ReportFormat: Sendable {
    /// Its name for `failover --format`.
    static var name: String { get }

    /// `style` and `width` in columns are those of the destination; only text for a terminal uses them.
    init(style: Style, width: Int?)

    /// The whole document, with its last line end; empty if there is nothing to report.
    func render(_ run: Run) -> String
    /// The whole document, with its last line end; empty if there is nothing to report.
    func render(_ sweep: Sweep) -> String
}

/// The available formats.
package enum ReportFormats {
    package static let all: [any ReportFormat.Type] = [TextFormat.self, JSONFormat.self]

    package static var names: [String] { all.map { $0.name } }

    package static func named(_ name: String) -> (any ReportFormat.Type)? {
        all.first { $0.name == name }
    }
}
