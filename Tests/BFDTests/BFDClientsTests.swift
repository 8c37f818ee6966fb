// SPDX-License-Identifier: MIT-0
import BFD
import Causes
import Testing
import WireFormat

/// When BFD ends a control protocol's session (RFC 5882 sections 3.2 and 4.2).
struct BFDClientsTests {
    private static let session = BFDSessionID(0)
    private static let other = BFDSessionID(1)

    /// Two clients, each with a BFD session that is Up, and Established for 10 s.
    private struct Node {
        var clients = BFDClients<String>()

        init(isEstablished: Bool = true) {
            for (client, session) in [("one", BFDClientsTests.session), ("two", BFDClientsTests.other)] {
                clients.watch(client, by: session)
                clients.handle(.stateChanged(session, to: .up), at: .zero)
                if isEstablished { clients.handle(.established(client), at: .zero) }
            }
            _ = outputs
        }

        var outputs: [BFDClients<String>.Output] {
            mutating get {
                var all: [BFDClients<String>.Output] = []
                while let output = clients.nextOutput() { all.append(output) }
                return all
            }
        }

        /// What follows when a BFD session leaves Up, as a session reports it: first the state, then the cause.
        mutating func takeDown(
            _ cause: BFDDownCause, of session: BFDSessionID = session, to state: SessionState = .down,
            at instant: Instant
        ) -> [BFDClients<String>.Output] {
            clients.handle(.stateChanged(session, to: state), at: instant)
            clients.handle(.wentDown(session, cause), at: instant)
            return outputs
        }
    }

    private static let down = Instant.zero + .seconds(10)

    @Test(arguments: [
        BFDDownCause.controlDetectionTimeExpired, .neighborSignaledSessionDown(.controlDetectionTimeExpired),
        .neighborSignaledSessionDown(.noDiagnostic), .adminDown(.pathDown),
    ])
    func `a path that failed ends its client's session, and no other`(cause: BFDDownCause) {
        var node = Node()
        #expect(
            node.takeDown(cause, at: Self.down) == [
                .statusChanged("one", isUp: false, at: Self.down), .pathFailed("one", cause, at: Self.down),
            ])
        #expect(node.outputs.isEmpty)
    }

    @Test(arguments: [
        (SessionState.down, BFDDownCause.neighborAdminDown), (.adminDown, .adminDown(.administrativelyDown)),
        (.adminDown, .adminDown(.noDiagnostic)), (.adminDown, .adminDown(.concatenatedPathDown)),
    ])
    func `a session that is held in AdminDown says nothing about the path`(
        state: SessionState, cause: BFDDownCause
    ) {
        var node = Node()
        #expect(
            node.takeDown(cause, to: state, at: Self.down) == [.statusChanged("one", isUp: false, at: Self.down)])
        // And once it is Up again, a failure counts as before.
        node.clients.handle(.stateChanged(Self.session, to: .up), at: Self.down + .seconds(1))
        let failure = Self.down + .seconds(2)
        #expect(
            node.takeDown(.controlDetectionTimeExpired, at: failure).contains(
                .pathFailed("one", .controlDetectionTimeExpired, at: failure)))
    }

    @Test func `a client that is not Established has nothing to end`() {
        var node = Node(isEstablished: false)
        #expect(
            node.takeDown(.controlDetectionTimeExpired, at: Self.down) == [
                .statusChanged("one", isUp: false, at: Self.down)
            ])
        var ended = Node()
        ended.clients.handle(.ended("one"), at: Self.down - .seconds(1))
        #expect(
            ended.takeDown(.controlDetectionTimeExpired, at: Self.down) == [
                .statusChanged("one", isUp: false, at: Self.down)
            ])
    }

    /// The report was under way while the client's session was replaced by another.
    @Test func `a failure older than the client's session is no reason to end it`() {
        var node = Node()
        node.clients.handle(.ended("one"), at: Self.down)
        node.clients.handle(.established("one"), at: Self.down + .milliseconds(2))
        #expect(
            node.takeDown(.controlDetectionTimeExpired, at: Self.down + .milliseconds(1))
                == [.statusChanged("one", isUp: false, at: Self.down + .milliseconds(1))])
        node.clients.handle(.stateChanged(Self.session, to: .up), at: Self.down + .milliseconds(3))
        let failure = Self.down + .milliseconds(4)
        #expect(
            node.takeDown(.controlDetectionTimeExpired, at: failure).contains(
                .pathFailed("one", .controlDetectionTimeExpired, at: failure)))
    }

    @Test func `a failure is reported once until the client is Established again`() {
        var node = Node()
        _ = node.takeDown(.controlDetectionTimeExpired, at: Self.down)
        node.clients.handle(.wentDown(Self.session, .controlDetectionTimeExpired), at: Self.down + .seconds(1))
        #expect(node.outputs.isEmpty)
        node.clients.handle(.ended("one"), at: Self.down + .seconds(1))
        node.clients.handle(.established("one"), at: Self.down + .seconds(2))
        node.clients.handle(.wentDown(Self.session, .controlDetectionTimeExpired), at: Self.down + .seconds(3))
        #expect(
            node.outputs == [.pathFailed("one", .controlDetectionTimeExpired, at: Self.down + .seconds(3))])
    }

    @Test func `only a change between Up and any other state is a change of status`() {
        var node = Node()
        node.clients.handle(.stateChanged(Self.session, to: .up), at: Self.down)
        #expect(node.outputs.isEmpty)
        for state in [SessionState.down, .initializing, .adminDown] {
            node.clients.handle(.stateChanged(Self.session, to: state), at: Self.down)
        }
        #expect(node.outputs == [.statusChanged("one", isUp: false, at: Self.down)])
    }

    @Test func `reports of a removed session are ignored`() {
        var node = Node()
        #expect(node.clients.session(of: "one") == Self.session)
        node.clients.unwatch("one")
        #expect(node.clients.session(of: "one") == nil)
        #expect(node.takeDown(.controlDetectionTimeExpired, to: .adminDown, at: Self.down).isEmpty)
        // Its successor watches the same client, and is in a state of its own.
        node.clients.watch("one", by: BFDSessionID(2))
        #expect(node.takeDown(.controlDetectionTimeExpired, of: BFDSessionID(2), at: Self.down).count == 1)
    }

    /// From BFD's own machine: the detection time runs out, and the client hears of it at that instant.
    @Test func `a session whose peer falls silent ends its client one detection time after the last packet`() throws {
        var pair = BFDPair(configuration(milliseconds: 20))
        try pair.runUntilSettled()
        var clients = BFDClients<String>()
        clients.watch("one", by: Self.session)
        let start = pair.now
        clients.handle(.established("one"), at: start)
        pair.cut = [.left]
        // Packets under way still arrive.
        pair.run(for: .seconds(1))
        let lastArrival = try #require(pair.arrivals[.right]?.last?.at)
        for record in pair.records[.right] ?? [] where record.at > start {
            switch record.output {
            case .stateChanged(_, let state, _): clients.handle(.stateChanged(Self.session, to: state), at: record.at)
            case .wentDown(let cause): clients.handle(.wentDown(Self.session, cause), at: record.at)
            case .transmit, .finding: break
            }
        }
        let failure = lastArrival + .milliseconds(60)
        let first = clients.nextOutput()
        #expect(first == .pathFailed("one", .controlDetectionTimeExpired, at: failure))
    }
}
