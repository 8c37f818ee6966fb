// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import LabHost
internal import LabModel
internal import Measurement
internal import NodeProtocol

extension Scene {
    /// Asks the route servers of a running lab.
    ///
    /// - Throws: `LabError` for traffic that cannot be measured, or not with these faults.
    init(lab: Lab, plan: TrialPlan, announcing block: PrefixBlock? = nil) throws {
        try self.init(
            lab: lab.layout, plan: plan, announcing: block,
            database: { prefixes, host in try lab.governingDatabase(of: prefixes, for: host) },
            sessions: { addresses, node in
                let client = try NodeClient(node, in: lab.directory)
                return ActiveSessions(
                    at: addresses, neighbors: try client.ask(ListNeighbors()), bfd: try client.ask(ListBFDSessions()))
            })
    }
}
