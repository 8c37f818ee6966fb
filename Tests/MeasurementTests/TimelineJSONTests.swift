// SPDX-License-Identifier: MIT-0
import Causes
import Foundation
import Measurement
import Testing
import WireFormat

/// What events, timelines and explanations say in JSON comes back as it was.
struct TimelineJSONTests {
    private func roundTrip<Value: Codable & Equatable>(_ value: Value, _ text: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == text)
        #expect(try JSONDecoder().decode(Value.self, from: Data(text.utf8)) == value)
    }

    @Test(
        arguments: [
            (.scheduling(.main, fifoPriority: 40), #"{"fifo_priority":40,"kind":"scheduling","thread":"main"}"#),
            (.scheduling(.bfd, fifoPriority: nil), #"{"kind":"scheduling","thread":"bfd"}"#),
            (
                .speaker(asn: 65001, routerID: IPv4Address(bits: 0x0A00_0166)),
                #"{"asn":65001,"kind":"speaker","router_id":"10.0.1.102"}"#
            ),
            (
                .agreed(holdTimeSeconds: 90, keepaliveSeconds: 30),
                #"{"hold_time_s":90,"keepalive_s":30,"kind":"agreed"}"#
            ),
            (.beforeEstablished, #"{"kind":"before-established"}"#),
            (.transition(from: "Init", to: "Up"), #"{"from":"Init","kind":"transition","to":"Up"}"#),
            (.selection(.multiExitDiscriminator), #"{"kind":"selection","reason":"med"}"#),
            (.lastSessionEnded, #"{"kind":"last-session-ended"}"#), (.noSessionAgain, #"{"kind":"no-session-again"}"#),
            (.suppressed(count: 1348), #"{"count":1348,"kind":"suppressed"}"#),
            (
                .sessionBack(givenUpIn: Milliseconds(60_000)),
                #"{"given_up_in_ms":60000,"kind":"session-back"}"#
            ),
            (
                .peerLog(type: "BGPStatus", status: "UP"),
                #"{"kind":"peer-log","status":"UP","type":"BGPStatus"}"#
            ),
            (.message("it runs again"), #"{"kind":"message","text":"it runs again"}"#),
        ] as [(TraceEvent.Detail, String)])
    func `the detail of an event`(detail: TraceEvent.Detail, text: String) throws {
        try roundTrip(detail, text)
    }

    @Test func `what set off a step`() throws {
        let prefix = try #require(IPPrefix("172.16.1.1/32"))
        let nextHop = try #require(IPAddress("10.0.1.102"))
        try roundTrip(Timeline.StepCause.fault(.kill), #"{"fault":"kill"}"#)
        try roundTrip(Timeline.StepCause.takenBack(.kill), #"{"taken_back":{"fault":"kill"}}"#)
        try roundTrip(Timeline.StepCause.takenBack(nil), #"{"taken_back":{}}"#)
        try roundTrip(
            Timeline.StepCause.event(.session(.holdTimerExpired)), #"{"session":{"kind":"hold-timer-expired"}}"#)
        try roundTrip(
            Timeline.StepCause.update(.withdrawn(PeerID("Peer1"))),
            #"{"update":{"route":{"kind":"withdrawn","peer":"Peer1"}}}"#)
        try roundTrip(
            Timeline.StepCause.path(prefix, nextHop: nextHop),
            #"{"path":{"next_hop":"10.0.1.102","prefix":"172.16.1.1/32"}}"#)
        try roundTrip(Timeline.StepCause.path(nil, nextHop: nextHop), #"{"path":{"next_hop":"10.0.1.102"}}"#)
        try roundTrip(Timeline.StepCause.table("rt-a"), #"{"table":"rt-a"}"#)
    }

    @Test func `what does not fit together`() throws {
        let session = TrialSubject.Session(endpoint: "rse-2", peer: try #require(IPAddress("10.0.0.10")))
        try roundTrip(
            Timeline.Anomaly.outOfOrder(.bestPath, before: .detected, by: Milliseconds(0.25)),
            #"{"before":"detected","by_ms":0.25,"kind":"out-of-order","step":"best-path"}"#)
        try roundTrip(
            Timeline.Anomaly.downBefore(session),
            #"{"kind":"down-before","session":{"endpoint":"rse-2","peer":"10.0.0.10"}}"#)
        try roundTrip(
            Timeline.Anomaly.notSeenDown(session),
            #"{"kind":"not-seen-down","session":{"endpoint":"rse-2","peer":"10.0.0.10"}}"#)
        try roundTrip(
            Timeline.Anomaly.otherTables(.tableWritten, table: "rt"),
            #"{"kind":"other-tables","step":"table-written","table":"rt"}"#)
    }

    @Test(
        arguments: [
            (
                .spread(first: "a", Milliseconds(1), last: "b", Milliseconds(2)),
                #"{"first":"a","first_after_ms":1,"kind":"spread","last":"b","last_after_ms":2}"#
            ),
            (
                .notByBFD(.event(.session(.stopped))),
                #"{"cause":{"session":{"kind":"stopped"}},"kind":"not-by-bfd"}"#
            ),
            (.packetsUntilInPlace(Milliseconds(3)), #"{"kind":"packets-until-in-place","time_ms":3}"#),
            (.latePacketOrTimer(Milliseconds(3)), #"{"kind":"late-packet-or-timer","time_ms":3}"#),
            (.lateTimer(node: "rs", Milliseconds(3)), #"{"kind":"late-timer","node":"rs","time_ms":3}"#),
            (.slowFault(Milliseconds(3)), #"{"kind":"slow-fault","time_ms":3}"#),
            (
                .busyMachine(foreignCPU: 0.5, steal: 0.25),
                #"{"foreign_cpu":0.5,"kind":"busy-machine","steal":0.25}"#
            ),
            (
                .earlyPacket(Milliseconds(3), interval: Milliseconds(50)),
                #"{"interval_ms":50,"kind":"early-packet","time_ms":3}"#
            ),
            (.earlyMessage(Milliseconds(3), interval: nil), #"{"kind":"early-message","time_ms":3}"#),
            (.byNoTimer(.table("rt")), #"{"cause":{"table":"rt"},"kind":"by-no-timer"}"#),
            (.detection(.inside), #"{"kind":"detection","verdict":"inside"}"#),
            (
                .gap(from: .detected, to: .bestPath, Milliseconds(3)),
                #"{"from":"detected","kind":"gap","time_ms":3,"to":"best-path"}"#
            ),
            (.neverAnswered(instance: "az2"), #"{"instance":"az2","kind":"never-answered"}"#),
            (
                .lostAfterAnswer(instance: "az2", Milliseconds(3)),
                #"{"instance":"az2","kind":"lost-after-answer","time_ms":3}"#
            ),
            (.answeredUntil(Milliseconds(3)), #"{"kind":"answered-until","time_ms":3}"#),
            (.nothingLost, #"{"kind":"nothing-lost"}"#),
        ] as [(WindowExplanation, String)])
    func `an explanation`(explanation: WindowExplanation, text: String) throws {
        try roundTrip(explanation, text)
    }
}
