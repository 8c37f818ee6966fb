// SPDX-License-Identifier: MIT-0

/// How long AWS takes between a decision of the route server and its effect; zero by default.
///
/// AWS publishes no figure. Each preset is named after the observation that it comes from.
package struct ProgrammingDelays: Hashable, Sendable, Codable {
    /// From a new route in the FIB until it is written to the route tables.
    package var ribToTable: Duration
    /// In addition to `ribToTable` if the route in the tables is still usable: a better path has come, none was lost.
    package var failback: Duration
    /// From a change of the route server's settings until it takes effect: the time spent in `modifying`.
    package var modification: Duration

    package init(ribToTable: Duration = .zero, failback: Duration = .zero, modification: Duration = .zero) {
        self.ribToTable = ribToTable
        self.failback = failback
        self.modification = modification
    }

    package static let none = ProgrammingDelays()

    /// Whether route tables are written as soon as the FIB changes.
    var areTablesImmediate: Bool { ribToTable == .zero && failback == .zero }
}

extension ProgrammingDelays {
    /// Observed delays, or close to them.
    package struct Preset: Hashable, Sendable {
        /// Its name in settings.
        package var name: String
        /// The observation, and how the figure here follows from it.
        package var source: String
        package var delays: ProgrammingDelays
    }

    package static let presets = [
        Preset(name: "none", source: "no delay: AWS publishes none", delays: .none),
        Preset(
            name: "chaosreload-2026-03",
            source:
                "chaosreload.github.io, vpc-route-server-bgp-failover (2026-03): 5 to 7 s from stopping FRR to the other "
                + "route with BFD; the middle of it, less the 900 ms that BFD at 300 ms x 3 may take itself",
            delays: ProgrammingDelays(ribToTable: .milliseconds(5100))),
        Preset(
            name: "aws-tgw-mts-2026-07",
            source:
                "github.com/conft2k/aws-tgw-mts, commit 2025244 (2026-07): the route went back 66 to 83 s after BGP was up "
                + "again; the middle of it, all of it taken for fail-back delay",
            delays: ProgrammingDelays(failback: .milliseconds(74500))),
        Preset(
            name: "aws-tgw-mts-head",
            source:
                "github.com/conft2k/aws-tgw-mts, commit c5ae78e: the route went back 74 s after BGP and BFD were up again; "
                + "all of it taken for fail-back delay",
            delays: ProgrammingDelays(failback: .seconds(74))),
    ]

    /// The preset with this name.
    package static func preset(_ name: String) -> Preset? {
        presets.first { $0.name == name }
    }
}
