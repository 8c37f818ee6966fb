// SPDX-License-Identifier: MIT-0
internal import BGP
internal import NodeProtocol
package import VPC
package import WireFormat

/// A lab as a value: its input, and what is built for it.
///
/// Everything about a lab that can be known without asking its nodes is here.
package struct LabLayout: Sendable {
    package var blueprint: LabBlueprint
    package var plan: LabPlan

    package init(_ blueprint: LabBlueprint, plan: LabPlan) {
        self.blueprint = blueprint
        self.plan = plan
    }

    /// The layout of a lab not built yet.
    package init(_ blueprint: LabBlueprint) {
        self.init(blueprint, plan: LabPlan(model: blueprint.model))
    }

    package var model: VPCModel { blueprint.model }
    package var options: LabOptions { blueprint.options }
    package var speakers: [InstanceSpeaker] { blueprint.speakers }

    /// The instances that run a speaker, in template order.
    package var speakerInstances: [String] { speakers.map(\.instance) }

    /// The source of probes: an instance without a speaker, preferably in a subnet whose route table a route server
    /// writes.
    package func testHost() throws -> String {
        let candidates = model.instances.filter { !speakerInstances.contains($0.name) }
        let propagated = Set(model.routeServers.flatMap(\.propagations))
        let preferred = candidates.first { host in
            routeTable(ofInstance: host).map { propagated.contains($0.logicalID) } ?? false
        }
        guard let host = preferred ?? candidates.first else {
            throw LabError(
                "the template has no instance without a BGP speaker, so there is no test host to probe from",
                advice: "add an instance without user data to a subnet whose route table the route server writes")
        }
        return host.name
    }

    /// The VPC route table that applies to an instance's packets.
    package func routeTable(ofInstance instance: Instance) -> RouteTable? {
        let interface = instance.networkInterfaces.first.flatMap(model.networkInterface)
        let subnet = model.subnets.first { $0.logicalID == interface?.subnet }
        return model.routeTables.first { $0.logicalID == subnet?.routeTable }
    }

    /// The table that applies to a host's packets, if a route server writes it.
    package func propagatedTable(ofHost host: String) -> String? {
        // Traffic from outside uses the gateway's.
        let table =
            host == LabPlan.internetNode
            ? model.routeTables.first { $0.logicalID == model.internetGateway?.routeTable }
            : model.instances.first { $0.name == host }.flatMap(routeTable(ofInstance:))
        guard let table,
            model.routeServers.contains(where: { $0.propagations.contains(table.logicalID) })
        else { return nil }
        return table.name
    }

    /// The floating IPs: host routes that speakers announce and instances have on lo, in order of first appearance.
    package var floatingAddresses: [IPPrefix] {
        let onLoopback = Set(model.instances.flatMap(\.boot.loopbackAddresses))
        var seen: Set<IPPrefix> = []
        return speakers.flatMap { $0.configuration.announcements.map(\.prefix) }
            .filter { onLoopback.contains($0) && seen.insert($0).inserted }
    }

    /// Which instance sends with which IP time to live, as a host sees it: directly, or after the router's hop.
    ///
    /// Only instances that may answer for a floating IP have their own.
    package var instancesByTimeToLive: [UInt8: String] {
        var instances: [UInt8: String] = [:]
        for (instance, timeToLive) in LabPlan.timesToLive(in: model) {
            instances[timeToLive] = instance
            instances[timeToLive - 1] = instance
        }
        return instances
    }

    /// The nodes of the route servers.
    package var routeServerNodes: [String] {
        model.routeServers.map { LabPlan.node(of: $0, in: model) }
    }

    /// Whether a host's table has a static route to a prefix, which is preferred to a propagated one.
    package func hasStaticRoute(to prefix: IPPrefix, ofHost host: String) -> Bool {
        guard let instance = model.instances.first(where: { $0.name == host }) else { return false }
        return routeTable(ofInstance: instance)?.routes.contains { $0.destination == prefix } ?? false
    }

    /// The instances that may answer for a floating IP, by the number in their replies.
    package var respondingInstances: [UInt16: String] {
        let names = model.answeringInstances.map(\.name).filter { !floatingAddresses(of: $0).isEmpty }
        return Dictionary(uniqueKeysWithValues: names.enumerated().map { (UInt16($0.offset + 1), $0.element) })
    }

    /// The floating IPs that an instance has on lo.
    package func floatingAddresses(of instance: String) -> [IPAddress] {
        let own = model.instances.first { $0.name == instance }?.boot.loopbackAddresses ?? []
        return floatingAddresses.filter { own.contains($0) }.map(\.address)
    }
}
