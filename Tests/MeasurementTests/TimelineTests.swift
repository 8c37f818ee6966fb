// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import Testing
import WireFormat

struct TimelineTests {
    private func timeline(_ planted: PlantedTrial) throws -> Timeline {
        try planted.trial().timeline
    }

    @Test func `every step has its instant, its deltas and its witness`() throws {
        let timeline = try timeline(.oneLost)
        #expect(timeline.steps.map(\.name) == Timeline.StepName.failover)
        let since = timeline.steps.map(\.sinceFault?.value)
        #expect(since == [0, 0.4, 0.45, 0.6, 0.65, 1.35])
        #expect(timeline.steps.map(\.sincePrevious?.value) == [nil, 0.4, 0.05, 0.15, 0.05, 0.7])
        #expect(timeline.steps.map(\.stampedBy) == ["rslab", "rs", "rs", "rs", "vpc", "kernel at client"])
        #expect(timeline.anomalies.isEmpty)
    }

    @Test func `detection ends with the last session, and keeps each one's cause`() throws {
        let step = try #require(try timeline(.oneLost)[.detected])
        #expect(step.cause == .event(.session(.closedByPeer(.reset))))
        #expect(step.parts.map(\.cause) == [.session(.closedByPeer(.fin)), .session(.closedByPeer(.reset))])
        #expect(step.parts.map(\.sinceFault?.value) == [0.3, 0.4])
        #expect(try timeline(.oneLost).detection == Milliseconds(0.4))
    }

    @Test func `later failed attempts of a session are not its detection`() throws {
        var planted = PlantedTrial.oneLost
        planted.stamp(.sessionDown, 120_000, node: "rs", cause: .session(.noAnswer), session: PlantedTrial.session2)
        #expect(try timeline(planted).detection == Milliseconds(0.4))
    }

    @Test func `what the instances and other sessions report is not detection`() throws {
        var planted = PlantedTrial.oneLost
        planted.stamp(.sessionDown, 130_000, node: "instance-az1", session: PlantedTrial.session1)
        planted.stamp(
            .sessionDown, 130_000, node: "rs",
            session: .init(endpoint: "rse-1", peer: PlantedTrial.address("10.0.1.10")))
        #expect(try timeline(planted)[.detected]?.parts.count == 2)
    }

