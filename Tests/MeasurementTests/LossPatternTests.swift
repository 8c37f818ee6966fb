// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct LossPatternTests {
    /// One probe per character: `.` answered, `x` lost, `l` late, `?` undecided.
    private func pattern(_ story: String, constraint: Int = LossPattern.usualConstraint) -> LossPattern {
        LossPattern(
            story.enumerated().map { index, character in
                let sent = Int64(index) * 1_000
                let fate: Probe.Fate =
                    switch character {
                    case "x": .lost
                    case "l": .late(at: PlantedTrial.at(sent + 900_000), timeToLive: 61)
                    case "?": .undecided
                    default: .answered(at: PlantedTrial.at(sent + 50), timeToLive: 61)
                    }
                return Probe(sequence: UInt64(index), sentAt: PlantedTrial.at(sent), fate: fate)
            }, constraint: constraint)
    }

    @Test func `without loss there is no pattern`() {
        let pattern = pattern("....?")
        #expect(pattern.lostCount == 0)
        #expect(pattern.periodLengths.isEmpty)
        #expect(pattern.noticeableRate == nil)
    }

    @Test func `periods, their lengths and the distances between them`() {
        let pattern = pattern(".x..xx.lxx", constraint: 2)
        #expect(pattern.lostCount == 6)
        #expect(pattern.periodLengths == [1, 2, 3])
        #expect(pattern.interLossPeriodLengths == [3, 2])
        // Distances 3, 1, 2, 1, 1: four of at most 2.
        #expect(pattern.noticeableCount == 4)
        #expect(pattern.noticeableRate == 4.0 / 6)
    }

    @Test func `the RFC's own example: with delta 99 all of a burst 75 packets after a loss are noticeable`() {
        let story = String(repeating: ".", count: 49) + "x" + String(repeating: ".", count: 74) + "xxx."
        let pattern = pattern(story, constraint: 99)
        #expect(pattern.periodLengths == [1, 3])
        #expect(pattern.interLossPeriodLengths == [75])
        #expect(pattern.noticeableCount == 3)
    }

    @Test func `an undecided probe neither ends a period nor belongs to it`() {
        let pattern = pattern("x?x.x")
        #expect(pattern.periodLengths == [2, 1])
        #expect(pattern.interLossPeriodLengths == [2])
    }

    @Test func `the fault's pattern and the fail-back's are apart`() throws {
        var planted = PlantedTrial()
        planted.plant(0..<100, answeredWith: 61)
        planted.plant(100..<103, answeredWith: nil)
        planted.plant(103..<300, answeredWith: 62)
        planted.plant(300..<305, answeredWith: nil)
        planted.plant(305..<400, answeredWith: 61)
        planted.plantEnd()
        planted.stampFailover(from: 99_700)
        planted.stamp(.restoring, 299_800)
        let trial = try planted.trial()
        #expect(trial.outage.pattern.periodLengths == [3])
        #expect(trial.outage.sentCount == 300)
        #expect(trial.failBack?.outage.pattern.periodLengths == [5])
    }
}
