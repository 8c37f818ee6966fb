// SPDX-License-Identifier: MIT-0
import RouteServer
import Testing
import WireFormat

@Suite struct SharedTableDatabaseTests {
    @Test func `a route behind another route server's is rejected for as long as that one is there`() throws {
        var server = SampleRouteServer()
        server.start()
        func installations() throws -> [RoutingDatabase.Installation] {
            try #require(server.machine.database().routes.first).installations
        }
        #expect(try installations().map(\.status) == [.installed])
        let floatingIP = SampleRouteServer.floatingIP
        server.machine.notePreferredRoute(to: floatingIP, inKernelTable: 100, of: "rs-a")
        #expect(try installations().map(\.status) == [.rejected])
        #expect(try installations().first?.reason == .preferredRouteServer("rs-a", SampleRouteServer.floatingIP))
        #expect(server.drain().isEmpty)
        server.machine.notePreferredRoute(to: floatingIP, inKernelTable: 100, of: nil)
        #expect(try installations().map(\.status) == [.installed])
        server.machine.notePreferredRoute(to: floatingIP, inKernelTable: 101, of: "rs-a")
        #expect(try installations().map(\.status) == [.installed])
    }
}
