// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Testing
import WireFormat

struct ApplicationFlowTests {
    private func at(_ microseconds: Int64) -> Instant { PlantedApplication.at(microseconds) }

    @Test func `a reset connection says who reset it, and what TCP had tried`() throws {
        let flow = PlantedApplication.reset.flow()
        let connection = try #require(flow.connection)
        #expect(connection.ending == .reset)
        #expect(connection.endedBy == "az2")
        #expect((connection.retransmissions, connection.timeouts) == (3, 2))
        #expect(connection.initialTimeout == Milliseconds(204))
        #expect(connection.lastTimeout == Milliseconds(816))
        #expect((flow.redialCount, flow.reconnectCount) == (1, 1))
        #expect(flow.redials.first?.connectTime == Milliseconds(0.2))
        #expect((flow.servedBefore, flow.servedAfter) == ("az1", "az2"))
        #expect(flow.longestResponse == Milliseconds(0.14))
        #expect((flow.counts.lost, flow.counts.unsent, flow.counts.lostBefore) == (94, 0, 0))
    }

    @Test func `the timeline of a stall has each retransmission, the reset and the new connection in their order`() {
        let steps = PlantedApplication.reset.flow().timeline
        #expect(
            steps.map(\.name) == [
                .lastReply, .firstUnserved, .retransmitted, .retransmitted, .retransmitted, .connectionEnded, .dialling,
                .connected, .firstReply,
            ])
        #expect(steps.first?.sinceFault == Milliseconds(-9.95))
        #expect(steps.first?.instance == "az1")
        // By the kernel's tick: 4 ms before it was noticed; the last one no earlier than the check before it.
        #expect(steps.filter { $0.name == .retransmitted }.map(\.sinceFault.value) == [16, 516, 937.03])
        #expect(steps.filter { $0.name == .retransmitted }.map(\.nextTimeout?.value) == [204, 408, 816])
        #expect(steps.first { $0.name == .connectionEnded }?.ending == .reset)
        #expect(steps.first { $0.name == .connectionEnded }?.instance == "az2")
        #expect(steps.last?.instance == "az2")
    }

    @Test func `a retransmission is not older than the sample that did not show it`() {
        var planted = PlantedApplication()
        planted.connect(1, from: 0, to: 200)
        planted.serve(.tcp, 10..<1_000, by: PlantedApplication.active)
        planted.serve(.tcp, 1_000..<1_040, by: nil)
        planted.look(1, at: 1_010_000, timeout: 204, retransmissions: 0, timeouts: 0)
        planted.look(1, at: 1_020_000, timeout: 204, retransmissions: 1, timeouts: 0, sentAgo: 16)
        planted.ask(.tcp, at: 1_040_000, repliedAt: 1_040_050, by: PlantedApplication.standby)
        #expect(planted.flow().timeline.first { $0.name == .retransmitted }?.at == at(1_010_000))
    }

    @Test func `a lost SYN is recognised by the retransmission that was seen`() throws {
        var planted = PlantedApplication()
        planted.connect(1, from: 0, to: 200)
        planted.serve(.tcp, 10..<1_000, by: PlantedApplication.active)
        planted.ledger.record(.closing(isReset: false, timeToLive: 61, at: at(1_000_290)))
        planted.ledger.record(.ended(connection: 1, code: 0, at: at(1_000_300)))
        planted.ledger.record(.connecting(connection: 2, at: at(1_000_310)))
        for due in stride(from: Int64(1_010), to: 2_001, by: 10) { planted.skip(.tcp, at: due * 1_000) }
        // The kernel stores no time for a SYN, and says that it never sent.
        planted.look(2, at: 2_000_500, timeout: 2_000, retransmissions: 1, timeouts: 1, sentAgo: 4_000_000)
        planted.ledger.record(.connected(connection: 2, at: at(2_000_510)))
        planted.ask(.tcp, at: 2_000_520, repliedAt: 2_000_600, by: PlantedApplication.standby, connection: 2)
        let flow = planted.flow()
        #expect(flow.connection?.ending == .closed)
        #expect(flow.connection?.endedBy == "az1")
        #expect(flow.redials.map(\.retransmissions) == [1])
        #expect(flow.timeline.first { $0.name == .retransmitted }?.at == at(2_000_500))
        #expect(flow.stall.unsentCount == 100)
    }

    @Test func `a FIN is not attributed to an earlier RST`() {
        var planted = PlantedApplication()
        planted.connect(1, from: 0, to: 200)
        planted.serve(.tcp, 10..<1_000, by: PlantedApplication.active)
        planted.ledger.record(.closing(isReset: true, timeToLive: 62, at: at(1_000_290)))
        planted.ledger.record(.ended(connection: 1, code: 0, at: at(1_000_300)))
        #expect(planted.flow().connection?.endedBy == nil)
    }

    @Test func `what the restore does to the new connection is the fail-back's`() throws {
        var planted = PlantedApplication.reset
        planted.ask(.tcp, at: 3_000_000, connection: 2)
        planted.ledger.record(.closing(isReset: true, timeToLive: 61, at: at(3_000_090)))
        planted.ledger.record(.ended(connection: 2, code: 104, at: at(3_000_100)))
        planted.connect(3, from: 3_000_110, to: 3_000_300)
        planted.ask(.tcp, at: 3_000_310, repliedAt: 3_000_400, connection: 3)
        planted.serve(.tcp, 3_010..<4_000, by: PlantedApplication.active, connection: 3)
        let flow = planted.flow(restoredAt: 2_995_000)
        #expect(flow.stall.lower == Milliseconds(937.25))
        #expect(flow.redialCount == 1)
        #expect(flow.redials.first?.number == 2)
        #expect(flow.counts.lost == 94)
        let failBack = try #require(flow.failBack)
        #expect(failBack.isSeen)
        #expect(failBack.lower == Milliseconds(0.3))
        #expect(failBack.upper == Milliseconds(10.35))
        #expect(failBack.lostCount == 1)
    }

    @Test func `a connection that outlived the fault has survived it, whatever came later`() throws {
        var planted = PlantedApplication()
        planted.connect(1, from: 0, to: 200)
        planted.serve(.tcp, 10..<3_000, by: PlantedApplication.active)
        planted.ledger.record(.ended(connection: 1, code: 104, at: at(3_500_000)))
        let connection = try #require(planted.flow(restoredAt: 2_500_000).connection)
        #expect(connection.ending == .survived)
        #expect(connection.endedAt == nil)
    }

    @Test func `errors of the network are counted in the UDP flow's timeline`() {
        var planted = PlantedApplication([.udp])
        planted.serve(.udp, 0..<1_000, by: PlantedApplication.active)
        for asked in stride(from: Int64(1_000), to: 1_030, by: 10) {
            planted.ask(.udp, at: asked * 1_000)
            planted.ledger.record(.refused(code: 111, at: at(asked * 1_000 + 60)))
        }
        planted.serve(.udp, 1_030..<2_000, by: PlantedApplication.standby)
        let refused = planted.flow(.udp).timeline.filter { $0.name == .refused }
        #expect(refused.map(\.count) == [3])
        #expect(refused.first?.ending == .refused)
    }

    @Test func `a client that dialled in vain for long is reported in a few steps`() throws {
        var planted = PlantedApplication()
        planted.connect(1, from: 0, to: 200)
        planted.serve(.tcp, 10..<1_000, by: PlantedApplication.active)
        planted.ledger.record(.ended(connection: 1, code: 0, at: at(1_000_300)))
        for attempt in 0..<80 as Range<Int64> {
            let number = UInt32(attempt + 2)
            planted.ledger.record(.connecting(connection: number, at: at(1_000_310 + attempt * 10_000)))
            planted.ledger.record(.ended(connection: number, code: 111, at: at(1_000_400 + attempt * 10_000)))
            planted.skip(.tcp, at: 1_010_000 + attempt * 10_000)
        }
        planted.connect(82, from: 1_810_000, to: 1_810_200)
        planted.ask(.tcp, at: 1_810_210, repliedAt: 1_810_300, by: PlantedApplication.standby, connection: 82)
        let flow = planted.flow()
        #expect(flow.timeline.count <= 25)
        #expect(flow.timeline.last { $0.name == .dialling }?.count == 73)
        #expect(flow.redialCount == 81)
        #expect(flow.redials.count == 50)
        #expect(flow.reconnectCount == 1)
    }

    @Test func `a trial carries its applications into JSON and back, and doubts them where it must`() throws {
        let trial = try PlantedTrial.oneLost.trial(applications: PlantedApplication.reset.ledger)
        #expect(trial.validity.isValid)
        let data = try JSONEncoder().encode(trial)
        let again = try JSONDecoder().decode(Trial.self, from: data)
        #expect(again == trial)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let applications = try #require(object["applications"] as? [String: Any])
        let flows = try #require(applications["flows"] as? [[String: Any]])
        #expect(flows.first?["protocol"] as? String == "tcp")
        #expect((flows.first?["stall"] as? [String: Any])?["lost"] is Int)

        var late = PlantedApplication()
        late.serve(.tcp, 0..<200, by: PlantedApplication.active)
        late.end(lateness: Milliseconds(7))
        let lateTrial = try PlantedTrial.oneLost.trial(applications: late.ledger)
        #expect(lateTrial.validity.reasons.map(\.doubt) == [.applicationLate])
        let deadTrial = try PlantedTrial.oneLost.trial(applications: PlantedApplication().ledger)
        #expect(deadTrial.validity.reasons.map(\.doubt) == [.applicationDied])
    }

    @Test func `a stall has its summary and its budget`() throws {
        var planted = PlantedApplication([.tcp])
        planted.serve(.tcp, 0..<100, by: PlantedApplication.active)
        planted.serve(.tcp, 100..<150, by: nil)
        planted.serve(.tcp, 150..<300, by: PlantedApplication.standby)
        planted.end()
        var trial = try PlantedTrial.oneLost.trial(applications: planted.ledger)
        trial.validity.reasons = []
        #expect(trial.application(.tcp)?.stall.upper == Milliseconds(60))
        #expect(RunSummary([trial]).tcpStallUpper?.maximum == 60)
        #expect(RunSummary([trial]).udpStall == nil)
        #expect(try #require(Budget("tcp-stall.p95=60ms")).judge([trial]).isMet)
        #expect(try !#require(Budget("tcp-stall=59ms")).judge([trial]).isMet)
        #expect(try !#require(Budget("udp-stall=1s")).judge([trial]).isMet)
    }
}
