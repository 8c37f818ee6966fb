// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Report

/// The format of printed results.
struct FormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How to print the result: \(ReportFormats.names.joined(separator: " or ")); with --json, json.",
            valueName: "FORMAT"))
    var format: ReportFormatArgument?
}

/// A report format by its name.
struct ReportFormatArgument: ExpressibleByArgument {
    let type: any ReportFormat.Type

    init?(argument: String) {
        guard let type = ReportFormats.named(argument) else { return nil }
        self.type = type
    }

    static var allValueStrings: [String] { ReportFormats.names }
}
