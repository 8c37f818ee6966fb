// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import NetlinkTopology
import NodeProtocol
import NodeRuntime
import TestSupport
import Testing
import WireFormat

/// A test's folder for sockets, logs and configurations, and the rslab programs that the test starts itself.
final class Testbed {
    let directory: String
    /// They run as long as the test.
    private var programs: [RunningProgram] = []

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-interop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        directory = url.path
    }

    deinit {
        programs.removeAll()
        do {
            try removeTree(directory)
        } catch {
            Issue.record("\(error)")
        }
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    static let node = RSLabCommand.executable.deletingLastPathComponent().appendingPathComponent("rslab-node").path

    /// Starts `rslab-node VERB FILE` with a control socket at `path("VERB.sock")`.
    func startNode(
        _ verb: String, _ configuration: some Encodable, in namespace: borrowing NetworkNamespace,
        descriptors: [Int32] = []
    ) throws -> (program: RunningProgram, connection: NodeConnection) {
        let socket = path("\(verb).sock")
        unlink(socket)
        let listener = try MessageChannel.listener(at: socket)
        let file = path("\(verb).json")
        try replaceFile(file, with: JSON.encode(configuration))
        let program = try RunningProgram(
            Self.node, [verb, file], in: namespace, descriptors: [listener.rawValue] + descriptors,
            logFile: path("\(verb).log"))
        programs.append(program)
        return (program, try NodeConnection(socket))
    }
}

/// Two namespaces and a cable: eth0 of the route server's endpoint, 10.0.1.4, and of the instance, 10.0.1.10.
struct Segment: ~Copyable {
    let routeServer: NetworkNamespace
    let instance: NetworkNamespace

    static let link: Int32 = 2

    init() throws {
        let routeServer = try NetworkNamespace.create(name: "rs")
        let instance = try NetworkNamespace.create(name: "instance")
        try joinByCable(
            routeServer, "eth0", Self.link, "10.0.1.4/24", instance, "eth0", Self.link, "10.0.1.10/24")
        self.routeServer = routeServer
        self.instance = instance
    }
}

/// Joins two namespaces by a veth with an address at each end, and brings their loopbacks up.
func joinByCable(
    _ near: borrowing NetworkNamespace, _ nearName: String, _ nearIndex: Int32, _ nearAddress: String,
    _ far: borrowing NetworkNamespace, _ farName: String, _ farIndex: Int32, _ farAddress: String
) throws {
    let inNear = try TopologySocket(in: near)
    let inFar = try TopologySocket(in: far)
    try inNear.setUp(index: 1)
    try inFar.setUp(index: 1)
    try inNear.addVeth(
        VethEnd(name: try #require(InterfaceName(nearName)), index: nearIndex), in: near,
        to: VethEnd(name: try #require(InterfaceName(farName)), index: farIndex), in: far)
    try inFar.setUp(index: farIndex)
    for (socket, index, text) in [(0, nearIndex, nearAddress), (1, farIndex, farAddress)] {
        let parts = text.split(separator: "/")
        let address = try #require(IPAddress(String(parts[0])))
        let length = try #require(Int(parts[1]))
        if socket == 0 {
            try inNear.addAddress(address, prefixLength: length, index: index)
        } else {
            try inFar.addAddress(address, prefixLength: length, index: index)
        }
    }
}
