// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NetlinkTopology

/// A fault's links, from both ends: the port of the subnet's bridge, and the far node.
final class TargetLinks {
    private final class Port {
        let cable: LabPlan.Cable
        let subnet: TopologySocket
        let node: TopologySocket

        init(_ cable: LabPlan.Cable, in lab: Lab) throws {
            self.cable = cable
            subnet = try TopologySocket(in: try lab.namespace(cable.near.namespace).namespace)
            node = try TopologySocket(in: try lab.namespace(cable.far.namespace).namespace)
        }
    }

    private let ports: [Port]

    /// Opens its sockets, so that nothing need be opened while a fault is timed.
    init(_ cables: [LabPlan.Cable], in lab: Lab) throws {
        ports = try cables.map { try Port($0, in: lab) }
    }

    /// Drops everything in both directions; the carrier stays.
    ///
    /// Takes microseconds per link. A missing link forwards nothing, and gets a forwarding port when it is recreated.
    func setForwarding(_ isForwarding: Bool) throws(SystemError) {
        for port in ports {
            try Self.ignoringAbsence { () throws(SystemError) in
                try port.subnet.setForwarding(port: port.cable.near.index, isForwarding)
            }
        }
    }

    /// Whether any of the links forwards or, with `carrier`, has its port up; a missing link does neither.
    func areAnyWorking(carrier: Bool) throws(SystemError) -> Bool {
        for port in ports {
            let index = port.cable.near.index
            if carrier {
                if try port.subnet.links().contains(where: { $0.index == index && $0.isUp }) { return true }
            } else if try port.subnet.forwardingPorts().contains(index) {
                return true
            }
        }
        return false
    }

    /// Takes the carrier away from the far ends, or gives it back.
    func setCarrier(_ hasCarrier: Bool) throws(SystemError) {
        for port in ports {
            try Self.ignoringAbsence { () throws(SystemError) in
                if hasCarrier {
                    try port.subnet.setUp(index: port.cable.near.index)
                } else {
                    try port.subnet.setDown(index: port.cable.near.index)
                }
            }
        }
    }

    /// Makes both ends send late.
    func setDelay(_ parameters: FaultParameters) throws(SystemError) {
        let delay = parameters.delay ?? .zero
        let jitter = parameters.jitter ?? .zero
        for port in ports {
            try port.subnet.setDelay(delay.duration, jitter: jitter.duration, index: port.cable.near.index)
            try port.node.setDelay(delay.duration, jitter: jitter.duration, index: port.cable.far.index)
        }
    }

    /// Tries netem in a separate namespace, before anything in a lab is changed.
    ///
    /// - Throws: `LabError` if the kernel has none.
    static func requireDelay() throws {
        let namespace = try NetworkNamespace.create(name: "netem")
        do throws(SystemError) {
            try TopologySocket(in: namespace).setDelay(.zero, index: LabPlan.loopbackIndex)
        } catch {
            guard error.code == ENOENT else { throw error }
            throw LabError(
                "this kernel has no netem, which delay and jitter require", because: error,
                advice:
                    "use a kernel with CONFIG_NET_SCH_NETEM, and load sch_netem if it is a module; see 'rslab doctor'")
        }
    }

    func removeDelay() throws(SystemError) {
        for port in ports {
            try port.subnet.removeDelay(index: port.cable.near.index)
            try port.node.removeDelay(index: port.cable.far.index)
        }
    }

    private static func ignoringAbsence(_ body: () throws(SystemError) -> Void) throws(SystemError) {
        do throws(SystemError) {
            try body()
        } catch {
            guard error.code == ENODEV else { throw error }
        }
    }
}
