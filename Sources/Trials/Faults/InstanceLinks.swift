// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import NetlinkTopology

/// The network interfaces of one instance, removed with it and recreated when it boots.
final class InstanceLinks {
    private final class Port {
        let cable: LabPlan.Cable
        let subnet: HeldNamespace
        let socket: TopologySocket

        init(_ cable: LabPlan.Cable, subnet: HeldNamespace) throws(SystemError) {
            self.cable = cable
            self.subnet = subnet
            socket = try TopologySocket(in: subnet.namespace)
        }
    }

    private let plan: LabPlan
    private let instance: HeldNamespace
    private let instanceSocket: TopologySocket
    private let ports: [Port]

    /// Opens its sockets, so that nothing need be opened while a fault is timed.
    init(of instance: String, in lab: Lab) throws {
        plan = lab.plan
        self.instance = try lab.namespace(instance)
        instanceSocket = try TopologySocket(in: self.instance.namespace)
        ports = try lab.plan.cables.filter { $0.far.namespace == instance }.map { cable in
            try Port(cable, subnet: try lab.namespace(cable.near.namespace))
        }
    }

    /// Removes the interfaces.
    ///
    /// Missing ones are not an error.
    func remove() throws {
        for port in ports {
            do throws(SystemError) {
                try port.socket.delete(index: port.cable.near.index)
            } catch {
                guard error.code == ENODEV else { throw error }
            }
        }
    }

    /// Recreates the interfaces, with the addresses, neighbours and routes of the plan.
    func makeAgain() throws {
        for port in ports {
            try TopologyBuilder.makeCable(
                port.cable, near: port.subnet, far: instance, nearSocket: port.socket, farSocket: instanceSocket)
        }
        for address in plan.addresses where address.namespace == instance.name && address.index != LabPlan.loopbackIndex
        {
            try instanceSocket.addAddress(address.address, prefixLength: address.prefixLength, index: address.index)
        }
        for neighbor in plan.neighbors where neighbor.namespace == instance.name {
            try instanceSocket.addPermanentNeighbor(
                neighbor.address, macAddress: neighbor.macAddress, index: neighbor.index)
        }
        for route in plan.routes where route.namespace == instance.name {
            try instanceSocket.addRoute(TopologyBuilder.topologyRoute(route))
        }
    }
}
