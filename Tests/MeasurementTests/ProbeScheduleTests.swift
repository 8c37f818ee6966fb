// SPDX-License-Identifier: MIT-0
import Measurement
import Testing

struct ProbeScheduleTests {
    @Test func `a single flow is due once each interval, and numbers its probes`() {
        let schedule = ProbeSchedule(interval: Milliseconds(1), frequentCount: 1)
        #expect((0..<4).map { schedule.due($0) } == [0, 1_000_000, 2_000_000, 3_000_000])
        #expect(schedule.contents(70_000)?.flow == 0)
        #expect(schedule.contents(70_000)?.sequence == 70_000)
        #expect(schedule.slotsOfFrame == 1)
    }

    @Test func `frequent flows share the interval evenly, each with every number once`() {
        let schedule = ProbeSchedule(interval: Milliseconds(1), frequentCount: 3)
        #expect((0..<6).map { schedule.due($0) } == [0, 333_333, 666_666, 1_000_000, 1_333_333, 1_666_666])
        #expect((0..<6).map { schedule.contents($0)?.flow } == [0, 1, 2, 0, 1, 2])
        #expect((0..<6).map { schedule.contents($0)?.sequence } == [0, 0, 0, 1, 1, 1])
    }

    /// 1 ms leaves 9 slots besides one frequent flow at 10,000 a second.
    @Test(arguments: [(1, 1), (9, 1), (10, 2), (32, 4), (100, 12), (1_000, 112)])
    func `sparse flows take turns in what is left, and none comes twice in a turn`(count: Int, frames: Int) {
        let schedule = ProbeSchedule(interval: Milliseconds(1), frequentCount: 1, sparseCount: count)
        #expect(schedule.sparseTurnFrames == frames)
        #expect(schedule.sparseInterval == Milliseconds(Double(frames)))
        #expect(schedule.slotsOfFrame <= 10)
        var dues: [Int: [Int64]] = [:]
        for slot in 0..<UInt64(schedule.slotsOfFrame * frames * 3) {
            guard let contents = schedule.contents(slot), contents.flow > 0 else { continue }
            #expect(contents.sequence == UInt64(dues[contents.flow]?.count ?? 0))
            dues[contents.flow, default: []].append(schedule.due(slot))
        }
        #expect(dues.keys.sorted() == Array(1...count))
        // Each at its own interval, to the nanosecond.
        for due in dues.values {
            #expect(due.count == 3)
            #expect(due[1] - due[0] == schedule.sparseInterval.nanoseconds)
            #expect(due[2] - due[1] == schedule.sparseInterval.nanoseconds)
        }
    }

    @Test func `the slot after a stall is the first that is still to come`() {
        let schedule = ProbeSchedule(interval: Milliseconds(1), frequentCount: 3)
        for nanoseconds in [-1, 0, 1, 333_332, 333_333, 999_999, 1_000_000, 123_456_789] as [Int64] {
            let slot = schedule.firstSlot(after: nanoseconds)
            #expect(schedule.due(slot) > nanoseconds || (nanoseconds < 0 && slot == 0))
            #expect(slot == 0 || schedule.due(slot - 1) <= nanoseconds)
        }
    }

    @Test func `a flow that is faster than the greatest rate leaves a sparse one its slot all the same`() {
        let schedule = ProbeSchedule(interval: Milliseconds(0.1), frequentCount: 2, sparseCount: 5)
        #expect(schedule.slotsOfFrame == 3)
        #expect(schedule.sparseTurnFrames == 5)
    }
}
