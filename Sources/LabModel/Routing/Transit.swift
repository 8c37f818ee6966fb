// SPDX-License-Identifier: MIT-0
internal import BGP
package import Measurement
internal import NodeProtocol
internal import RouteServer
internal import VPC
package import WireFormat

/// A host that is reached from outside, and reaches the outside, through the firewall that a route server has chosen.
///
/// Incoming traffic uses the gateway's route table, outgoing traffic the host's. A middlebox that sees only one half of
/// a connection is useless: both must lead to the same instance (Amazon VPC User Guide, "Gateway route tables":
/// asymmetric routing is not supported).
package struct Transit: Hashable {
    /// A route in a table that a route server writes.
    package struct Way: Hashable {
        package var prefix: IPPrefix
        package var table: String

        package init(prefix: IPPrefix, table: String) {
            self.prefix = prefix
            self.table = table
        }
    }

    package var host: String
    /// The host's public address, by which the outside knows it.
    package var publicAddress: IPAddress
    /// Its private address, which firewalls see.
    package var privateAddress: IPAddress
    package var inward: Way
    package var outward: Way
}

extension LabLayout {
    /// The hosts behind firewalls, in template order.
    package var transits: [Transit] {
        guard let gateway = model.internetGateway, let table = gateway.routeTable else { return [] }
        let forwarding = Set(model.forwardingSpeakers.map(\.name))
        let announced = speakers.filter { forwarding.contains($0.instance) }
            .flatMap { $0.configuration.announcements.map(\.prefix) }
        let outside = LabPlan.outsideAddress
        return model.instances.filter { !speakerInstances.contains($0.name) }.compactMap { host in
            guard let interface = host.networkInterfaces.first.flatMap(model.networkInterface),
                let publicAddress = interface.publicAddress,
                let own = routeTable(ofInstance: host)?.logicalID,
                let inward = way(to: interface.address, by: table, announced: announced),
                let outward = way(to: outside, by: own, announced: announced)
            else { return nil }
            return Transit(
                host: host.name, publicAddress: publicAddress, privateAddress: interface.address, inward: inward,
                outward: outward)
        }
    }

    /// The route to an address in a table, if a route server writes that route.
    private func way(to address: IPAddress, by table: String, announced: [IPPrefix]) -> Transit.Way? {
        guard let routes = model.routeTables.first(where: { $0.logicalID == table }),
            let server = model.routeServers.first(where: { $0.propagations.contains(table) })
        else { return nil }
        let configuration = blueprint.routeServerConfiguration(server).machine
        guard let written = blueprint.propagatedTable(table),
            let prefix = announced.filter({ $0.contains(address) && configuration.admits($0, to: written) })
                .max(by: { $0.length < $1.length })
        else { return nil }
        // The longest prefix wins; a propagated route for the same prefix as another one is not in the table.
        let others = routes.routes.map(\.destination) + model.cidrBlocks
        guard !others.contains(where: { $0.contains(address) && $0.length > prefix.length }) else { return nil }
        return Transit.Way(prefix: prefix, table: routes.name)
    }

    /// The hosts behind firewalls that a trial probes, in a lab without a floating IP.
    package func probedTransits(_ settings: FlowSettings) throws -> [Transit] {
        guard floatingAddresses.isEmpty, settings.floatingAddresses.isEmpty else { return [] }
        let hosts = settings.sources.filter { $0 != LabPlan.internetNode }
        let chosen = transits.filter { hosts.isEmpty || hosts.contains($0.host) }
        guard !transits.isEmpty, let unknown = hosts.first(where: { host in !chosen.contains { $0.host == host } })
        else { return chosen }
        throw LabError(
            "\(unknown) is not reached from outside through a firewall",
            advice: "those that are: \(transits.map(\.host).joined(separator: ", "))")
    }

    /// The prefixes that a route server moves between instances: floating IPs, or else routes through firewalls.
    package var movedPrefixes: [IPPrefix] {
        let floating = floatingAddresses
        guard floating.isEmpty else { return floating }
        return transits.prefixes
    }

    /// The destinations of packets that a target forwards or answers: floating IPs, or what is behind firewalls on
    /// either side.
    package var servedAddresses: [IPAddress] {
        let floating = floatingAddresses
        guard floating.isEmpty else { return floating.map(\.address) }
        return transits.map(\.privateAddress) + (transits.isEmpty ? [] : [LabPlan.outsideAddress])
    }
}

extension [Transit] {
    /// Each once, starting with the first host's incoming route.
    package var prefixes: [IPPrefix] {
        var seen: Set<IPPrefix> = []
        return flatMap { [$0.inward.prefix, $0.outward.prefix] }.filter { seen.insert($0).inserted }
    }
}

extension Transit {
    /// Its flows: from outside and from the host, each answered through the active instance.
    package func flows(numbered first: Int, active: String, standby: String?, interval: Milliseconds) -> [Flow] {
        [
            Flow(
                number: FlowNumber(first), role: .transit, node: LabPlan.internetNode, destination: publicAddress,
                prefix: inward.prefix, active: active, standby: standby, interval: interval),
            Flow(
                number: FlowNumber(first + 1), role: .transit, node: host, destination: LabPlan.outsideAddress,
                prefix: outward.prefix, active: active, standby: standby, interval: interval),
        ]
    }
}
