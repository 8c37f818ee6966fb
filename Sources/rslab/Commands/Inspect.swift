// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import BFD
internal import BGP
internal import Causes
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import Report
internal import RouteServer
internal import VPC
internal import WireFormat

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show a lab: its nodes, programs, sessions, active instance.")

    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions

    private struct NoLab: Encodable {
        var schema = 1
        var lab: String?
    }

    func run() throws {
        try Outcome.run(json: output.json) {
            guard try selection.directory() != nil else {
                Terminal.note("No lab runs.")
                if output.json { try Outcome.print(NoLab()) }
                return
            }
            let lab = try selection.open()
            let summary = try lab.inspect()
            if output.json { try Outcome.print(summary) } else { try print(summary.text) }
        }
    }
}

extension Lab {
    /// The lab, and what runs in it now.
    func inspect() throws -> LabSummary {
        var summary = LabSummary(self)
        let own = try initClient.running()
        let dead = try deadServices()
        if !dead.isEmpty { summary.dead = dead.map(\.text) }
        for index in summary.nodes.indices {
            let node = summary.nodes[index]
            switch node.role {
            case .instance:
                guard own.contains(where: { $0.name == node.name }) else {
                    summary.nodes[index].note = "not running"
                    continue
                }
                let client = try InitClient(connectingTo: directory.instanceInitSocket(node.name))
                summary.nodes[index].programs = try client.running().map(Self.program)
            case .routeServer, .vpc:
                let name = node.role == .vpc ? "watcher" : "route-server"
                summary.nodes[index].programs = own.filter { $0.name == node.name }
                    .map { .init(name: name, process_id: $0.handle.processID()) }
            case .subnet, .internet: break
            }
        }
        var sessions: [NeighborSnapshot] = []
        var bfd: [BFDSessionSnapshot] = []
        let answering = layout.routeServerNodes.filter { node in
            own.contains { $0.name == node } && !dead.contains { $0.node == node }
        }
        for node in answering {
            let client = try NodeClient(node, in: directory)
            sessions += try client.ask(ListNeighbors())
            bfd += try client.ask(ListBFDSessions())
            summary.route_servers.append(
                .init(
                    try client.ask(DescribeRouteServer()),
                    peerLog: state.options.routeServer.isPeerLogOff ? nil : directory.peerLogFile(node)))
        }
        for node in answering {
            let announced = layout.model.routeServers.flatMap { layout.expectedPathCounts(at: $0).keys }
            summary.dropped_routes += try NodeClient(node, in: directory).ask(GetRoutingDatabase(of: announced))
                .droppedRoutes.map(\.text)
        }
        let isWhole = answering.count == layout.routeServerNodes.count
        // The kernel's tables lead somewhere also without a route server.
        let byTable = try isWhole && answering.count == 1 ? [:] : activeInstancesByTable()
        summary.active = try isWhole ? activeInstances().first : byTable.min { $0.key < $1.key }?.value
        if layout.routeServerNodes.count > 1 { summary.active_by_table = byTable }
        if !bfd.isEmpty { summary.bfd = .init(bfd) }
        let drops = try interfaceDrops()
        summary.blocked = interfaceProblems(drops).map(\.text)
        summary.drops = drops.map(InterfaceDropOutput.init)
        summary.interface_rules = try interfaceCounts().map(InterfaceCountOutput.init)
        summary.sessions = sessions.count
        summary.sessions_established = sessions.filter { $0.phase == .established }.count
        return summary
    }

    private static func program(_ program: InitClient.Program) -> LabSummary.Program {
        .init(name: program.name, process_id: program.handle.processID())
    }
}

/// The node that was named, or all route servers that run; says which do not.
private func nodesToAsk(_ node: String?, in lab: Lab) throws -> [String] {
    try node.map { [$0] } ?? lab.answeringRouteServers { Terminal.note($0.text) }
}

