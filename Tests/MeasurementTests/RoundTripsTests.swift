// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct RoundTripsTests {
    /// Answered probes, one per millisecond, with these round trips.
    private func probes(_ microseconds: [Int64], isStamped: Bool = true) -> [Probe] {
        microseconds.enumerated().map { index, roundTrip in
            let sentAt = PlantedTrial.at(Int64(index) * 1_000)
            return Probe(
                sequence: UInt64(index), sentAt: sentAt, hasKernelSendStamp: isStamped,
                fate: .answered(at: PlantedTrial.at(Int64(index) * 1_000 + roundTrip), timeToLive: 61))
        }
    }

    @Test func `percentiles are nearest ranks to 0.1 %, the ends exact`() throws {
        let values = (1...10_000 as ClosedRange<Int64>).shuffled()
        let some = try #require(RoundTrips.Distribution(probes(values)))
        #expect(some.count == 10_000)
        #expect(some.minimum == 1)
        #expect(some.maximum == 10_000)
        for (percentile, rank) in [
            (some.percentile50, 5_000.0), (some.percentile90, 9_000), (some.percentile99, 9_900),
            (some.percentile999, 9_990),
        ] {
            let value = try #require(percentile)
            #expect(value >= rank && value <= rank * 1.001, "\(value) for \(rank)")
        }
    }

    @Test func `a percentile that too few values cannot distinguish from the largest is not given`() throws {
        func some(_ count: Int) throws -> RoundTrips.Distribution {
            try #require(RoundTrips.Distribution(probes(Array(repeating: 50, count: count))))
        }
        #expect(try some(1).percentile50 == 50)
        #expect(try some(9).percentile90 == nil)
        #expect(try some(10).percentile90 == 50)
        #expect(try some(99).percentile99 == nil)
        #expect(try some(100).percentile99 == 50)
        #expect(try some(999).percentile999 == nil)
        #expect(try some(1000).percentile999 == 50)
    }

    @Test func `lost, late and undecided probes have no round trip`() {
        let at = PlantedTrial.at(0)
        let fates: [Probe.Fate] = [.lost, .undecided, .late(at: PlantedTrial.at(5_000), timeToLive: 61)]
        #expect(RoundTrips.Distribution(fates.map { Probe(sequence: 0, sentAt: at, fate: $0) }) == nil)
    }

    @Test func `a clock that was set back makes no round trip negative`() {
        #expect(RoundTrips.Distribution(probes([-5, 10]))?.minimum == 0)
    }

    @Test func `the stretches are before, during and after the event, and the fail-back`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<103, answeredWith: nil)
        // The standby's first reply is not the end of the loss.
        planted.plant(103...103, answeredWith: 62)
        planted.plant(104...104, answeredWith: nil)
        planted.plant(105..<300, answeredWith: 62)
        planted.plant(300..<305, answeredWith: nil)
        planted.plant(305..<400, answeredWith: 61)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        planted.stamp(.restoring, 299_800)
        let roundTrips = try planted.trial().roundTrips
        #expect(roundTrips.before?.count == 100)
        #expect(roundTrips.before?.percentile50 == 50)
        #expect(roundTrips.before?.kernelStampedCount == 0)
        // 103, whose reply is the recovery; 104 was lost after it, so it belongs to the validation.
        #expect(roundTrips.during?.count == 1)
        #expect(roundTrips.after?.count == 195)
        #expect(roundTrips.failBack?.count == 95)
    }

    @Test func `make before break: what was answered between event and convergence is during`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<102, answeredWith: 61)
        planted.plant(102..<200, answeredWith: 62)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        let roundTrips = try planted.trial().roundTrips
        #expect(roundTrips.before?.count == 100)
        // 100 and 101, and 102, whose reply is the convergence.
        #expect(roundTrips.during?.count == 3)
        #expect(roundTrips.after?.count == 97)
        #expect(roundTrips.failBack == nil)
    }

    @Test func `the kernel's send stamps are counted`() throws {
        var planted = PlantedTrial.oneLost
        for sequence in 0..<40 as Range<UInt64> {
            planted.ledger.record(.transmitted(sequence: sequence, at: PlantedTrial.at(Int64(sequence) * 1_000 + 20)))
        }
        let before = try #require(try planted.trial().roundTrips.before)
        #expect(before.kernelStampedCount == 40)
        #expect((before.minimum, before.percentile50, before.maximum) == (30, 50, 50))
    }
}
