// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement
internal import WireFormat

/// Which flows a failover is measured by.
struct FlowOptions: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Probe from this instance; the lab's test host unless told. Repeatable, the first is the primary one.",
            valueName: "NODE"))
    var sources: [String] = []
    @Option(
        name: .customLong("floating-ip"),
        help: ArgumentHelp(
            "Probe this floating IP; all that the lab has unless told. Repeatable; the instance that is active for the"
                + " first is the one that fails.", valueName: "ADDRESS"))
    var floatingAddresses: [IPAddress] = []

    /// Whether any of them was given.
    var isGiven: Bool { !sources.isEmpty || !floatingAddresses.isEmpty }

    func validate() throws {
        for (option, values) in [("--from", sources), ("--floating-ip", floatingAddresses.map(\.description))]
        where Set(values).count < values.count {
            throw ValidationError("\(option) names the same one twice")
        }
    }

    var settings: FlowSettings { FlowSettings(sources: sources, floatingAddresses: floatingAddresses) }
}

extension IPAddress: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
