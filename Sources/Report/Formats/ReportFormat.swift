// SPDX-License-Identifier: MIT-0
package import Measurement

/// A form in which what was measured is written out, each in a file of its own beside this one.
///
/// To add one, write its type and name it in `ReportFormats.all`.
package protocol ReportFormat: Sendable {
    /// What `failover --format` calls it.
    static var name: String { get }

    /// `style` is that of where the text goes; only text for a terminal takes notice.
    init(style: Style)

    /// The whole document, with its last line end; empty where there is nothing to report.
    func render(_ run: Run) -> String
    /// The whole document, with its last line end; empty where there is nothing to report.
    func render(_ sweep: Sweep) -> String
}

/// The formats that there are.
package enum ReportFormats {
    package static let all: [any ReportFormat.Type] = [TextFormat.self, JSONFormat.self]

    package static var names: [String] { all.map { $0.name } }

    package static func named(_ name: String) -> (any ReportFormat.Type)? {
        all.first { $0.name == name }
    }
}