struct Neighbors: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "neighbors",
        abstract: "Show BGP sessions, as 'gobgp neighbor' prints them, and their BFD sessions.",
        discussion: "Without a node: the route server's, one line for each endpoint and peer.")

    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions
    @Argument(help: "An instance, to see the sessions from its side.")
    var node: String?

    private struct Result: Encodable {
        var schema = 1
        var neighbors: [NeighborOutput]
    }

    func run() throws {
        try Outcome.run(json: output.json) {
            let lab = try selection.open()
            var neighbors: [NeighborSnapshot] = []
            var dropped: [RoutingDatabase.DroppedRoute] = []
            var bfd: [BFDSessionSnapshot] = []
            for node in try nodesToAsk(node, in: lab) {
                let client = try lab.speaker(on: node)
                neighbors += try client.ask(ListNeighbors())
                if lab.layout.routeServerNodes.contains(node) {
                    dropped += try client.ask(GetRoutingDatabase()).droppedRoutes
                }
                bfd += try client.ask(ListBFDSessions())
            }
            if output.json {
                return try Outcome.print(
                    Result(
                        neighbors: neighbors.map { neighbor in
                            NeighborOutput(
                                neighbor,
                                dropped: dropped.filter {
                                    $0.endpoint == neighbor.endpoint && $0.peerAddress == neighbor.address
                                },
                                bfd: bfd.first {
                                    $0.endpoint == neighbor.endpoint && $0.peerAddress == neighbor.address
                                })
                        }))
            }
            try print(
                node == nil ? NeighborListing.routeServerTable(neighbors) : NeighborListing.table(neighbors),
                terminator: "")
            for neighbor in neighbors where neighbor.phase != .established {
                try print("\(neighbor.address)\(neighbor.endpoint.map { " at \($0)" } ?? "") is \(neighbor.condition)")
            }
            for route in dropped { try print(route.text) }
            if !bfd.isEmpty { try print(Self.tables(bfd)) }
        }
    }
}

extension Neighbors {
    /// BFD next to BGP: states at both ends and the negotiated intervals, then the constants and the diagnostics.
    fileprivate static func tables(_ sessions: [BFDSessionSnapshot]) -> String {
        let timers = table(of: sessions, ["BFD", "Peer's", "Sends", "Hears", "Detects", "Downs"]) { session in
            let detection = Microseconds(UInt32(clamping: session.detectionTimeMicroseconds))
            return [session.state, session.remoteState]
                + [session.transmitInterval, session.receiveInterval, detection].map(\.description)
                + ["\(session.downs)"]
        }
        let titles = ["Role", "C", "Authentication", "Diagnostic", "Peer's"]
        let others = table(of: sessions, titles) { session in
            [
                session.role,
                "\(session.isControlPlaneIndependent ? 1 : 0)/\(session.remoteIsControlPlaneIndependent ? 1 : 0)",
                session.authentication ?? "none", session.localDiagnostic, session.remoteDiagnostic,
            ]
        }
        return "\n\(timers)\n\(others)"
    }

    private static func table(
        of sessions: [BFDSessionSnapshot], _ titles: [String], _ row: (BFDSessionSnapshot) -> [String]
    ) -> String {
        let hasEndpoints = sessions.contains { $0.endpoint != nil }
        var table = TextTable(((hasEndpoints ? ["Endpoint"] : []) + ["Peer"] + titles).map { .init($0) })
        for session in sessions {
            let names = (hasEndpoints ? [session.endpoint ?? ""] : []) + [session.peerAddress.description]
            table.addRow((names + row(session)).map { "\($0)" })
        }
        return table.render(Terminal.style, width: Terminal.width)
    }
}

