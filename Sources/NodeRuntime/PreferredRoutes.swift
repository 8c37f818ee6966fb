// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import NetlinkRoutes
internal import NodeProtocol
internal import WireFormat

/// Watches, in the router's namespace, other route servers' routes that are preferred to this one's.
///
/// Another program's routes are read from the kernel: route servers do not talk to each other.
final class PreferredRoutes {
    /// The name of the route server whose route is preferred; nil if none is any more.
    typealias Report = (_ prefix: IPPrefix, _ table: UInt32, _ routeServer: String?) -> Void

    private let tables: SharedRouteTables
    private var watcher: RouteWatcher
    private var routes = EffectiveRoutes()
    private let report: Report

    /// Starts to watch; existing routes are reported at once.
    init(
        _ tables: SharedRouteTables, in router: borrowing NetworkNamespace, loop: EventLoop,
        report: @escaping Report
    ) throws(SystemError) {
        self.tables = tables
        self.report = report
        watcher = try RouteWatcher(in: router)
        for table in tables.preferred.keys { try readAll(of: table) }
        _ = try loop.watch(watcher.descriptor, for: .readable) { [unowned self] _ in read() }
    }

    private func read() {
        var isOverrun = false
        do throws(SystemError) {
            try watcher.readEvents { event in
                switch event {
                case .installed(let route, _, _): note(route, isThere: true)
                case .removed(let route, _, _): note(route, isThere: false)
                case .overrun: isOverrun = true
                }
            }
            guard isOverrun else { return }
            for table in tables.preferred.keys {
                routes.forget(table: table)
                try readAll(of: table)
            }
        } catch {
            log("\(error)")
        }
    }

    private func readAll(of table: UInt32) throws(SystemError) {
        for route in try watcher.dump(table: table) { note(route, isThere: true) }
    }

    private func note(_ route: KernelRoute, isThere: Bool) {
        guard let names = tables.preferred[route.table], names[route.metric] != nil,
            route.protocolNumber == RouteChange.bgp
        else { return }
        if isThere {
            _ = routes.install(route)
        } else {
            _ = routes.remove(route)
        }
        report(route.prefix, route.table, routes.metric(of: route.prefix, in: route.table).flatMap { names[$0] })
    }
}
