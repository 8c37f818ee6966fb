// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Testing
import WireFormat

struct MillisecondsTests {
    @Test(arguments: [0, 1, -1, 999_999, 1_000_000, 846_123_456, 86_400_000_000_000] as [Int64])
    func `nanoseconds survive JSON's milliseconds`(nanoseconds: Int64) throws {
        let length = Milliseconds(nanoseconds: nanoseconds)
        let data = try JSONEncoder().encode([length])
        #expect(try JSONDecoder().decode([Milliseconds].self, from: data) == [length])
    }

    @Test func `arithmetic stops at the ends of the range`() {
        let most = Milliseconds(nanoseconds: .max)
        let least = Milliseconds(nanoseconds: .min)
        #expect(most + Milliseconds(1) == most)
        #expect(least - Milliseconds(1) == least)
        #expect(most.times(2) == most)
        #expect(most.times(-2) == least)
        #expect(least.times(2) == least)
        #expect(least.times(-2) == most)
        #expect(
            Milliseconds(from: Instant(nanoseconds: .min), to: Instant(nanoseconds: .max)) == most)
        #expect(
            Milliseconds(from: Instant(nanoseconds: .max), to: Instant(nanoseconds: .min)) == least)
        #expect(Milliseconds(1e300) == most)
        #expect(Milliseconds(-1e300) == least)
        #expect(Milliseconds(Double.nan) == .zero)
        #expect(Milliseconds(Duration.seconds(Int64.max)) == most)
        #expect(most.middle(to: most) == most)
        #expect(least.middle(to: least) == least)
        #expect(Milliseconds(nanoseconds: 1).middle(to: Milliseconds(nanoseconds: 3)) == Milliseconds(nanoseconds: 2))
    }

    @Test func `durations come over whole`() {
        #expect(Milliseconds(Duration.milliseconds(1_500)) == Milliseconds(1_500))
        #expect(Milliseconds(2.5).duration == .microseconds(2_500))
        #expect(Milliseconds(Duration.nanoseconds(-7)).nanoseconds == -7)
    }
}
