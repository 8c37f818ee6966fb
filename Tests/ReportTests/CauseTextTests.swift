// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import Report
import Testing
import WireFormat

/// The words of causes, which stand nowhere else.
struct CauseTextTests {
    private static let peer = PeerID("Peer1")
    private static let refused = SystemFailure(code: 111, text: "connect to 10.0.1.102: Connection refused")

    @Test(
        arguments: [
            (.holdTimerExpired, "hold timer expired"),
            (.sendHoldTimerExpired, "send hold timer expired: the peer read nothing"),
            (.closedByPeer(.fin), "connection closed by peer (FIN)"),
            (.closedByPeer(.reset), "connection closed by peer (RST)"),
            (
                .closedByPeer(.error(SystemFailure(code: 113, text: "No route to host"))),
                "connection closed by peer (No route to host)"
            ),
            (
                .notificationReceived(.cease(.administrativeShutdown), communication: "maintenance"),
                "NOTIFICATION received: Cease / Administrative Shutdown (\"maintenance\")"
            ),
            (.notificationReceived(.cease(.bfdDown), communication: nil), "NOTIFICATION received: Cease / BFD Down"),
            (.notificationSent(.openMessageError(.badPeerAS)), "NOTIFICATION sent: OPEN Message Error / Bad Peer AS"),
            (.bfdDown(.controlDetectionTimeExpired), "BFD: control detection time expired"),
            (
                .bfdDown(.neighborSignaledSessionDown(.controlDetectionTimeExpired)),
                "BFD: neighbor signaled session down (Control Detection Time Expired)"
            ),
            (.bfdDown(.neighborAdminDown), "BFD: neighbor is administratively down"),
            (.bfdDown(.adminDown(.pathDown)), "BFD: administratively down (Path Down)"),
            (.stopped, "stopped"),
            (.connectionFailed(refused), "connection failed: connect to 10.0.1.102: Connection refused"),
            (.noAnswer, "connection failed: no answer"),
        ] as [(SessionEnd, String)])
    func `the end of a session in words`(end: SessionEnd, text: String) {
        #expect(end.text == text)
        #expect(Cause.session(end).text == text)
    }

    @Test(
        arguments: [
            (.advertised(peer), "advertised by Peer1"), (.withdrawn(peer), "withdrawn by Peer1"),
            (.sessionEnded(peer, .holdTimerExpired), "session of Peer1 ended: hold timer expired"),
            (.sessionReplaced(peer), "session of Peer1 ended: replaced by a new session"),
            (
                .routeQuotaExceeded(peer, limit: 100),
                "session of Peer1 ended: more than 100 routes, the quota of a peer"
            ),
            (.peerDeleted(peer), "session of Peer1 ended: the peer was deleted"),
            (.persistenceOver, "persisted routes given up"), (.persistenceReset, "persisted routes reset"),
            (.persistenceDisabled, "persist routes disabled"),
        ] as [(RouteCause, String)])
    func `why a route changed in words`(cause: RouteCause, text: String) {
        #expect(cause.text == text)
        #expect(Timeline.StepCause.update(cause).text == "UPDATE: \(text)")
    }

    @Test func `what set off a step in words`() throws {
        let prefix = try #require(IPPrefix("172.16.1.1/32"))
        let nextHop = try #require(IPAddress("10.0.1.102"))
        let texts: [(Timeline.StepCause, String)] = [
            (.fault(.kill), "kill"), (.takenBack(.blackhole), "blackhole taken back"),
            (.event(.bfd(.neighborAdminDown)), "neighbor is administratively down"),
            (.event(.diagnostic(.pathDown)), "Path Down"), (.event(.refused(Self.refused)), Self.refused.text),
            (.path(prefix, nextHop: nextHop), "172.16.1.1/32 via 10.0.1.102"),
            (.path(nil, nextHop: nextHop), "via 10.0.1.102"), (.table("rt-a"), "table rt-a"),
        ]
        for (cause, text) in texts { #expect(cause.text == text) }
    }

    @Test func `what does not fit together in words`() throws {
        let session = TrialSubject.Session(endpoint: "rse-2", peer: try #require(IPAddress("10.0.0.10")))
        let texts: [(Timeline.Anomaly, String)] = [
            (
                .outOfOrder(.bestPath, before: .detected, by: Milliseconds(0.25)),
                "'best-path' is stamped 0.25 ms before 'detected'"
            ),
            (.downBefore(session), "session rse-2 - 10.0.0.10 was down before the fault"),
            (.notSeenDown(session), "session rse-2 - 10.0.0.10 was not seen to go down"),
            (
                .otherTables(.tableWritten, table: "other"),
                "'table-written' was seen for other tables, not for 'other'"
            ),
        ]
        for (anomaly, text) in texts { #expect(anomaly.text == text) }
    }
}
