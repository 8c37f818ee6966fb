// SPDX-License-Identifier: MIT-0
import Measurement
import Testing

struct ExpectedWindowTests {
    private let timers = SessionTimers(
        holdTime: Milliseconds(3_000), keepaliveInterval: Milliseconds(1_000), bfdInterval: Milliseconds(300),
        bfdMultiplier: 3)
    private let holdOnly = SessionTimers(holdTime: Milliseconds(90_000))

    @Test(arguments: [FaultName.kill, .terminate])
    func `a fault that the peer hears of is detected without a timer`(fault: FaultName) {
        let window = ExpectedWindow.detection(of: fault, timers: timers)
        #expect(window.lower == .zero)
        #expect(window.upper == .zero)
        #expect(!window.references.isEmpty)
    }

    @Test(arguments: [FaultName.powerOff, .freeze, .blackhole, .linkDown])
    func `a silent fault waits for the hold timer, from H - K to H`(fault: FaultName) {
        let window = ExpectedWindow.detection(of: fault, timers: holdOnly)
        #expect(window.lower == Milliseconds(60_000))
        #expect(window.upper == Milliseconds(90_000))
        #expect(window.references.contains("RFC 4271 section 6.5"))
        #expect(window.reason.kind == .holdTimer)
        #expect(window.reason.holdTime == Milliseconds(90_000))
        #expect(window.reason.keepaliveInterval == Milliseconds(30_000))
    }

    @Test func `a programming delay prolongs the outage, and not the detection`() {
        var timers = timers
        timers.programmingDelay = Milliseconds(500)
        #expect(ExpectedWindow.detection(of: .blackhole, timers: timers).upper == Milliseconds(900))
        let silent = ExpectedWindow.outage(of: .blackhole, timers: timers)
        #expect(silent.lower == Milliseconds(1_100) && silent.upper == Milliseconds(1_400))
        #expect(silent.reason.kind == .untilRouteMoved && silent.reason.programmingDelay == Milliseconds(500))
        let killed = ExpectedWindow.outage(of: .kill, timers: timers)
        #expect(killed.lower == .zero && killed.upper == Milliseconds(500))
        // An instance that forwards until the route has moved loses nothing, however long that takes.
        let terminated = ExpectedWindow.outage(of: .terminate, timers: timers)
        #expect(terminated.lower == .zero && terminated.upper == .zero)
    }

    @Test func `BFD detects from (m - 1) T to m T`() {
        let window = ExpectedWindow.detection(of: .blackhole, timers: timers)
        #expect(window.lower == Milliseconds(600))
        #expect(window.upper == Milliseconds(900))
        #expect(window.references.contains("RFC 5880 section 6.8.4"))
    }

    @Test func `where only the instance misses packets, its own detection time counts`() {
        var timers = timers
        timers.bfdReverseInterval = Milliseconds(100)
        timers.bfdReverseMultiplier = 5
        func bounds(_ fault: FaultName) -> [Milliseconds?] {
            let window = ExpectedWindow.detection(of: fault, timers: timers)
            return [window.lower, window.upper]
        }
        #expect(bounds(.onewayIn) == [Milliseconds(400), Milliseconds(500)])
        #expect(bounds(.onewayOut) == [Milliseconds(600), Milliseconds(900)])
        timers.bfdInterval = nil
        #expect(bounds(.onewayIn) == [Milliseconds(2_000), Milliseconds(3_000)])
    }

    @Test func `of BFD and the hold timer the first counts`() {
        var slow = timers
        slow.bfdInterval = Milliseconds(2_000)
        let window = ExpectedWindow.detection(of: .powerOff, timers: slow)
        #expect(window.lower == Milliseconds(2_000))
        #expect(window.upper == Milliseconds(3_000))
        #expect(window.references.contains("RFC 4271 section 6.5"))
    }

    @Test func `without a timer a silent fault may never be noticed`() {
        let window = ExpectedWindow.detection(of: .powerOff, timers: SessionTimers(holdTime: nil))
        #expect(window.upper == nil)
        #expect(window.assess(Milliseconds(1e9)).verdict == .inside)
        #expect(window.assess(nil).verdict == .unknown)
    }

    @Test func `an instance that goes on forwarding need lose nothing`() {
        for fault in [FaultName.terminate, .freeze] {
            let window = ExpectedWindow.outage(of: fault, timers: timers)
            #expect(window.upper == .zero)
        }
        #expect(ExpectedWindow.outage(of: .blackhole, timers: timers).lower == Milliseconds(600))
        #expect(ExpectedWindow.outage(of: .kill, timers: timers).upper == .zero)
    }

    @Test func `a duration is inside up to the allowance, and outside by what is beyond`() {
        let window = ExpectedWindow.detection(of: .blackhole, timers: timers, allowance: Milliseconds(20))
        #expect(window.assess(Milliseconds(580)).verdict == .inside)
        #expect(window.assess(Milliseconds(920)).verdict == .inside)
        let short = window.assess(Milliseconds(579))
        #expect(short.verdict == .tooShort)
        #expect(short.outsideBy == Milliseconds(1))
        let long = window.assess(Milliseconds(1_037))
        #expect(long.verdict == .tooLong)
        #expect(long.outsideBy == Milliseconds(117))
    }

    @Test func `a bracket is inside as soon as it touches the window`() {
        let window = ExpectedWindow.outage(of: .blackhole, timers: timers, allowance: .zero)
        #expect(window.assess(lower: Milliseconds(598), upper: Milliseconds(600)).verdict == .inside)
        #expect(window.assess(lower: Milliseconds(597), upper: Milliseconds(599)).outsideBy == Milliseconds(1))
        #expect(window.assess(lower: Milliseconds(901), upper: nil).verdict == .tooLong)
        #expect(window.assess(lower: Milliseconds(700), upper: nil).verdict == .unknown)
    }
}
