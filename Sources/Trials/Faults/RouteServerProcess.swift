// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import VPC
internal import WireFormat

/// The program of a route server, held by a handle.
final class RouteServerProcess {
    private static let timeout = Duration.seconds(10)

    private let lab: Lab
    private let node: String
    private var program: InitClient.Program?

    init(_ node: String, in lab: Lab) throws {
        self.lab = lab
        self.node = node
        program = try lab.initClient.running().last { $0.name == node }
    }

    /// - Throws: `LabError` if it does not run.
    func send(signal: Int32) throws {
        guard let program else {
            throw LabError("the route server does not run", advice: "run 'rslab restore' first")
        }
        try program.handle.send(signal: signal)
    }

    /// Ends it at once; its sockets are closed when this returns.
    func kill() throws {
        guard let program else { return }
        try program.handle.send(signal: SIGKILL)
        try InstanceProcesses.waitForEnd(of: program)
        // The end was intended: it must not count as a failure of the lab.
        try lab.initClient.takeEnd(of: node, until: .now + Self.timeout)
        self.program = nil
    }

    /// Starts it if it does not run, and waits until it listens.
    func start(waitingIn feed: EventFeed) throws {
        guard program == nil else { return }
        let state = lab.state
        guard let server = state.model.routeServers.first(where: { LabPlan.node(of: $0, in: state.model) == node })
        else {
            throw LabError("the template has no route server '\(node)'")
        }
        let blueprint = LabBlueprint(state)
        let start = Instant.now
        let starter = NodePrograms(directory: lab.directory, executables: try .find())
        _ = try starter.orderRouteServer(
            blueprint.routeServerConfiguration(server), router: try lab.namespace(LabPlan.vpcNode),
            by: lab.initClient
        ).answer()
        try feed.listen(to: node, in: lab.directory, since: .zero)
        let isUp = try feed.wait(until: start + Self.timeout) {
            feed.starts.contains { $0.node == node && $0.at > start }
        }
        guard isUp else { throw LabError("\(node) does not start", advice: "see 'rslab logs \(node)'") }
        program = try lab.initClient.running().last { $0.name == node }
    }
}
