// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement
internal import WireFormat

/// Which flows a failover is measured by.
struct FlowOptions: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Probe from this instance; by default the lab's test host. Repeatable; the first is the primary source.",
            valueName: "NODE"))
    var sources: [String] = []
    @Option(
        name: .customLong("floating-ip"),
        help: ArgumentHelp(
            "Probe this floating IP; by default all of the lab's. Repeatable; the instance that is active for the"
                + " first is the one that fails.", valueName: "ADDRESS"))
    var floatingAddresses: [IPAddress] = []
    @Flag(
        help: "Also probe outward: from each floating IP, on every instance that has it, to the test host.")
    var outward = false
    @Option(
        help: ArgumentHelp(
            "Have every speaker announce N more /32s, of 198.18.0.0/15, for the run; up to \(PrefixBlock.maximumCount).",
            valueName: "N"))
    var prefixes: Int?
    @Option(
        help: ArgumentHelp(
            "How many of --prefixes to probe, spread over them; by default \(FlowSettings.usualSampleCount).",
            valueName: "N"))
    var samples: Int?
    @Flag(
        help: "Also report when each of --prefixes moved, not only the first, the last and quantiles.")
    var everyPrefix = false

    /// Whether any of these options was given.
    var isGiven: Bool {
        !sources.isEmpty || !floatingAddresses.isEmpty || outward || prefixes != nil || samples != nil || everyPrefix
    }

    /// The limit of --samples: each sample is a flow of its own in the result.
    private static let sampleCountMax = 1_000

    func validate() throws {
        for (option, values) in [("--from", sources), ("--floating-ip", floatingAddresses.map(\.description))]
        where Set(values).count < values.count {
            throw ValidationError("\(option) names the same value twice")
        }
        if let prefixes, PrefixBlock(count: prefixes) == nil {
            throw ValidationError("--prefixes takes 1 to \(PrefixBlock.maximumCount)")
        }
        guard prefixes != nil || (samples == nil && !everyPrefix) else {
            throw ValidationError("--samples and --every-prefix are for --prefixes")
        }
        if let samples, !(0...Self.sampleCountMax).contains(samples) || samples > prefixes ?? 0 {
            throw ValidationError("--samples takes 0 to \(Self.sampleCountMax), and no more than there are prefixes")
        }
    }

    var settings: FlowSettings {
        FlowSettings(
            sources: sources, floatingAddresses: floatingAddresses, isOutward: outward, prefixCount: prefixes ?? 0,
            sampleCount: samples ?? FlowSettings.usualSampleCount, keepsEveryPrefix: everyPrefix)
    }
}

extension IPAddress: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
