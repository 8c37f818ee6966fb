// SPDX-License-Identifier: MIT-0
import LinuxSystem
import Testing
import WireFormat

struct RealTimeAllowanceTests {
    private let start = Instant(nanoseconds: 5_000_000_000)

    @Test func `short turns with pauses between them never use it up`() {
        var allowance = RealTimeAllowance(at: start)
        let isAllowed = (0..<1000).map { turn -> Bool in
            let wake = start + .milliseconds(turn * 10)
            return allowance.use(from: wake, to: wake + .milliseconds(1))
        }
        #expect(!isAllowed.contains(false))
    }

    @Test func `work without a pause uses it up after its time, in each period anew`() throws {
        var allowance = RealTimeAllowance(at: start)
        let isAllowed = (0..<200).map { turn -> Bool in
            let wake = start + .milliseconds(turn)
            return allowance.use(from: wake, to: wake + .milliseconds(1))
        }
        #expect(!isAllowed.prefix(20).contains(false))
        #expect(!isAllowed[20..<99].contains(true))
        #expect(isAllowed[99])
    }

    @Test func `a turn that is longer than the allowance uses it up, and a pause gives it back`() {
        var allowance = RealTimeAllowance(at: start)
        let isAllowed = allowance.use(from: start, to: start + .milliseconds(25))
        #expect(!isAllowed)
        let later = start + .milliseconds(150)
        let isAllowedLater = allowance.use(from: later, to: later + .microseconds(300))
        #expect(isAllowedLater)
    }
}
