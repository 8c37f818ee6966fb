// SPDX-License-Identifier: MIT-0
internal import ArgumentParser

/// What is written besides the report, and what is measured again.
struct ResultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write every probe of every trial to a file, as comma-separated values: when it was sent, what became of it, when"
                + " and by whom it was answered.", valueName: "FILE.csv"))
    var samplesOut: String?
    @Option(
        help: ArgumentHelp(
            "Fill a new or empty directory with everything that was measured: template, configurations, daemons' logs,"
                + " events, probes, and what passed the router around each fault (pcap).", valueName: "DIRECTORY"))
    var evidence: String?
    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp(
            "Measure again what a file of --measure --json contains: the same template, settings, faults, trials and"
                + " phases.", valueName: "FILE.json"))
    var repeated: String?

    /// Whether any of those that need --measure was given.
    var isGiven: Bool { samplesOut != nil || evidence != nil }
}
