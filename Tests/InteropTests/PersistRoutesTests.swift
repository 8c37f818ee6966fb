// SPDX-License-Identifier: MIT-0
import Causes
import Foundation
import LabHost
import LabModel
import LinuxSystem
import Measurement
import NodeProtocol
import NodeRuntime
import RouteServer
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// What happens to a route after its route server's last session has ended; a minute is one second here.
    @Suite(.timeLimit(.minutes(2)))
    struct PersistRoutesTests {
        private struct Status: Decodable {
            struct Server: Decodable {
                var persist_routes_state: String
                var persist_routes_duration_min: Int
                var routes_persisted: Bool
                var peer_log: String?
            }
            var sessions_established: Int
            var route_servers: [Server]
            var settings: [StatedSetting]
        }

        private struct RIB: Decodable {
            struct Route: Decodable {
                var next_hop: IPAddress
                var best: Bool
            }
            var routes: [Route]
            var routes_persisted: Bool
        }

        private static let second = Duration.seconds(1)

        private func server(of lab: TestLab) throws -> Status.Server {
            try #require(try lab.json(Status.self, "status").route_servers.first)
        }

        /// Every instance dies, the active one slightly earlier.
        private func killAll(of lab: TestLab, testbed: Testbed) throws {
            let script = testbed.path("all.yaml")
            try replaceFile(
                script,
                with: Array(
                    """
                    - {at: 0ms, fault: kill, target: instance-rs-az1}
                    - {at: 50ms, fault: kill, target: instance-rs-az2}
                    """.utf8))
            let failover = try lab.run("failover", "--script", script)
            try #require(failover.status == 0, "\(failover.standardError)")
            try eventually("the last session to end") {
                try lab.json(Status.self, "status").sessions_established == 0
            }
        }

        private func propagated(in lab: TestLab) throws -> [VPCRouteTable.Route] {
            try lab.json(TablesOutput.self, "tables").propagated
        }

        private func events(_ kinds: Set<TraceEvent.Kind>, of lab: TestLab) throws -> [TraceEvent] {
            try lab.events().filter { kinds.contains($0.kind) }
        }

        @Test
        func `with persist routes the route outlives every instance, and goes its minute after the first is back`()
            throws
        {
            let testbed = try Testbed()
            try TestLab.with("interop-persist-on", up: "--persist-routes", "1", "--time-scale", "60") { lab in
                let settings = try lab.json(Status.self, "status").settings
                #expect(settings.contains(StatedSetting("persist routes", "1 min", .asked)))
                #expect(settings.contains(StatedSetting("hold time that the endpoints offer", "90 s", .assumed)))
                #expect(try server(of: lab).persist_routes_state == "enabled")
                #expect(try !server(of: lab).routes_persisted)
                try killAll(of: lab, testbed: testbed)
                #expect(try server(of: lab).routes_persisted)
                // The one that died last was the best, and the route leads to a dead instance.
                let kept = try #require(try propagated(in: lab).first)
                #expect(kept.instance == "instance-rs-az2" && kept.state == .blackhole)
                let rib = try lab.json(RIB.self, "rib")
                #expect(rib.routes_persisted && rib.routes.contains { $0.best && $0.next_hop == kept.nextHop })
                // However long the outage lasts.
                Thread.sleep(forTimeInterval: 1.2)
                #expect(try server(of: lab).routes_persisted)

                let restore = try lab.run("restore")
                #expect(restore.status == 0, "\(restore.standardError)")
                try eventually("the persisted route to be given up") { try !server(of: lab).routes_persisted }
                #expect(try propagated(in: lab).first?.instance == "instance-rs-az1")
                let changes = try events([.routesPersisted, .routesUnpersisting, .routesUnpersisted], of: lab)
                try #require(changes.map(\.kind) == [.routesPersisted, .routesUnpersisting, .routesUnpersisted])
                let wait = changes[2].at - changes[1].at
                #expect(wait >= Self.second && wait < Self.second + .milliseconds(500), "\(wait)")
            }
        }

        @Test
        func `without persist routes the route goes with the last session; enabled, it stays, and reset takes it`()
            throws
        {
            let testbed = try Testbed()
            try TestLab.with("interop-persist-off", up: "--persist-routes", "off", "--time-scale", "60") { lab in
                #expect(try server(of: lab).persist_routes_state == "disabled")
                try killAll(of: lab, testbed: testbed)
                #expect(try !server(of: lab).routes_persisted)
                try eventually("no route in the table") { try propagated(in: lab).isEmpty }
                #expect(try lab.json(RIB.self, "rib").routes.isEmpty)
                #expect(try lab.run("restore").status == 0)

                let description = try modify(lab, .init(persistRoutes: .enable, durationMinutes: 2))
                #expect(description.persistRoutesState == .enabled)
                #expect(description.persistRoutesDurationMinutes == 2)
                try killAll(of: lab, testbed: testbed)
                #expect(try server(of: lab).routes_persisted)
                #expect(try propagated(in: lab).count == 1)
                // Reset removes the persisted routes, but not the setting.
                #expect(try modify(lab, .init(persistRoutes: .reset)).persistRoutesState == .enabled)
                try eventually("no route in the table after the reset") { try propagated(in: lab).isEmpty }
                #expect(try !server(of: lab).routes_persisted)
                #expect(try events([.persistedRoutesReset], of: lab).count == 1)
                #expect(try lab.run("restore").status == 0)
                try eventually("the active instance's route again") {
                    try propagated(in: lab).first?.instance == "instance-rs-az1"
                }

                // A modified setting is kept when the route server is restarted.
                #expect(try lab.run("failover", "--fault", "route-server-restart").status == 0)
                #expect(try lab.run("restore").status == 0)
                #expect(try server(of: lab).persist_routes_state == "enabled")
                #expect(try server(of: lab).persist_routes_duration_min == 2)
            }
        }

        private func modify(
            _ lab: TestLab, _ modification: RouteServerChange.Modification
        ) throws -> RouteServerDescription {
            // Changing a lab locks it for as long as it is open.
            let opened = try Lab(opening: RunDirectory(labName: lab.name))
            return try opened.modifyRouteServer("rs1", modification)
        }
    }
}
