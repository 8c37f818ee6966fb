// SPDX-License-Identifier: MIT-0
import LinuxSystem
import NetlinkRoutes
import NetlinkTopology
import Testing
import WireFormat

/// A namespace with one link to the next hops: 10.9.0.0/16 and fd00:9::/64 on link 5.
struct RoutesFixture: ~Copyable {
    let router: NetworkNamespace
    let neighbor: NetworkNamespace
    let topology: TopologySocket

    static let link: Int32 = 5

    init() throws {
        let router = try NetworkNamespace.create(name: "router")
        let neighbor = try NetworkNamespace.create(name: "neighbor")
        let topology = try TopologySocket(in: router)
        try topology.addVeth(
            VethEnd(name: InterfaceName(literal: "eth0"), index: Self.link), in: router,
            to: VethEnd(name: InterfaceName(literal: "eth0"), index: 2), in: neighbor)
        try TopologySocket(in: neighbor).setUp(index: 2)
        try topology.addAddress(address("10.9.0.1"), prefixLength: 16, index: Self.link)
        try topology.addAddress(address("fd00:9::1"), prefixLength: 64, index: Self.link)
        self.router = router
        self.neighbor = neighbor
        self.topology = topology
    }
}

func address(_ text: String) throws -> IPAddress {
    try #require(IPAddress(text))
}

func prefix(_ text: String) throws -> IPPrefix {
    try #require(IPPrefix(text))
}

extension RouteWatcher {
    /// The events of one table.
    mutating func events(ofTable table: UInt32) throws -> [RouteEvent] {
        var events: [RouteEvent] = []
        try readEvents { event in
            switch event {
            case .installed(let route, _, _), .removed(let route, _, _):
                if route.table == table { events.append(event) }
            case .overrun:
                events.append(event)
            }
        }
        return events
    }
}
