// SPDX-License-Identifier: MIT-0
import Testing
import WireFormat

@testable import NodeRuntime

// No program's interface has its limits.

@Suite struct RateLimitTests {
    @Test func `so many are admitted at once, and then one in each interval`() {
        var limit = RateLimit(perSecond: 10, atOnce: 5)
        var now = Instant(nanoseconds: 1_000_000_000_000)
        #expect((0..<20).map { _ in limit.admits(at: now) }.filter(\.self).count == 5)
        #expect(limit.takeSuppressedCount() == 15)
        #expect(limit.takeSuppressedCount() == 0)
        var admittedCount = 0
        for _ in 0..<1000 {
            now = now + .milliseconds(1)
            if limit.admits(at: now) { admittedCount += 1 }
        }
        #expect(admittedCount == 10)
        #expect(limit.takeSuppressedCount() == 990)
        now = now + .seconds(10)
        #expect((0..<20).map { _ in limit.admits(at: now) }.filter(\.self).count == 5, "time does not add up to more")
    }
}
