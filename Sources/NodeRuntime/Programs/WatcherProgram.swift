// SPDX-License-Identifier: MIT-0
package import LinuxSystem
internal import Measurement
internal import NetlinkRoutes
package import NodeProtocol
internal import WireFormat

/// Sees every change of the VPC's route tables in the kernel, and stamps it.
///
/// It shares nothing with the programs that write them.
///
/// Runs in the namespace of the VPC's router. Descriptor 3 is the control socket.
package final class WatcherProgram {
    private static let fifoPriority: Int32 = 45
    /// Room for the longest block while another process has the CPU; allocated only as it is used.
    private static let eventRoom = 128 << 20

    private let configuration: WatcherProgramConfiguration
    private let loop: EventLoop
    private let server: NodeServer
    private var watcher: RouteWatcher
    private var block = BlockObserver()
    /// The contents of tables with several writers; in other tables every change is of the route in use.
    private var shared = EffectiveRoutes()

    package init(configuration: WatcherProgramConfiguration) throws(SystemError) {
        self.configuration = configuration
        loop = try EventLoop()
        server = try NodeServer(loop: loop, nodeName: configuration.node)
        watcher = try RouteWatcher(
            in: NetworkNamespace(opening: "/proc/self/ns/net", name: configuration.node), eventRoom: Self.eventRoom)
        server.answer = { [unowned self] request throws(ProgramFailure) in try answer(request) }
        server.beforeFlush = { [unowned self] _ in
            block.tell(server) { configuration.instances[$0.description] }
            return false
        }
    }

    package func run() throws(SystemError) {
        _ = try loop.watch(watcher.descriptor, for: .readable) { [unowned self] _ in read() }
        let grant = loop.requestRealTime(fifoPriority: Self.fifoPriority)
        server.record(.nodeStarted, at: .now) {
            $0.detail = .scheduling(.main, fifoPriority: grant.fifoPriority)
        }
        server.flush()
        loop.afterEachWake = { [unowned self] in server.flush() }
        try loop.run()
    }

    private func answer(_ request: ProgramRequest) throws(ProgramFailure) -> EncodedReply {
        switch request {
        case .observeBlock(let query):
            block.observe(query.block)
            return query.done
        case .beginBlock(let query):
            block.begin()
            return query.done
        case .reportBlock(let query):
            return query.answered(by: block.report)
        case .listBlockChanges(let query):
            return query.answered(by: try block.changes(in: query.table))
        case .listTableRoutes(let query):
            read()
            return query.answered(by: try routes(to: query.prefixes))
        case .listNeighbors, .listBFDSessions, .changeBFDSessions, .showGlobal, .showGlobalRIB, .showAdjacentRIB,
            .originate, .withdraw, .withdrawAll, .originateBlock, .withdrawBlock, .describeRouteServer,
            .changeRouteServer, .getRoutingDatabase:
            throw .notAnswered(by: "the watcher")
        }
    }

    private func routes(to prefixes: Set<IPPrefix>) throws(ProgramFailure) -> [ListTableRoutes.Route] {
        do throws(SystemError) {
            var found: [ListTableRoutes.Route] = []
            for (number, table) in configuration.tables {
                var metrics: [IPPrefix: UInt32] = [:]
                for route in try watcher.dump(table: number) where prefixes.contains(route.prefix) {
                    // Of several writers' routes, the one with the smallest metric is in effect.
                    guard route.metric < metrics[route.prefix] ?? .max else { continue }
                    if metrics.updateValue(route.metric, forKey: route.prefix) != nil {
                        found.removeAll { $0.table == table && $0.prefix == route.prefix }
                    }
                    let instance = route.nextHop.flatMap { configuration.instances[$0.description] }
                    found.append(ListTableRoutes.Route(table: table, prefix: route.prefix, instance: instance))
                }
            }
            return found
        } catch {
            throw ProgramFailure("\(error)")
        }
    }

    private func read() {
        // The route's writer is waiting for the kernel's answer, perhaps on this very CPU.
        server.holdBack()
        var isOverrun = false
        do throws(SystemError) {
            try watcher.readEvents { event in
                switch event {
                case .installed(let route, let writer, let instant):
                    if configuration.sharedTables.contains(route.table), !shared.install(route) { return }
                    record(route, nextHop: route.nextHop, by: writer, at: instant)
                case .removed(let route, let writer, let instant):
                    guard configuration.sharedTables.contains(route.table) else {
                        return record(route, nextHop: nil, by: writer, at: instant)
                    }
                    let change = shared.remove(route)
                    if change.wasFollowed { record(route, nextHop: change.nextHop, by: writer, at: instant) }
                case .overrun(let instant):
                    isOverrun = true
                    block.noteOverrun()
                    server.record(.note, at: instant) {
                        $0.detail = .message("the kernel dropped route events: too many at once")
                    }
                }
            }
            if isOverrun { try readSharedTables() }
        } catch {
            log("\(error)")
        }
    }

    private func readSharedTables() throws(SystemError) {
        for table in configuration.sharedTables {
            shared.forget(table: table)
            for route in try watcher.dump(table: table) { _ = shared.install(route) }
        }
    }

    private func record(_ route: KernelRoute, nextHop: IPAddress?, by writer: UInt32, at instant: Instant) {
        guard let table = configuration.tables[route.table] else { return }
        guard !block.take(.tableChanged, route.prefix, nextHop: nextHop, table: table, at: instant) else { return }
        guard server.admits(.routes) else { return }
        server.record(.tableChanged, at: instant) {
            $0.prefix = route.prefix
            $0.nextHop = nextHop
            $0.table = table
            $0.writer = writer
            $0.instance = nextHop.flatMap { configuration.instances[$0.description] }
        }
    }
}
