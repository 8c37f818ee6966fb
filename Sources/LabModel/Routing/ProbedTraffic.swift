// SPDX-License-Identifier: MIT-0
package import Measurement
internal import VPC
package import WireFormat

/// What a trial probes, and from where.
package struct ProbedTraffic {
    /// Through firewalls; empty where floating IPs are probed.
    package let transits: [Transit]
    /// The floating IPs, or what firewalls forward to; the primary flow's first.
    package let prefixes: [IPPrefix]
    /// The nodes that probes leave from, the primary flow's first.
    package let sources: [String]
    /// The primary flow's.
    package let prefix: IPPrefix
    package let source: String

    /// - Throws: `LabError` where there is nothing to probe, or not from there.
    package init(_ settings: FlowSettings, in lab: LabLayout) throws {
        transits = try lab.probedTransits(settings)
        prefixes = transits.isEmpty ? try lab.probedAddresses(settings) : transits.prefixes
        sources = transits.isEmpty ? try lab.probeSources(settings) : [LabPlan.internetNode] + transits.map(\.host)
        guard let prefix = prefixes.first, let source = sources.first else {
            throw LabError(
                "no instance both announces an address and has it on lo, so there is no floating IP to probe",
                advice: "see the template's user data")
        }
        self.prefix = prefix
        self.source = source
    }
}

extension LabLayout {
    /// The floating IPs that a trial probes, the primary flow's first.
    fileprivate func probedAddresses(_ settings: FlowSettings) throws -> [IPPrefix] {
        let all = floatingAddresses
        guard !settings.floatingAddresses.isEmpty else { return all }
        return try settings.floatingAddresses.map { address in
            guard let prefix = all.first(where: { $0.address == address }) else {
                let list = all.map { "\($0.address)" }.joined(separator: ", ")
                throw LabError("\(address) is no floating IP of the lab", advice: "its floating IPs are \(list)")
            }
            return prefix
        }
    }

    /// The nodes that a trial probes from, the primary flow's first.
    fileprivate func probeSources(_ settings: FlowSettings) throws -> [String] {
        guard !settings.sources.isEmpty else { return [try testHost()] }
        let answering = Set(model.answeringInstances.map(\.name))
        let hosts = model.instances.map(\.name).filter { !answering.contains($0) }
        for node in settings.sources where !hosts.contains(node) {
            let reason =
                answering.contains(node)
                ? "\(node) cannot probe: it has a floating IP or announces it, and would answer itself"
                : "\(node) cannot probe: it is not an instance of the lab"
            throw LabError(reason, advice: "those that can are \(hosts.joined(separator: ", "))")
        }
        return settings.sources
    }
}
