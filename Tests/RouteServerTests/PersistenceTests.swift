// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import Testing
import WireFormat

@Suite struct PersistenceTests {
    static let allPeers = SampleRouteServer.activePeers + SampleRouteServer.standbyPeers

    /// The sample with persist routes enabled, up to the end of its last session.
    static func outage(minutes: Int = 2, timeScale: Double = 1, whenDisabled: PersistRoutes.DisablePolicy = .keep)
        -> SampleRouteServer
    {
        var server = SampleRouteServer {
            $0.persistRoutes = PersistRoutes(
                isEnabled: true, durationMinutes: minutes, timeScale: timeScale, whenDisabled: whenDisabled)
        }
        server.start()
        for peer in allPeers {
            server.machine.sessionEnded(peer, cause: .closedByPeer(.reset), at: server.now)
        }
        return server
    }

    static func persistenceChanges(_ outputs: [RouteServerMachine.Output]) -> [PersistenceChange.Kind] {
        outputs.compactMap { output in
            if case .persistenceChanged(let change) = output { change.kind } else { nil }
        }
    }

    @Test func `the last session's end freezes RIB and FIB, the ends before it withdraw`() {
        var server = PersistenceTests.outage()
        let outputs = server.drain()
        // From the active to the standby, and then not away from the standby.
        #expect(tableChanges(outputs).map(\.nextHop) == [SampleRouteServer.standby])
        #expect(PersistenceTests.persistenceChanges(outputs) == [.persisted])
        let database = server.machine.database()
        #expect(database.areRoutesPersisted)
        #expect(database.routes.map(\.peer) == [PeerID("Peer4")])
        #expect(database.routes.map(\.status) == [.inFIB])
        // For as long as the outage lasts.
        #expect(server.machine.nextDeadline == nil)
        server.machine.timeReached(at: Instant(nanoseconds: 3_600_000_000_000))
        #expect(server.machine.areRoutesPersisted)
        #expect(server.drain().isEmpty)
    }

    @Test func `routes are given up the configured minutes after the first session is back`() {
        var server = PersistenceTests.outage(minutes: 2)
        server.confirmAll(server.drain())
        server.now = Instant(nanoseconds: 500_000_000_000)
        server.establishActive(PeerID("Peer1"))
        let deadline = server.now + .seconds(120)
        #expect(PersistenceTests.persistenceChanges(server.drain()) == [.unpersisting(at: deadline)])
        // A second session does not start another wait, and routes from both are held back.
        server.now = server.now + .seconds(60)
        server.establishActive(PeerID("Peer2"))
        #expect(server.drain().isEmpty)
        #expect(server.machine.nextDeadline == deadline)
        #expect(server.machine.database().routes.map(\.peer) == [PeerID("Peer4")])
        #expect(server.machine.routeCounts(of: PeerID("Peer1"))?.received == 1)

        server.machine.timeReached(at: deadline)
        let outputs = server.drain()
        #expect(PersistenceTests.persistenceChanges(outputs) == [.unpersisted(.persistenceOver)])
        #expect(tableChanges(outputs).map(\.nextHop) == [SampleRouteServer.active])
        #expect(bestPathChanges(outputs).map(\.cause) == [.persistenceOver])
        #expect(bestPathChanges(outputs).map(\.reason) == [.peerAddress])
        #expect(!server.machine.database().areRoutesPersisted)
        #expect(server.machine.database().routes.map(\.peer) == [PeerID("Peer2"), PeerID("Peer1")])
        #expect(server.machine.nextDeadline == nil)
    }

    @Test func `routes that were not announced again are withdrawn at the end of the wait`() {
        var server = PersistenceTests.outage(minutes: 1)
        server.confirmAll(server.drain())
        server.machine.sessionEstablished(PeerID("Peer1"), routerID: v4(SampleRouteServer.active), at: server.now)
        server.machine.timeReached(at: server.now + .seconds(60))
        #expect(tableChanges(server.drain()).map(\.nextHop) == [nil])
        #expect(server.machine.database().routes.isEmpty)
    }

    @Test func `a route that came back as it was moves nothing`() {
        var server = PersistenceTests.outage(minutes: 1)
        server.confirmAll(server.drain())
        let last = SampleRouteServer.standbyPeers[1]
        server.machine.sessionEstablished(last, routerID: v4(SampleRouteServer.standby), at: server.now)
        server.announce([65001, 65001, 65001], nextHop: SampleRouteServer.standby, from: last)
        server.machine.timeReached(at: server.now + .seconds(60))
        let outputs = server.drain()
        #expect(tableChanges(outputs).isEmpty)
        #expect(bestPathChanges(outputs).isEmpty)
    }

