// SPDX-License-Identifier: MIT-0
import Measurement
import Testing

/// What a trial waits for, worked out before anything is done.
struct TrialCourseTests {
    private static let bfd = SessionTimers(
        holdTime: Milliseconds(90_000), keepaliveInterval: Milliseconds(30_000), bfdInterval: Milliseconds(100),
        bfdMultiplier: 3)
    private static let hold = SessionTimers(holdTime: Milliseconds(3_000), keepaliveInterval: Milliseconds(1_000))
    private static let probing = ProbeSettings(sustainedValidation: Milliseconds(2_000))

    private func course(
        of fault: FaultName, role: TargetRole = .active, timers: SessionTimers, watchTime: Duration? = nil
    ) -> TrialCourse {
        TrialCourse(
            FaultSequence(FaultRequest(fault)), fault: Fault(fault, role: role), timers: timers,
            probing: Self.probing, watchTime: watchTime)
    }

    @Test func `the standby may take as long as the timers allow, and a margin`() {
        #expect(course(of: .blackhole, timers: Self.bfd).effect == .standbyServes(within: .milliseconds(10_300)))
        #expect(course(of: .blackhole, timers: Self.hold).effect == .standbyServes(within: .seconds(13)))
        #expect(course(of: .kill, timers: Self.hold).effect == .standbyServes(within: .seconds(10)))
        var delayed = Self.hold
        delayed.programmingDelay = Milliseconds(5_000)
        #expect(course(of: .kill, timers: delayed).effect == .standbyServes(within: .seconds(15)))
    }

    @Test func `what moves nothing is watched for as long as a timer could take, unless that is too long`() {
        #expect(course(of: .grey, timers: Self.hold).effect == .nothingMoves(during: .seconds(4)))
        // The hold time of 90 s is not waited for, BFD's 300 ms are over within the validation.
        #expect(course(of: .grey, timers: Self.bfd).effect == .nothingMoves(during: .seconds(2)))
        #expect(
            course(of: .grey, timers: Self.bfd, watchTime: .seconds(7)).effect == .nothingMoves(during: .seconds(7)))
        #expect(
            course(of: .blackhole, role: .everyInstance, timers: Self.hold).effect == .watched(during: .seconds(4)))
    }

    @Test func `the fault's instant is random over what has to find it`() {
        #expect(course(of: .kill, timers: Self.bfd).phase == .milliseconds(20))
        #expect(course(of: .blackhole, timers: Self.bfd).phase == .milliseconds(100))
        #expect(course(of: .blackhole, timers: Self.hold).phase == .seconds(1))
        #expect(course(of: .blackhole, timers: SessionTimers(holdTime: nil)).phase == .milliseconds(20))
        // Only BFD runs, and only BGP sees the fault.
        let alone = SessionTimers(holdTime: nil, bfdInterval: Milliseconds(300), bfdMultiplier: 3)
        #expect(course(of: .blackhole, timers: alone).phase == .milliseconds(300))
        #expect(course(of: .bgpPartition, timers: Self.bfd).phase == .seconds(30))
        var fast = Self.bfd
        fast.bfdInterval = Milliseconds(10)
        #expect(course(of: .blackhole, timers: fast).phase == .milliseconds(20))
    }

    @Test func `a sequence is watched whatever happens, and validated once everything is as before`() {
        let sequence = FaultSequence(steps: [
            .init(at: Milliseconds(100), fault: FaultRequest(.blackhole)),
            .init(at: Milliseconds(900), fault: FaultRequest(.kill, target: "az2")),
        ])
        let course = TrialCourse(
            sequence, fault: nil, timers: Self.hold, probing: Self.probing, watchTime: nil)
        #expect(course.effect == .watched(during: .seconds(4)))
        #expect(course.effectOfNothing == .watched(during: .seconds(1)))
        #expect(course.phase == .seconds(1))
        #expect(course.validation == .seconds(2))
        #expect(course.usualDuration == .milliseconds(6_900))
        // One fault has its validation while the standby serves.
        let kill = self.course(of: .kill, timers: Self.hold)
        #expect(kill.validation == nil)
        #expect(kill.failBackValidation == .seconds(1))
        #expect(kill.usualDuration == .seconds(3))
    }

    @Test func `a timer that had nearly run out is given one interval more`() {
        #expect(course(of: .blackhole, timers: Self.bfd).effectOfNothing == .watched(during: .milliseconds(100)))
        #expect(course(of: .blackhole, timers: SessionTimers(holdTime: nil)).effectOfNothing == .watched(during: .zero))
    }
}
