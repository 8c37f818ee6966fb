// SPDX-License-Identifier: MIT-0
import LinuxSystem
import TestSupport
import Testing
import WireFormat

@Suite(.requiresNetworkAdmin, .sideBySide, .timeLimit(.minutes(1)))
struct RealTimePriorityTests {
    @Test func `a loop that is kept busy leaves its processor to others, and is prompt again once it rests`() throws {
        let thread = try DedicatedThread.perform {
            () throws(SystemError) -> (busy: [Bool], rested: Bool, granted: Bool) in
            let loop = try EventLoop()
            let grant = loop.requestRealTime(fifoPriority: 1)
            var busy: [Bool] = []
            func isRealTime() -> Bool { SchedulingPolicy(of: 0)?.isRealTime == true }
            var isRested: Bool?
            let rest = loop.makeTimer {
                isRested = isRealTime()
                loop.stop()
            }
            var work: EventLoop.Token?
            let end = Instant.now + RealTimeAllowance.timePerPeriod * 3
            work = loop.makeTimer {
                busy.append(isRealTime())
                let turnEnd = Instant.now + .milliseconds(1)
                while Instant.now < turnEnd {}
                if Instant.now < end, let work {
                    loop.schedule(work, at: loop.now)
                } else {
                    loop.schedule(rest, at: .now + RealTimeAllowance.period)
                }
            }
            if let work { loop.schedule(work, at: loop.now) }
            try loop.run()
            return (busy, isRested == true, grant.fifoPriority == 1)
        }
        #expect(thread.granted)
        #expect(thread.busy.first == true)
        #expect(thread.busy.last == false)
        #expect(thread.rested)
    }
}
