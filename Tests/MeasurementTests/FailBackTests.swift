// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import Testing
import WireFormat

struct FailBackTests {
    /// A kill at 99.7 ms, a restore at 299.8 ms after which the session is back at once; the active serves from 305 ms.
    private var planted: PlantedTrial {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<103, answeredWith: nil)
        planted.plant(103..<300, answeredWith: 62)
        planted.plant(300..<305, answeredWith: nil)
        planted.plant(305..<400, answeredWith: 61)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        planted.stamp(.restoring, 299_800)
        planted.stamp(.restored, 300_000)
        planted.stamp(.sessionEstablished, 302_000, node: "rs", session: PlantedTrial.session2)
        planted.stamp(.sessionEstablished, 303_000, node: "rs", session: PlantedTrial.session1)
        planted.stamp(
            .bestPathChanged, 302_100, node: "rs", cause: .route(.advertised(PeerID("Peer1"))),
            nextHop: PlantedTrial.activeNextHop)
        planted.stamp(.tableWritten, 302_300, node: "rs", nextHop: PlantedTrial.activeNextHop, table: "rt")
        planted.stamp(.tableChanged, 302_250, node: "vpc", nextHop: PlantedTrial.activeNextHop, table: "rt")
        return planted
    }

    @Test func `every step of the way back has its instant from the restore, and its witness`() throws {
        let failBack = try #require(try planted.trial().failBack)
        let steps = failBack.timeline.steps
        #expect(steps.map(\.name) == [.restored, .sessionUp, .bestPath, .tableWritten, .tableChanged, .served])
        #expect(steps.map(\.sinceRestore?.value) == [0, 2.2, 2.3, 2.5, 2.45, 5.25])
        #expect(steps.allSatisfy { $0.sinceFault == nil })
        #expect(steps.map(\.stampedBy) == ["rslab", "rs", "rs", "rs", "vpc", "kernel at client"])
        // The first session brings the path, so it is the step, whichever it is.
        #expect(steps[1].parts.map(\.sinceRestore?.value) == [2.2, 3.2])
        #expect(steps[1].parts.first?.name == "rse-2 - 10.0.0.10")
        #expect(steps[4].remark == .watcherWokeLater || steps[4].remark == .acknowledgementReadLater)
        #expect(failBack.timeline.anomalies.isEmpty)
        #expect(failBack.outage.pattern.periodLengths == [5])
    }

    @Test func `the failover's own steps end with the restore`() throws {
        let timeline = try planted.trial().timeline
        #expect(timeline.steps.map(\.name) == Timeline.StepName.failover)
        #expect(timeline.steps.allSatisfy { $0.sinceRestore == nil })
        #expect(timeline[.served]?.sinceFault == Milliseconds(3.35))
    }

    @Test func `a session that stayed up has no step, and neither has a route that stayed`() throws {
        var withdrawn = planted
        withdrawn.fault = .withdraw
        withdrawn.events.removeAll { $0.kind == .sessionDown || $0.kind == .sessionEstablished }
        let names = try #require(try withdrawn.trial().failBack).timeline.steps.map(\.name)
        #expect(names == [.restored, .bestPath, .tableWritten, .tableChanged, .served])

        var grey = PlantedTrial()
        grey.fault = .grey
        grey.plant(0..<100, answeredWith: 61)
        grey.plant(100..<300, answeredWith: nil)
        grey.plant(300..<400, answeredWith: 61)
        grey.plantEnd()
        grey.stamp(.faultInjecting, 99_700)
        grey.stamp(.restoring, 299_800)
        let stayed = try #require(try grey.trial().failBack).timeline
        #expect(stayed.steps.map(\.name) == [.restored, .served])
        #expect(stayed[.served]?.sinceRestore == Milliseconds(0.25))
    }

    @Test func `a fail-back step that was not seen keeps its place`() throws {
        var planted = planted
        planted.events.removeAll { $0.kind == .tableChanged && $0.at > PlantedTrial.at(299_800) }
        planted.events.removeAll { $0.kind == .sessionEstablished && $0.endpoint == "rse-1" }
        let timeline = try #require(try planted.trial().failBack).timeline
        #expect(timeline[.tableChanged]?.isMissing == true)
        #expect(timeline[.sessionUp]?.isPartial == true)
    }
}
