// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct ApplicationStallTests {
    private func at(_ microseconds: Int64) -> Instant { PlantedApplication.at(microseconds) }

    @Test func `where every request is answered there is no stall, and none longer than a silence`() {
        var planted = PlantedApplication()
        planted.serve(.tcp, 0..<2_000, by: PlantedApplication.active)
        let stall = planted.stall(until: 1_995_000)
        #expect(!stall.isSeen)
        #expect(stall.lower == .zero)
        #expect(stall.upper == Milliseconds(10))
        #expect(stall.estimate == .zero)
        #expect((stall.lostCount, stall.unsentCount, stall.delayedCount, stall.otherCount) == (0, 0, 0, 0))
        #expect(stall.firstUnservedAt == nil)
    }

    @Test func `a client that slept is no stall of the service, and widens what may have gone unseen`() {
        var planted = PlantedApplication()
        planted.serve(.tcp, 0..<1_100, by: PlantedApplication.active)
        planted.serve(.tcp, 1_140..<2_000, by: PlantedApplication.active)
        let stall = planted.stall()
        #expect(!stall.isSeen)
        #expect(stall.upper == Milliseconds(50))
    }

    @Test func `lost datagrams are bracketed by what was lost and by the replies around them`() {
        var planted = PlantedApplication([.udp])
        planted.serve(.udp, 0..<1_000, by: PlantedApplication.active)
        planted.serve(.udp, 1_000..<1_130, by: nil)
        planted.serve(.udp, 1_130..<2_000, by: PlantedApplication.standby)
        let stall = planted.stall(.udp)
        #expect(stall.isSeen)
        #expect(stall.lower == Milliseconds(120))  // first lost 1,000 ms, last lost 1,120 ms
        #expect(stall.upper == Milliseconds(140))  // replies at 990.05 and 1,130.05 ms
        #expect(stall.estimate == Milliseconds(130))
        #expect(stall.lostCount == 13)
        #expect(stall.lastReplyBefore == at(990_050))
        #expect(stall.firstUnservedAt == at(1_000_000))
        #expect(stall.firstReplyAfter == at(1_130_050))
    }

    @Test func `one lost datagram is a stall between 0 and two intervals`() {
        var planted = PlantedApplication([.udp])
        planted.serve(.udp, 0..<1_000, by: PlantedApplication.active)
        planted.ask(.udp, at: 1_000_000)
        planted.serve(.udp, 1_010..<2_000, by: PlantedApplication.standby)
        let stall = planted.stall(.udp)
        #expect(stall.isSeen)
        #expect(stall.lower == .zero)
        #expect(stall.upper == Milliseconds(20))
    }

    @Test func `requests that TCP delivered late are delayed, not lost, and one that still waits counts until the end`()
    {
        var planted = PlantedApplication()
        planted.serve(.tcp, 0..<1_000, by: PlantedApplication.active)
        for asked in stride(from: Int64(1_000), to: 1_210, by: 10) {
            // The retransmission gets through at 1,204 ms, and all other requests with it.
            planted.ask(.tcp, at: asked * 1_000, repliedAt: max(1_204_000, asked * 1_000) + 50 + asked - 1_000)
        }
        planted.serve(.tcp, 1_210..<2_000, by: PlantedApplication.active)
        let stall = planted.stall()
        #expect(stall.isSeen)
        #expect(stall.lower == Milliseconds(204.05))
        #expect(stall.upper == Milliseconds(214))
        #expect((stall.lostCount, stall.delayedCount) == (0, 20))  // the one asked at 1,200 ms waited 4 ms
        // The replies that arrived in one burst are not separate stalls.
        #expect(stall.otherCount == 0)
    }

    @Test func `a reset connection stalls until it is made again, and what it carried is lost`() {
        let stall = PlantedApplication.reset.stall()
        #expect(stall.isSeen)
        #expect(stall.lower == Milliseconds(937.25))  // first lost 1,000 ms, connected 1,937.25 ms
        #expect(stall.upper == Milliseconds(947.35))  // replies at 990.05 and 1,937.4 ms
        #expect((stall.lostCount, stall.unsentCount, stall.delayedCount) == (94, 0, 0))
    }

    @Test func `a connection that is refused again and again leaves requests unsent`() {
        var planted = PlantedApplication()
        planted.connect(1, from: 0, to: 200)
        planted.serve(.tcp, 10..<1_000, by: PlantedApplication.active)
        planted.ledger.record(.ended(connection: 1, code: 0, at: at(1_000_300)))
        for attempt in 0..<5 as Range<Int64> {
            let number = UInt32(attempt + 2)
            planted.ledger.record(.connecting(connection: number, at: at(1_000_310 + attempt * 10_000)))
            planted.ledger.record(.ended(connection: number, code: 111, at: at(1_000_400 + attempt * 10_000)))
            planted.skip(.tcp, at: 1_001_000 + attempt * 10_000)
        }
        planted.connect(7, from: 1_050_400, to: 1_050_600)
        planted.ask(.tcp, at: 1_050_600, repliedAt: 1_050_700, by: PlantedApplication.standby, connection: 7)
        planted.serve(.tcp, 1_060..<2_000, by: PlantedApplication.standby, connection: 7)
        let stall = planted.stall()
        #expect((stall.lostCount, stall.unsentCount) == (0, 5))
        #expect(stall.lower == Milliseconds(49.6))  // first unsent 1,001 ms, connected 1,050.6 ms
        #expect(stall.upper == Milliseconds(60.65))
    }

    @Test func `a stall that the restore ended is open`() {
        var planted = PlantedApplication()
        planted.serve(.tcp, 0..<1_000, by: PlantedApplication.active)
        for asked in stride(from: Int64(1_000), to: 1_500, by: 10) {
            planted.ask(.tcp, at: asked * 1_000, repliedAt: 1_600_000)
        }
        let stall = planted.stall(until: 1_400_000)
        #expect(stall.isSeen)
        #expect(stall.upper == nil)
        #expect(stall.estimate == nil)
        #expect(stall.lower == Milliseconds(400))
        #expect(stall.firstReplyAfter == nil)
        #expect(stall.lostCount == 0)
    }

    @Test func `the last request before the end is no stall for being under way`() {
        var planted = PlantedApplication([.udp])
        planted.serve(.udp, 0..<2_000, by: PlantedApplication.active)
        planted.ask(.udp, at: 2_000_000)
        #expect(!planted.stall(.udp, until: 2_000_030).isSeen)
    }

    @Test func `the longest of several stalls counts, and the others are reported`() {
        var planted = PlantedApplication([.udp])
        planted.serve(.udp, 0..<1_000, by: PlantedApplication.active)
        planted.serve(.udp, 1_000..<1_050, by: nil)
        planted.serve(.udp, 1_050..<1_200, by: PlantedApplication.standby)
        planted.serve(.udp, 1_200..<1_300, by: nil)
        planted.serve(.udp, 1_300..<2_000, by: PlantedApplication.standby)
        let stall = planted.stall(.udp)
        #expect(stall.firstUnservedAt == at(1_200_000))
        #expect(stall.lostCount == 10)
        #expect(stall.otherCount == 1)
    }

    @Test func `a stall that was over before the fault is not attributed to it`() {
        var planted = PlantedApplication([.udp])
        planted.serve(.udp, 0..<500, by: PlantedApplication.active)
        planted.serve(.udp, 500..<600, by: nil)
        planted.serve(.udp, 600..<2_000, by: PlantedApplication.active)
        #expect(!planted.stall(.udp).isSeen)
        #expect(planted.flow(.udp).counts.lostBefore == 10)
    }

    @Test func `replies out of order and twice are no stall`() {
        var planted = PlantedApplication([.udp])
        planted.serve(.udp, 0..<1_000, by: PlantedApplication.active)
        planted.ask(.udp, at: 1_000_000, repliedAt: 1_010_080)
        planted.ask(.udp, at: 1_010_000, repliedAt: 1_010_050)
        planted.ledger.record(.replied(.udp, sequence: 101, responder: 1, at: at(1_500_000)))
        planted.serve(.udp, 1_020..<2_000, by: PlantedApplication.active)
        let stall = planted.stall(.udp)
        // The overtaken one waited longer than an interval: that much was observed.
        #expect(stall.upper ?? .zero <= Milliseconds(20))
        #expect(stall.lostCount == 0)
    }

    @Test func `without a request there is no result`() {
        let stall = PlantedApplication().stall()
        #expect(!stall.isSeen)
        #expect(stall.upper == nil)
    }
}
