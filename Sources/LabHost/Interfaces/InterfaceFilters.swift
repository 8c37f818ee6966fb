// SPDX-License-Identifier: MIT-0
internal import LabModel
internal import LinuxSystem
internal import NetlinkFilter
internal import VPC
internal import WireFormat

/// The rules of a lab's network interfaces, and the ports of the subnets' bridges where they are enforced.
///
/// They are enforced there and not inside the instance, which neither sees nor changes what its VPC does with its
/// packets.
struct InterfaceFilters {
    /// Ports at which something may be dropped; an open port has no rules, and costs nothing.
    let ports: [InterfacePort]

    init(_ layout: LabLayout) {
        ports = layout.filteredPorts
    }

    /// The subnets that have such ports.
    var subnets: [String] { Set(ports.map(\.subnet)).sorted() }

    /// Puts the rules in place, in one transaction per subnet.
    func enforce(in namespaces: [String: HeldNamespace]) throws {
        try enforce(inSubnets: subnets.compactMap { subnet in namespaces[subnet].map { (subnet, $0) } })
    }

    func enforce(inSubnet subnet: String, of namespace: HeldNamespace) throws {
        try enforce(inSubnets: [(subnet, namespace)])
    }

    /// In parallel, since a transaction waits some ten milliseconds for the kernel's other processors.
    private func enforce(inSubnets subnets: [(name: String, namespace: HeldNamespace)]) throws {
        let filters = subnets.map { subnet in ports.filter { $0.subnet == subnet.name }.map(\.filter) }
        do throws(SystemError) {
            _ = try DedicatedThread.performEach(subnets.count) { number throws(SystemError) in
                var socket = try PortFilterSocket(in: subnets[number].namespace.namespace)
                try socket.enforce(filters[number])
            }
        } catch {
            throw LabError(
                "cannot enforce security groups and source/destination checks", because: error,
                advice: "use a kernel with CONFIG_NF_TABLES_BRIDGE, or disable them:"
                    + " --no-security-groups --no-source-dest-check")
        }
    }
}

extension InterfacePort {
    fileprivate var filter: PortFilter {
        PortFilter(
            port: index, linkAddress: rules.interface.macAddress, addresses: rules.interface.addresses,
            checksAddresses: rules.checksSourceDestination,
            hasRules: rules.groups != nil, ingress: rules.ingress.map(\.filterRule),
            egress: rules.egress.map(\.filterRule), exempt: rules.routerAddresses)
    }
}

extension InterfaceRules.Rule {
    fileprivate var filterRule: PortFilter.Rule {
        let filterService: PortFilter.Rule.Service =
            switch service {
            case .all: .all
            case .ports(let number, let range): .transport(number.number, ports: range)
            case .icmp(let number, let type, let code): .icmp(number.number, type: type, code: code)
            case .other(let number): .transport(number.number, ports: nil)
            }
        switch peer {
        case .block(let block): return PortFilter.Rule(filterService, .block(block))
        case .members(_, let addresses): return PortFilter.Rule(filterService, .addresses(addresses))
        }
    }
}