    @Test func `a session that was not seen to go down is an anomaly`() throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.endpoint == "rse-2" }
        let timeline = try timeline(planted)
        #expect(timeline[.detected]?.sinceFault == Milliseconds(0.3))
        #expect(timeline[.detected]?.isPartial == true)
        #expect(timeline.detection == nil)
        #expect(timeline.anomalies == [.notSeenDown(PlantedTrial.session2)])
    }

    @Test func `a session that was down before the fault is an anomaly`() throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.endpoint == "rse-2" }
        planted.stamp(.sessionEstablished, 10, node: "rs", session: PlantedTrial.session2)
        planted.stamp(.sessionDown, 50_000, node: "rs", session: PlantedTrial.session2)
        #expect(try timeline(planted).anomalies == [.downBefore(PlantedTrial.session2)])
    }

    @Test(arguments: [
        (TraceEvent.Kind.sessionDown, Timeline.StepName.detected), (.bestPathChanged, .bestPath),
        (.tableWritten, .tableWritten), (.tableChanged, .tableChanged),
    ])
    func `a step that was not seen keeps its place`(kind: TraceEvent.Kind, name: Timeline.StepName) throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.kind == kind }
        let timeline = try timeline(planted)
        #expect(timeline.steps.count == 6)
        #expect(timeline[name]?.isMissing == true)
        #expect(timeline[name]?.sincePrevious == nil)
        // The next step counts from the nearest one seen.
        let index = try #require(timeline.steps.firstIndex { $0.name == name })
        let before = try #require(timeline.steps[index - 1].at)
        let after = timeline.steps[index + 1]
        #expect(after.sincePrevious == after.at.map { Milliseconds(from: before, to: $0) })
    }

    @Test func `stamps that contradict cause and effect are flagged, not hidden by sorting`() throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.kind == .bestPathChanged }
        planted.stamp(.bestPathChanged, 99_850, node: "rs", nextHop: PlantedTrial.standbyNextHop)
        let timeline = try timeline(planted)
        #expect(timeline.steps.map(\.name) == Timeline.StepName.failover)
        #expect(timeline[.bestPath]?.sincePrevious == Milliseconds(-0.25))
        #expect(timeline.anomalies == [.outOfOrder(.bestPath, before: .detected, by: Milliseconds(0.25))])
    }

    @Test func `an acknowledgement after the change is only remarked on`() throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.kind == .tableWritten }
        planted.stamp(.tableWritten, 100_380, node: "rs", nextHop: PlantedTrial.standbyNextHop, table: "rt")
        let timeline = try timeline(planted)
        #expect(timeline.anomalies.isEmpty)
        #expect(timeline[.tableChanged]?.remark == .acknowledgementReadLater)
        #expect(timeline[.tableChanged]?.sincePrevious == Milliseconds(-0.03))
    }

    @Test func `an acknowledgement much too late is an anomaly`() throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.kind == .tableWritten }
        planted.stamp(.tableWritten, 110_000, node: "rs", nextHop: PlantedTrial.standbyNextHop, table: "rt")
        #expect(try timeline(planted).anomalies.count == 2)  // the watcher's and the reply's stamps
    }

    @Test func `the last table counts unless the prober's is known`() throws {
        var planted = PlantedTrial.oneLost
        planted.stamp(.tableWritten, 100_330, node: "rs", nextHop: PlantedTrial.standbyNextHop, table: "igw")
        #expect(try timeline(planted)[.tableWritten]?.sinceFault == Milliseconds(0.63))
        var subject = planted.subject
        subject.table = "rt"
        let fault = EventInstants(before: PlantedTrial.at(99_700), after: nil)
        let known = Timeline(events: planted.events, subject: subject, fault: fault, until: nil, served: nil)
        #expect(known[.tableWritten]?.sinceFault == Milliseconds(0.6))
        #expect(known[.served]?.isMissing == true)
        subject.table = "other"
        let unknown = Timeline(events: planted.events, subject: subject, fault: fault, until: nil, served: nil)
        #expect(unknown[.tableWritten]?.isMissing == true)
        #expect(unknown.anomalies.contains(.otherTables(.tableWritten, table: "other")))
    }

    @Test func `where replies come back by a route of their own, the later of the two decides`() throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.kind == .tableWritten || $0.kind == .tableChanged }
        let back = try #require(IPPrefix("0.0.0.0/0"))
        func write(_ microseconds: Int64, _ prefix: IPPrefix, _ table: String) {
            planted.events.append(
                TraceEvent(
                    at: PlantedTrial.at(microseconds), node: "rs", kind: .tableWritten, prefix: prefix,
                    nextHop: PlantedTrial.standbyNextHop, table: table))
        }
        // Each table gets both prefixes, and only one of each is used.
        write(100_300, PlantedTrial.prefix, "gateway")
        write(100_310, back, "gateway")
        write(100_320, PlantedTrial.prefix, "application")
        var subject = planted.subject
        subject.table = "gateway"
        subject.returnRoute = .init(prefix: back, table: "application")
        let fault = EventInstants(before: PlantedTrial.at(99_700), after: nil)
        func step() throws -> Timeline.Step {
            try #require(
                Timeline(events: planted.events, subject: subject, fault: fault, until: nil, served: nil)[.tableWritten]
            )
        }
        #expect(try step().isPartial)
        write(100_400, back, "application")
        #expect(try !step().isPartial)
        #expect(try step().sinceFault == Milliseconds(0.7))
        #expect(try step().parts.map(\.name) == ["gateway, \(PlantedTrial.prefix)", "application, 0.0.0.0/0"])
    }

    @Test func `routes to other next hops, gone routes and what follows the restore do not count`() throws {
        var planted = PlantedTrial.oneLost
        planted.events.removeAll { $0.kind == .bestPathChanged }
        planted.stamp(.bestPathChanged, 100_000, node: "rs", nextHop: PlantedTrial.address("10.0.0.10"))
        planted.stamp(.bestPathChanged, 100_050, node: "rs")
        planted.stamp(.restoring, 190_000)
        planted.stamp(.bestPathChanged, 190_100, node: "rs", nextHop: PlantedTrial.standbyNextHop)
        #expect(try timeline(planted)[.bestPath]?.isMissing == true)
    }

    @Test func `the steps of a fault are its parts`() throws {
        var planted = PlantedTrial.oneLost
        planted.stamp(.faultStep, 99_750, detail: .message("interface removed"))
        let parts = try #require(try timeline(planted)[.faultInjected]?.parts)
        #expect(parts.map(\.name) == ["interface removed", "in place"])
        #expect(parts.map(\.sinceFault?.value) == [0.05, 0.1])
    }
}
