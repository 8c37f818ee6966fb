// SPDX-License-Identifier: MIT-0
internal import LabModel
internal import WireFormat

/// The plan, in the `--json` of `up --dry-run`.
struct PlanOutput: Encodable {
    struct Plan: Encodable {
        var name: String
        var namespaces: [Namespace]
        var bridges: [Bridge]
        var cables: [Cable]
        var addresses: [Address]
        var neighbors: [Neighbor]
        var routes: [Route]
        var rules: [Rule]
        /// Translated one to one at the end of the internet gateway's cable.
        var public_addresses: [PublicAddress]
        /// Instances that write their own IP time to live into echo replies that they forward.
        var reply_marks: [ReplyMark]
        /// Whether the VPC's router forwards packets with a time to live of 1 or 255 unchanged.
        var keeps_edge_times_to_live: Bool
    }

    struct Namespace: Encodable {
        var name: String
        var role: LabPlan.NamespaceRole
        var kernel_parameters: [KernelParameter]

        init(_ namespace: LabPlan.Namespace) {
            name = namespace.name
            role = namespace.role
            kernel_parameters = namespace.kernelParameters.map {
                KernelParameter(name: $0.name, value: $0.value, optional: $0.isOptional)
            }
        }
    }

    struct KernelParameter: Encodable {
        var name: String
        var value: Int
        var optional: Bool
    }

    struct Bridge: Encodable {
        var namespace: String
        var name: String
        var index: Int32
        var mac_address: MACAddress

        init(_ bridge: LabPlan.Bridge) {
            namespace = bridge.namespace
            name = bridge.name
            index = bridge.index
            mac_address = bridge.macAddress
        }
    }

    /// A veth pair.
    struct Cable: Encodable {
        var near: LinkEnd
        var far: LinkEnd
    }

    struct LinkEnd: Encodable {
        var namespace: String
        var name: String
        var index: Int32
        var mac_address: MACAddress
        /// The index of the bridge of which it is a port.
        var master: Int32?
        /// The full name if `name` had to be shortened.
        var alias: String?

        init(_ end: LabPlan.LinkEnd) {
            namespace = end.namespace
            name = end.name
            index = end.index
            mac_address = end.macAddress
            master = end.master
            alias = end.alias
        }
    }

    struct Address: Encodable {
        var namespace: String
        var index: Int32
        var address: IPAddress
        var prefix_length: Int

        init(_ address: LabPlan.Address) {
            namespace = address.namespace
            index = address.index
            self.address = address.address
            prefix_length = address.prefixLength
        }
    }

    struct Neighbor: Encodable {
        var namespace: String
        var index: Int32
        var address: IPAddress
        var mac_address: MACAddress

        init(_ neighbor: LabPlan.Neighbor) {
            namespace = neighbor.namespace
            index = neighbor.index
            address = neighbor.address
            mac_address = neighbor.macAddress
        }
    }

    struct Route: Encodable {
        var namespace: String
        var destination: IPPrefix
        var gateway: IPAddress?
        /// Absent for a route that drops silently.
        var index: Int32?
        var table: UInt32
        var metric: UInt32?

        init(_ route: LabPlan.Route) {
            namespace = route.namespace
            destination = route.destination
            gateway = route.gateway
            index = route.index
            table = route.table
            metric = route.metric
        }
    }

    struct Rule: Encodable {
        var namespace: String
        var family: AddressFamily
        var input_interface: String?
        var destination: IPPrefix?
        var table: UInt32
        var priority: UInt32
        var suppressed_prefix_length: Int?

        init(_ rule: LabPlan.Rule) {
            namespace = rule.namespace
            family = rule.family
            input_interface = rule.inputInterface
            destination = rule.destination
            table = rule.table
            priority = rule.priority
            suppressed_prefix_length = rule.suppressedPrefixLength
        }
    }

    struct PublicAddress: Encodable {
        var address: IPv4Address
        var private_address: IPv4Address
    }

    struct ReplyMark: Encodable {
        var namespace: String
        var time_to_live: UInt8
    }

    var schema = 1
    var plan: Plan

    init(_ plan: LabPlan) {
        self.plan = Plan(
            name: plan.name, namespaces: plan.namespaces.map(Namespace.init), bridges: plan.bridges.map(Bridge.init),
            cables: plan.cables.map { Cable(near: LinkEnd($0.near), far: LinkEnd($0.far)) },
            addresses: plan.addresses.map(Address.init), neighbors: plan.neighbors.map(Neighbor.init),
            routes: plan.routes.map(Route.init), rules: plan.rules.map(Rule.init),
            public_addresses: plan.publicAddresses.map {
                PublicAddress(address: $0.address, private_address: $0.privateAddress)
            },
            reply_marks: plan.replyMarks.map { ReplyMark(namespace: $0.namespace, time_to_live: $0.timeToLive) },
            keeps_edge_times_to_live: plan.keepsEdgeTimesToLive)
    }
}