struct RIB: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rib", abstract: "Show routes, as 'gobgp global rib' prints them.",
        discussion: "Without a node: every path that the route server has, with the endpoint and peer it came by.")

    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions
    @Option(
        name: [.customShort("a"), .long],
        help: ArgumentHelp("The address family of the routes: ipv4 or ipv6.", valueName: "FAMILY"))
    var addressFamily = AddressFamily.ipv4
    @Argument(help: "An instance, to see its own table.")
    var node: String?

    private struct Result: Encodable {
        var schema = 1
        var routes: [RouteOutput]
        /// What import drops; absent for an instance.
        var dropped: [DroppedRouteOutput]?
        /// AWS's AreRoutesPersisted, of the route servers; absent for an instance.
        var routes_persisted: Bool?
        /// AWS's PersistRoutesState of each route server; absent for an instance.
        var persist_routes_states: [PersistRoutes.State]?
    }

    func run() throws {
        try Outcome.run(json: output.json) {
            let lab = try selection.open()
            var rows: [RIBRow] = []
            for node in try nodesToAsk(node, in: lab) {
                rows += try lab.speaker(on: node).ask(ShowGlobalRIB(addressFamily))
            }
            let dropped =
                try node == nil
                ? nodesToAsk(nil, in: lab).flatMap {
                    try lab.speaker(on: $0).ask(GetRoutingDatabase()).droppedRoutes.filter {
                        $0.prefix.family == addressFamily
                    }
                } : []
            let servers =
                try node == nil
                ? nodesToAsk(nil, in: lab).map { try lab.speaker(on: $0).ask(DescribeRouteServer()) } : []
            if output.json {
                return try Outcome.print(
                    Result(
                        routes: rows.map(RouteOutput.init),
                        dropped: node == nil ? dropped.map(DroppedRouteOutput.init) : nil,
                        routes_persisted: node == nil ? servers.contains(where: \.areRoutesPersisted) : nil,
                        persist_routes_states: node == nil ? servers.map(\.persistRoutesState) : nil))
            }
            try print(node == nil ? RIBListing.routeServerRIB(rows) : RIBListing.globalRIB(rows), terminator: "")
            for route in dropped { try print(route.text) }
            for server in servers where server.areRoutesPersisted {
                try print(
                    "The routes of \(server.name) are persisted (persist routes: \(server.persistRoutesState.rawValue))."
                )
            }
        }
    }
}

struct Tables: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tables", abstract: "Show the VPC's route tables, read from the kernel.",
        discussion: "The columns are those of AWS's DescribeRouteTables: destination, target, origin, state.")

    @OptionGroup var selection: LabSelection
    @OptionGroup var output: OutputOptions

    /// Off a terminal: wide enough for IPv6 prefixes and next hops, since a broken value cannot be copied.
    static let maximumWidth = 200

    private struct Result: Encodable {
        var schema = 1
        var route_tables: [VPCRouteTable]
    }

    func run() throws {
        try Outcome.run(json: output.json) {
            let lab = try selection.open()
            let tables = try lab.routeTables()
            if output.json { return try Outcome.print(Result(route_tables: tables)) }
            for table in tables {
                try print("\(table.name)  \(table.id)\(table.isMain ? "  main" : "")\(Self.users(of: table))")
                var text = TextTable(
                    [
                        .init("destination"), .init("target"), .init("instance"), .init("next hop"), .init("origin"),
                        .init("state"),
                    ], indent: 2, maximumWidth: Self.maximumWidth)
                for route in table.routes {
                    text.addRow([
                        "\(route.destination)", "\(route.target)", "\(route.instance ?? "-")",
                        "\(route.nextHop.map { "\($0)" } ?? "-")", "\(route.origin.rawValue)",
                        "\(route.state.rawValue)\(route.reason.map { ": \($0)" } ?? "")",
                    ])
                }
                try print(text.render(Terminal.style, width: Terminal.width))
            }
        }
    }
}

extension Tables {
    /// Whose traffic uses a table, and which route servers write it.
    fileprivate static func users(of table: VPCRouteTable) -> String {
        var text = table.gateway.map { "  what comes in by \($0)" } ?? ""
        if !table.subnets.isEmpty { text += "  of \(table.subnets.joined(separator: ", "))" }
        let servers = table.propagatingRouteServers
        if !servers.isEmpty { text += "  written by \(servers.joined(separator: ", "))" }
        return text
    }
}

extension AddressFamily: ExpressibleByArgument {}
