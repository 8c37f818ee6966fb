// SPDX-License-Identifier: MIT-0

/// What passes at AWS between a decision of the route server and its effect; nothing unless it is asked for.
///
/// AWS publishes no figure. The presets carry the name of the observation that each of them comes from.
package struct ProgrammingDelays: Hashable, Sendable, Codable {
    /// From another route in the FIB to its being written to the route tables.
    package var ribToTable: Duration
    /// On top of `ribToTable` where the route in the tables still is a usable one: a better path has come, none was lost.
    package var failback: Duration
    /// From a change of the route server's settings to its taking effect: the time spent in `modifying`.
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
    /// Delays that somebody saw, or nearly so.
    package struct Preset: Hashable, Sendable {
        /// What a setting calls it.
        package var name: String
        /// Who saw what, and what the figure here makes of it.
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

    /// The preset with a name.
    package static func preset(_ name: String) -> Preset? {
        presets.first { $0.name == name }
    }
}