    @Test func `a session that is lost again during the wait stops the clock`() {
        var server = PersistenceTests.outage(minutes: 1)
        _ = server.drain()
        server.establishActive(PeerID("Peer1"))
        server.machine.sessionEnded(PeerID("Peer1"), cause: .holdTimerExpired, at: server.now + .seconds(30))
        #expect(PersistenceTests.persistenceChanges(server.drain()).last == .persistedFurther)
        #expect(server.machine.nextDeadline == nil)
        server.now = server.now + .seconds(600)
        server.establishActive(PeerID("Peer1"))
        #expect(server.machine.nextDeadline == server.now + .seconds(60))
    }

    @Test func `a time scale makes the minutes short`() {
        var server = PersistenceTests.outage(minutes: 5, timeScale: 600)
        server.establishActive(PeerID("Peer1"))
        #expect(server.machine.nextDeadline == server.now + .milliseconds(500))
    }

    @Test func `reset empties FIB and RIB`() throws {
        var server = PersistenceTests.outage()
        server.confirmAll(server.drain())
        try server.machine.modify(persistRoutes: .reset, at: server.now)
        let outputs = server.drain()
        #expect(tableChanges(outputs).map(\.nextHop) == [nil])
        #expect(bestPathChanges(outputs).map(\.cause) == [.persistenceReset])
        #expect(server.machine.database().routes.isEmpty)
        #expect(!server.machine.database().areRoutesPersisted)
        #expect(server.machine.description().persistRoutesState == .enabled)
    }

    @Test func `reset does nothing to routes that are not persisted`() throws {
        var server = SampleRouteServer { $0.persistRoutes.isEnabled = true }
        server.start()
        try server.machine.modify(persistRoutes: .reset, at: server.now)
        #expect(server.drain().isEmpty)
        #expect(server.machine.database().routes.count == 4)
    }

    @Test(arguments: PersistRoutes.DisablePolicy.allCases)
    func `what disabling does to persisted routes is a setting`(policy: PersistRoutes.DisablePolicy) throws {
        var server = PersistenceTests.outage(whenDisabled: policy)
        server.confirmAll(server.drain())
        try server.machine.modify(persistRoutes: .disable, at: server.now)
        #expect(server.machine.areRoutesPersisted == (policy == .keep))
        #expect(tableChanges(server.drain()).map(\.nextHop) == (policy == .keep ? [] : [nil]))
        #expect(server.machine.description().persistRoutesState == .disabled)
    }

    @Test func `without persist routes the last session takes its routes along`() throws {
        var server = SampleRouteServer { $0.persistRoutes.isEnabled = true }
        server.start()
        try server.machine.modify(persistRoutes: .disable, at: server.now)
        for peer in PersistenceTests.allPeers {
            server.machine.sessionEnded(peer, cause: .closedByPeer(.reset), at: server.now)
        }
        #expect(tableChanges(server.drain()).map(\.nextHop) == [SampleRouteServer.standby, nil])
    }

    @Test func `the states of a change are AWS's, and no second one is taken meanwhile`() throws {
        var server = SampleRouteServer { $0.delays.modification = .seconds(10) }
        server.start()
        let steps: [(PersistRoutes.Action?, Int?, PersistRoutes.State, PersistRoutes.State)] = [
            (.enable, 3, .enabling, .enabled), (nil, 5, .modifying, .enabled), (.reset, nil, .resetting, .enabled),
            (.disable, nil, .disabling, .disabled),
        ]
        for (action, minutes, during, after) in steps {
            try server.machine.modify(persistRoutes: action, durationMinutes: minutes, at: server.now)
            #expect(server.machine.description().persistRoutesState == during)
            #expect(server.machine.state == .modifying)
            #expect(throws: RouteServerRefusal.incorrectState("RouteServer", state: "modifying")) {
                try server.machine.modify(isNotifyingSNS: true, at: server.now)
            }
            server.now = server.now + .seconds(10)
            #expect(server.machine.nextDeadline == server.now)
            server.machine.timeReached(at: server.now)
            #expect(server.machine.description().persistRoutesState == after)
            #expect(server.machine.state == .available)
        }
        #expect(server.machine.description().persistRoutesDurationMinutes == 5)
    }

    @Test(arguments: [0, 6])
    func `a duration is one to five minutes`(minutes: Int) {
        var server = SampleRouteServer()
        #expect(
            throws: RouteServerRefusal.invalidParameterValue("PersistRoutesDuration is 1 to 5 minutes, not \(minutes)")
        ) {
            try server.machine.modify(persistRoutes: .enable, durationMinutes: minutes, at: server.now)
        }
    }

    @Test func `enabling needs a duration`() {
        var server = SampleRouteServer()
        #expect(throws: RouteServerRefusal.self) {
            try server.machine.modify(persistRoutes: .enable, at: server.now)
        }
    }
}
