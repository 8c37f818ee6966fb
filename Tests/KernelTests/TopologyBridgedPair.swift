// SPDX-License-Identifier: MIT-0
import LinuxSystem
import NetlinkTopology
import WireFormat

/// A bridge (10) in "subnet" with one port (11), whose other end is eth0 (2) of "instance", up.
struct BridgedPair: ~Copyable {
    let subnet: NetworkNamespace
    let instance: NetworkNamespace
    let inSubnet: TopologySocket
    let inInstance: TopologySocket

    init() throws {
        let subnet = try NetworkNamespace.create(name: "subnet")
        let instance = try NetworkNamespace.create(name: "instance")
        let inSubnet = try TopologySocket(in: subnet)
        let inInstance = try TopologySocket(in: instance)
        try inSubnet.addBridge(BridgeSpecification(name: InterfaceName(literal: "bridge"), index: 10))
        try inSubnet.addVeth(
            VethEnd(name: InterfaceName(literal: "port-1"), index: 11), in: subnet, master: 10,
            to: VethEnd(name: InterfaceName(literal: "eth0"), index: 2), in: instance)
        try inInstance.setUp(index: 2)
        _ = try inSubnet.settledLink(index: 11)
        self.subnet = subnet
        self.instance = instance
        self.inSubnet = inSubnet
        self.inInstance = inInstance
    }
}
