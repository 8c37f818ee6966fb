// SPDX-License-Identifier: MIT-0

/// When each flow's probes are due: one absolute schedule for all flows of a prober, interleaved.
///
/// Time is divided into frames of one interval. In each frame every frequent flow has a slot, and so have some of the
/// sparse ones, which take turns; slots are evenly spread over the frame. So probe n of a frequent flow is due n
/// intervals after its first one, and of a sparse flow n times `sparseTurnFrames` intervals.
package struct ProbeSchedule: Hashable, Sendable, Codable {
    /// The probe due in a slot.
    package struct Slot: Hashable, Sendable {
        /// The flow's index in the prober's list: the frequent ones first, then the sparse ones.
        package var flow: Int
        /// The number of the flow's probe, from 0.
        package var sequence: UInt64
    }

    /// The length of a frame in nanoseconds; above 0.
    package let intervalNanoseconds: Int64
    package let frequentCount: Int
    package let sparseCount: Int
    /// How many frames it takes for each sparse flow to have one turn.
    package let sparseTurnFrames: Int

    /// A prober's maximum number of slots per second: a rate it can keep on a machine that also does other work.
    package static let maximumRate = 10_000

    /// The sparse flows share what the frequent ones leave of `maximumRate`, and have at least one slot per frame.
    package init(interval: Milliseconds, frequentCount: Int, sparseCount: Int = 0) {
        intervalNanoseconds = max(interval.nanoseconds, 1)
        self.frequentCount = frequentCount
        self.sparseCount = sparseCount
        let slotsOfFrame = intervalNanoseconds * Int64(Self.maximumRate) / 1_000_000_000
        let left = max(Int(slotsOfFrame) - frequentCount, 1)
        sparseTurnFrames = sparseCount == 0 ? 1 : (sparseCount + left - 1) / left
    }

    package var interval: Milliseconds { Milliseconds(nanoseconds: intervalNanoseconds) }
    /// From one probe of a sparse flow to the next.
    package var sparseInterval: Milliseconds { interval.times(sparseTurnFrames) }

    private var sparseSlotsOfFrame: Int { (sparseCount + sparseTurnFrames - 1) / sparseTurnFrames }
    package var slotsOfFrame: Int { frequentCount + sparseSlotsOfFrame }

    /// When a slot is due, in nanoseconds after the schedule's start.
    package func due(_ slot: UInt64) -> Int64 {
        let frame = Int64(slot / UInt64(slotsOfFrame))
        let place = Int64(slot % UInt64(slotsOfFrame))
        return frame * intervalNanoseconds + place * intervalNanoseconds / Int64(slotsOfFrame)
    }

    /// The probe due in a slot; nil for a slot left free because the sparse flows do not fill their turn.
    package func contents(_ slot: UInt64) -> Slot? {
        let frame = slot / UInt64(slotsOfFrame)
        let place = Int(slot % UInt64(slotsOfFrame))
        guard place >= frequentCount else { return Slot(flow: place, sequence: frame) }
        let turn = frame / UInt64(sparseTurnFrames)
        let sparse = Int(frame % UInt64(sparseTurnFrames)) * sparseSlotsOfFrame + place - frequentCount
        return sparse < sparseCount ? Slot(flow: frequentCount + sparse, sequence: turn) : nil
    }

    /// The first slot that is due later than so many nanoseconds after the start.
    package func firstSlot(after nanoseconds: Int64) -> UInt64 {
        guard nanoseconds >= 0 else { return 0 }
        var slot = UInt64(nanoseconds / intervalNanoseconds) * UInt64(slotsOfFrame)
        while due(slot) <= nanoseconds { slot += 1 }
        return slot
    }
}
