// SPDX-License-Identifier: MIT-0
internal import Glibc
package import LabModel
internal import LinuxSystem
internal import NetlinkFilter
package import NetlinkTopology
internal import WireFormat

/// Carries a plan out: namespaces, links, addresses, routes.
///
/// Single steps have no undo, on purpose: everything is in namespaces that only these descriptors hold, so closing them
/// undoes all steps at once. The kernel does it, and it cannot be interrupted half-way.
package struct TopologyBuilder {
    private let plan: LabPlan
    private var nodes: [String: Node] = [:]

    /// A namespace with a socket in it: made on one thread, and used by another after that thread has ended.
    private final class Node: @unchecked Sendable {
        let namespace: HeldNamespace
        let socket: TopologySocket

        init(_ namespace: consuming NetworkNamespace, _ socket: consuming TopologySocket) {
            self.namespace = HeldNamespace(namespace)
            self.socket = socket
        }
    }

    init(plan: LabPlan) {
        self.plan = plan
    }

    /// Makes the namespaces, several at the same time.
    mutating func makeNamespaces() throws {
        let entries = plan.namespaces
        let made = try DedicatedThread.performEach(entries.count, width: Self.concurrentNamespaces) {
            number throws(SystemError) in
            let entry = entries[number]
            let namespace = try NetworkNamespace.enterNew(name: entry.name)
            for parameter in entry.kernelParameters {
                do throws(SystemError) {
                    try setKernelParameter(parameter.name, parameter.value)
                } catch {
                    guard parameter.isOptional, error.code == ENOENT else { throw error }
                }
            }
            return Node(namespace, try TopologySocket(inNamespaceOfThread: entry.name))
        }
        for (entry, node) in zip(entries, made) { nodes[entry.name] = node }
    }

    /// Making a namespace takes the kernel half a millisecond, only parts of it under a lock.
    private static let concurrentNamespaces = 4

    /// All namespaces, by their nodes' names.
    var namespaces: [String: HeldNamespace] { nodes.mapValues(\.namespace) }

    func makeLinks() throws {
        for entry in plan.namespaces {
            try node(entry.name).socket.setUp(index: LabPlan.loopbackIndex)
        }
        for bridge in plan.bridges {
            try node(bridge.namespace).socket.addBridge(
                BridgeSpecification(
                    name: try Self.interfaceName(bridge.name), index: bridge.index, macAddress: bridge.macAddress))
        }
        for cable in plan.cables {
            try makeCable(cable)
        }
    }

    func makeAddressesAndRoutes() throws {
        for address in plan.addresses {
            try node(address.namespace).socket.addAddress(
                address.address, prefixLength: address.prefixLength, index: address.index)
        }
        for neighbor in plan.neighbors {
            try node(neighbor.namespace).socket.addPermanentNeighbor(
                neighbor.address, macAddress: neighbor.macAddress, index: neighbor.index)
        }
        for route in plan.routes {
            try node(route.namespace).socket.addRoute(Self.topologyRoute(route))
        }
        for rule in plan.rules {
            try node(rule.namespace).socket.addRule(Self.routingRule(rule))
        }
    }

    /// Sets what the internet gateway does to addresses, and what forwarding instances do to the replies that they
    /// carry.
    func makeTranslations() throws {
        let addresses = plan.publicAddresses
        if let router = namespaces[LabPlan.vpcNode], let outside = namespaces[LabPlan.internetNode] {
            var inward = try FilterSocket(in: router.namespace)
            try inward.translate(
                addresses.map { AddressTranslation($0.address, to: $0.privateAddress, isOfSource: false) },
                at: LabPlan.gatewayLink, exempt: nil)
            // On the far side, where what the router sends arrives: the router's ICMP errors have no address to
            // translate.
            var outward = try FilterSocket(in: outside.namespace)
            try outward.translate(
                addresses.map { AddressTranslation($0.privateAddress, to: $0.address, isOfSource: true) },
                at: LabPlan.gatewayLink, exempt: LabPlan.gatewayIPv4Address)
        }
        // The TTL that hosts begin with, less the router's hop and the instance's own.
        let fresh = [LabPlan.ordinaryTimeToLive - 2, LabPlan.ordinaryTimeToLive - 1]
        for mark in plan.replyMarks {
            guard let namespace = namespaces[mark.namespace] else { continue }
            var socket = try FilterSocket(in: namespace.namespace)
            try socket.markReplies(mark.timeToLive, insteadOf: fresh)
        }
    }

    /// Sets what the router does to packets besides forwarding them.
    func makeForwarding() throws {
        guard plan.keepsEdgeTimesToLive, let router = namespaces[LabPlan.vpcNode] else { return }
        var filter = try FilterSocket(in: router.namespace)
        do throws(SystemError) {
            try filter.keepEdgeTimesToLive()
        } catch {
            throw LabError(
                "cannot build a router that keeps the TTL of BGP and BFD, which peers in another subnet need",
                because: error, advice: "this needs a kernel with nf_tables (CONFIG_NF_TABLES)")
        }
    }

    package static func topologyRoute(_ route: LabPlan.Route) -> TopologyRoute {
        TopologyRoute(
            destination: route.destination, gateway: route.gateway, index: route.index, table: route.table,
            kind: route.index == nil ? .blackhole : .unicast, metric: route.metric ?? 0)
    }

    package static func routingRule(_ rule: LabPlan.Rule) throws -> RoutingRule {
        RoutingRule(
            family: rule.family, inputInterface: try rule.inputInterface.map(interfaceName), source: rule.source,
            destination: rule.destination, table: rule.table, priority: rule.priority,
            suppressedPrefixLength: rule.suppressedPrefixLength)
    }

    private func makeCable(_ cable: LabPlan.Cable) throws {
        let near = try namespace(cable.near.namespace)
        let far = try namespace(cable.far.namespace)
        try Self.makeCable(
            cable, near: near, far: far, nearSocket: try node(near.name).socket,
            farSocket: try node(far.name).socket)
    }

    /// Joins two namespaces, both ends up.
    package static func makeCable(
        _ cable: LabPlan.Cable, near: HeldNamespace, far: HeldNamespace, nearSocket: borrowing TopologySocket,
        farSocket: borrowing TopologySocket
    ) throws {
        try nearSocket.addVeth(
            try vethEnd(cable.near), in: near.namespace, master: cable.near.master, to: try vethEnd(cable.far),
            in: far.namespace)
        try farSocket.setUp(index: cable.far.index)
        // Its bridge port forwards only once the kernel has noticed the carrier.
        _ = try nearSocket.settledLink(index: cable.near.index)
        if let alias = cable.near.alias { try nearSocket.setAlias(index: cable.near.index, alias) }
        if let alias = cable.far.alias { try farSocket.setAlias(index: cable.far.index, alias) }
    }

    private static func vethEnd(_ end: LabPlan.LinkEnd) throws -> VethEnd {
        guard let name = InterfaceName(end.name) else { throw LabError("'\(end.name)' cannot name a link") }
        return VethEnd(name: name, index: end.index, macAddress: end.macAddress)
    }

    private static func interfaceName(_ text: String) throws -> InterfaceName {
        guard let name = InterfaceName(text) else { throw LabError("'\(text)' cannot name a link") }
        return name
    }

    func namespace(_ name: String) throws -> HeldNamespace {
        try node(name).namespace
    }

    private func node(_ name: String) throws -> Node {
        guard let node = nodes[name] else {
            throw LabError("the plan uses the namespace '\(name)', which it does not make")
        }
        return node
    }
}
