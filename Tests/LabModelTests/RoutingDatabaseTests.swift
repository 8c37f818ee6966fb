// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import LabModel
import Testing
import WireFormat

@testable import RouteServer

// A routing database is only made by a route server that runs.

/// Whether what a route server knows is all there is to come, and what of several route servers' knowledge counts.
@Suite struct RoutingDatabaseTests {
    private let floating: IPPrefix
    private let other: IPPrefix

    init() throws {
        floating = try prefix("172.16.1.1/32")
        other = try prefix("172.16.1.2/32")
    }

    private func route(
        _ status: RoutingDatabase.RouteStatus, of instance: String = "a", to destination: IPPrefix? = nil,
        _ installations: (RoutingDatabase.Installation.Status, reason: RouteRejection?)...
    ) throws -> RoutingDatabase.Route {
        try plantedRoute(
            status, of: instance, at: "10.0.1.10", to: destination ?? floating, installations: installations)
    }

    private func database(_ routes: RoutingDatabase.Route...) -> RoutingDatabase {
        plantedDatabase(routes)
    }

    // MARK: Settled

    @Test func `a prefix is settled when all paths have come and the best one is in the table`() throws {
        let best = try route(.inFIB, of: "a", (.installed, nil))
        let second = try route(.inRIB, of: "b")
        #expect(database(best, second).isSettled(floating, pathCount: 2))
        #expect(!database(best).isSettled(floating, pathCount: 2), "one path has yet to come")
        #expect(!database(best, second).isSettled(other, pathCount: 1))
    }

    @Test func `a best path that the kernel has yet to confirm is not in the table`() throws {
        #expect(try database(route(.inFIB)).isSettled(floating, pathCount: 1), "no table is to have it")
        #expect(try !database(route(.inFIB, (.rejected, nil))).isSettled(floating, pathCount: 1))
    }

    @Test func `a best path that a table rejects for a reason is settled`() throws {
        #expect(
            try database(route(.inFIB, (.installed, nil), (.rejected, .fibQuota(limit: 100)))).isSettled(
                floating, pathCount: 1))
    }

    @Test func `without a best path it is settled only where all paths are kept out`() throws {
        #expect(try !database(route(.inRIB)).isSettled(floating, pathCount: 1))
        let rejected = try route(.inRIB, (.rejected, .peerQuota(limit: 100)))
        #expect(database(rejected).isSettled(floating, pathCount: 1))
        #expect(try !database(rejected, route(.inRIB, of: "b")).isSettled(floating, pathCount: 2))
    }

    @Test func `a path that import drops has come, and nothing more comes of it`() throws {
        var database = database(try route(.inFIB, of: "a", (.installed, nil)))
        database.droppedRoutes = [
            .init(
                endpoint: "rse", peer: PeerID("b"), peerAddress: try address("10.0.2.10"), prefix: floating,
                reason: .ownASN(ASN(65000)))
        ]
        #expect(database.isSettled(floating, pathCount: 2))
        #expect(!database.isSettled(floating, pathCount: 3))
        database.routes = []
        #expect(database.isSettled(floating, pathCount: 1), "no table will have it")
    }

    // MARK: Kept out

    @Test func `a prefix is kept out where its best path is rejected by every table`() throws {
        #expect(try database(route(.inFIB, (.rejected, .fibQuota(limit: 100)))).isKeptOut(floating))
        #expect(try !database(route(.inFIB, (.rejected, .fibQuota(limit: 100)), (.installed, nil))).isKeptOut(floating))
        #expect(!database().isKeptOut(floating))
    }

    @Test func `another prefix's routes have no influence`() throws {
        let rejected = try route(.inRIB, to: other, (.rejected, .fibQuota(limit: 100)))
        #expect(database(rejected).isKeptOut(other))
        #expect(!database(rejected).isKeptOut(floating))
    }

    // MARK: Several route servers

    @Test func `of two route servers' winners the first one's is followed`() throws {
        let (first, second) = (database(try route(.inFIB, of: "a")), database(try route(.inFIB, of: "b")))
        let governing = try #require(GoverningDatabase([("rs-a", first), ("rs-b", second)], of: [floating]))
        #expect(governing.node == "rs-a")
        #expect(governing.activeInstance(for: floating) == "a")
        #expect(governing.routes.map(\.status) == [.inFIB, .inRIB])
        #expect(governing.routes.map(\.instance) == ["a", "b"])
    }

    @Test func `where the first one has no winner, the next one's is followed`() throws {
        let (first, second) = (database(try route(.inRIB, of: "a")), database(try route(.inFIB, of: "b")))
        let governing = try #require(GoverningDatabase([("rs-a", first), ("rs-b", second)], of: [floating]))
        #expect(governing.node == "rs-b")
        #expect(governing.activeInstance(for: floating) == "b")
        #expect(governing.routes.map(\.instance) == ["b", "a"], "what is followed comes first")
    }

    @Test func `each prefix has a winner of its own, and the first prefix says who governs`() throws {
        let first = database(try route(.inFIB, of: "a", to: other))
        let second = database(try route(.inFIB, of: "b"), try route(.inFIB, of: "b", to: other))
        let governing = try #require(GoverningDatabase([("rs-a", first), ("rs-b", second)], of: [floating, other]))
        #expect(governing.node == "rs-b")
        #expect(governing.activeInstance(for: floating) == "b")
        #expect(governing.activeInstance(for: other) == "a")
    }

    @Test func `without a winner the first route server governs, and no instance is active`() throws {
        let answers = [("rs-a", database()), ("rs-b", database(try route(.inRIB)))]
        let governing = try #require(GoverningDatabase(answers, of: [floating]))
        #expect(governing.node == "rs-a")
        #expect(governing.activeInstance(for: floating) == nil)
    }

    @Test func `without a route server nothing governs`() {
        #expect(GoverningDatabase([], of: [floating]) == nil)
    }
}
