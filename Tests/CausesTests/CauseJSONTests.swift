// SPDX-License-Identifier: MIT-0
import Causes
import Foundation
import Testing

/// The JSON of causes: what programs read, and what comes back from it.
struct CauseJSONTests {
    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static let failure = SystemFailure(code: 111, text: "Connection refused")

    private static let ends: [(SessionEnd, String)] = [
        (.holdTimerExpired, #"{"session":{"kind":"hold-timer-expired"}}"#),
        (.sendHoldTimerExpired, #"{"session":{"kind":"send-hold-timer-expired"}}"#),
        (.closedByPeer(.fin), #"{"session":{"kind":"fin"}}"#),
        (.closedByPeer(.reset), #"{"session":{"kind":"reset"}}"#),
        (
            .closedByPeer(.error(failure)),
            #"{"session":{"failure":{"errno":111,"text":"Connection refused"},"kind":"connection-error"}}"#
        ),
        (
            .notificationReceived(.cease(.administrativeReset), communication: "back at 5"),
            #"{"session":{"communication":"back at 5","kind":"notification-received","notification":"#
                + #"{"code":6,"name":"Cease / Administrative Reset","subcode":4}}}"#
        ),
        (
            .notificationReceived(.other(code: 9, subcode: 7), communication: nil),
            #"{"session":{"kind":"notification-received","notification":"#
                + #"{"code":9,"name":"error code 9 / subcode 7","subcode":7}}}"#
        ),
        (
            .notificationSent(.holdTimerExpired),
            #"{"session":{"kind":"notification-sent","notification":"#
                + #"{"code":4,"name":"Hold Timer Expired","subcode":0}}}"#
        ),
        (
            .bfdDown(.controlDetectionTimeExpired),
            #"{"session":{"bfd":{"kind":"control-detection-time-expired"},"kind":"bfd-down"}}"#
        ),
        (
            .bfdDown(.neighborSignaledSessionDown(.pathDown)),
            #"{"session":{"bfd":{"diagnostic":{"code":5,"name":"Path Down"},"#
                + #""kind":"neighbor-signaled-session-down"},"kind":"bfd-down"}}"#
        ),
        (.stopped, #"{"session":{"kind":"stopped"}}"#),
        (
            .connectionFailed(failure),
            #"{"session":{"failure":{"errno":111,"text":"Connection refused"},"kind":"connection-failed"}}"#
        ),
        (.noAnswer, #"{"session":{"kind":"no-answer"}}"#),
    ]

    @Test(arguments: ends) func `the end of a session`(end: SessionEnd, text: String) throws {
        let cause = Cause.session(end)
        #expect(try json(cause) == text)
        #expect(try JSONDecoder().decode(Cause.self, from: Data(text.utf8)) == cause)
        #expect(try JSONDecoder().decode(SessionEnd.self, from: Data(try json(end).utf8)) == end)
    }

    @Test func `every kind of end of a session is among these`() {
        #expect(Set(Self.ends.map(\.0.kind)) == Set(SessionEnd.Kind.allCases))
    }

    private static let peer = PeerID("Peer1")

    private static let routes: [(RouteCause, String)] = [
        (.advertised(peer), #"{"route":{"kind":"advertised","peer":"Peer1"}}"#),
        (.withdrawn(peer), #"{"route":{"kind":"withdrawn","peer":"Peer1"}}"#),
        (
            .sessionEnded(peer, .bfdDown(.neighborAdminDown)),
            #"{"route":{"kind":"session-ended","peer":"Peer1","#
                + #""session":{"bfd":{"kind":"neighbor-admin-down"},"kind":"bfd-down"}}}"#
        ),
        (.sessionReplaced(peer), #"{"route":{"kind":"session-replaced","peer":"Peer1"}}"#),
        (
            .routeQuotaExceeded(peer, limit: 100),
            #"{"route":{"kind":"route-quota-exceeded","limit":100,"peer":"Peer1"}}"#
        ),
        (.peerDeleted(peer), #"{"route":{"kind":"peer-deleted","peer":"Peer1"}}"#),
        (.persistenceOver, #"{"route":{"kind":"persistence-over"}}"#),
        (.persistenceReset, #"{"route":{"kind":"persistence-reset"}}"#),
        (.persistenceDisabled, #"{"route":{"kind":"persistence-disabled"}}"#),
    ]

    @Test(arguments: routes) func `why a route changed`(route: RouteCause, text: String) throws {
        let cause = Cause.route(route)
        #expect(try json(cause) == text)
        #expect(try JSONDecoder().decode(Cause.self, from: Data(text.utf8)) == cause)
    }

    @Test func `every kind of cause of a route is among these`() {
        #expect(Set(Self.routes.map(\.0.kind)) == Set(RouteCause.Kind.allCases))
        #expect(Self.routes.filter { $0.0.peer == nil }.count == 3)
    }

    @Test(
        arguments: [
            (.bfd(.controlDetectionTimeExpired), #"{"bfd":{"kind":"control-detection-time-expired"}}"#),
            (
                .bfd(.adminDown(.administrativelyDown)),
                #"{"bfd":{"diagnostic":{"code":7,"name":"Administratively Down"},"kind":"admin-down"}}"#
            ),
            (
                .diagnostic(Diagnostic(code: 17)),
                #"{"diagnostic":{"code":17,"name":"diagnostic 17"}}"#
            ),
            (.refused(failure), #"{"refused":{"errno":111,"text":"Connection refused"}}"#),
        ] as [(Cause, String)])
    func `other causes`(cause: Cause, text: String) throws {
        #expect(try json(cause) == text)
        #expect(try JSONDecoder().decode(Cause.self, from: Data(text.utf8)) == cause)
    }

    @Test(arguments: [
        #"{"weather":{"kind":"rain"}}"#, #"{"session":{"kind":"bored"}}"#, #"{"session":{"kind":"bfd-down"}}"#,
        #"{"route":{"kind":"advertised"}}"#, #"{"kind":"fin"}"#, "{}",
    ])
    func `anything that is not a cause is refused`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Cause.self, from: Data(text.utf8)) }
    }
}
