// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NetlinkFilter
internal import NetlinkRoutes
internal import NetlinkTopology
internal import NodeProtocol
internal import VPC
internal import WireFormat

/// The lab of a self-test as planted errors see it, and the time since the fault.
final class PlantingGround {
    /// A fault is stored in the lab's state this long before it is injected (`SequencePlayer`).
    private static let armTime = Duration.milliseconds(50)

    let lab: Lab
    let active: String
    let standby: String
    let host: String
    /// About when the fault is injected: the truth is up to some milliseconds later.
    let faultAt: Instant

    init(_ directory: RunDirectory, armedAt: Instant) throws {
        let lab = try Lab(opening: directory)
        let active = try lab.activeInstance()
        guard let standby = lab.state.speakers.map(\.instance).first(where: { $0 != active }) else {
            throw LabError("\(directory.labName) has no standby")
        }
        self.lab = lab
        self.active = active
        self.standby = standby
        host = try lab.layout.testHost()
        faultAt = armedAt + Self.armTime
    }

    /// Waits until so much after the fault.
    func wait(untilFaultPlus time: Duration) throws {
        try DedicatedThread.pause(max(.zero, faultAt + time - .now))
    }

    /// Stops a process for a time.
    func stop(_ process: borrowing ProcessHandle, for time: Duration) throws {
        try process.send(signal: SIGSTOP)
        let result = Result { try DedicatedThread.pause(time) }
        try process.send(signal: SIGCONT)
        try result.get()
    }

    // MARK: Programs

    /// A program that the lab's init runs, such as the watcher's.
    func program(of node: String) throws -> InitClient.Program {
        guard let program = try lab.initClient.running().last(where: { $0.name == node }) else {
            throw LabError("\(node) does not run")
        }
        return program
    }

    func routeServer() throws -> InitClient.Program {
        guard let node = lab.plan.namespaces(.routeServer).first?.name else {
            throw LabError("there is no route server")
        }
        return try program(of: node)
    }

    func prober() throws -> InitClient.Program {
        let client = try InitClient(connectingTo: lab.directory.instanceInitSocket(host))
        guard let prober = try client.running().last(where: { $0.name == ProberProgramSettings.programName }) else {
            throw LabError("no prober runs on \(host)")
        }
        return prober
    }

    func speaker(of instance: String) throws -> InitClient.Program {
        let client = try InitClient(connectingTo: lab.directory.instanceInitSocket(instance))
        guard let speaker = try client.runningSpeaker().last else { throw LabError("\(instance) runs no speaker") }
        return speaker
    }

    // MARK: Links

    /// The link between a node and its subnet.
    func cable(of node: String) throws -> LabPlan.Cable {
        guard let cable = lab.plan.cables.first(where: { $0.far.namespace == node }) else {
            throw LabError("\(node) has no link")
        }
        return cable
    }

    /// Drops what the floating IP answers, where it arrives at the test host.
    func dropReplies(for time: Duration) throws {
        guard case .v4(let address) = floatingAddress else { return }
        try whileDropping(PacketMatch(transport: .icmp, source: address), at: host) {
            try DedicatedThread.pause(time)
        }
    }

    /// Drops the requests to the floating IP where they arrive at an instance.
    func whileDroppingRequests(to instance: String, _ body: () throws -> Void) throws {
        guard let address = floatingAddress else { return }
        try whileDropping(PacketMatch(transport: .icmp, destination: address), at: instance, body)
    }

    private var floatingAddress: IPAddress? { lab.layout.floatingAddresses.first?.address }

    private func whileDropping(_ match: PacketMatch, at node: String, _ body: () throws -> Void) throws {
        let link = try cable(of: node).far.name
        var filter = try FilterSocket(in: try lab.namespace(node).namespace)
        try filter.drop([IngressDrop(link: link, match: match)])
        let result = Result { try body() }
        try filter.removeAll()
        try result.get()
    }

    /// Makes the router's route to the floating IP lead to the standby, in every table.
    func moveRoute() throws {
        let router = try lab.namespace(LabPlan.vpcNode)
        let topology = try TopologySocket(in: router.namespace)
        let prefix = lab.layout.floatingAddresses.first
        let model = lab.state.model
        let addresses = model.instances.first { $0.name == standby }.map(model.addresses(of:)) ?? []
        guard let neighbor = try topology.neighbors().first(where: { addresses.contains($0.address) }), let prefix
        else {
            throw LabError("the router does not know \(standby)")
        }
        var socket = try RouteSocket(in: router.namespace)
        for row in try topology.routes()
        where row.route.destination == prefix && row.protocolNumber == RouteChange.bgp {
            _ = try socket.apply(
                RouteChange(
                    table: row.route.table, prefix: prefix, nextHop: neighbor.address, interfaceIndex: neighbor.index))
        }
    }
}
