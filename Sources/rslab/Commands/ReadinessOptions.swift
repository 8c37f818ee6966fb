// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import WireFormat

/// How long to wait for a lab.
struct ReadinessOptions: ParsableArguments {
    @Option(help: .time("How long the lab may take to be ready; 60s by default.", numberIn: .seconds))
    var timeout: TimeArgument<InSeconds>?

    /// Those of these options that were given.
    var given: [String] { timeout == nil ? [] : ["--timeout"] }

    func validate() throws {
        try timeout?.checkTimeout()
    }
}
