// SPDX-License-Identifier: MIT-0
import Measurement
import Testing

/// A fault's effect follows from its name, its target's role and its parameters.
struct FaultTests {
    private static let holdTimer = SessionTimers(holdTime: Milliseconds(90_000))
    private static let bfd = SessionTimers(
        holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(300), bfdMultiplier: 3)
    private static let onLinks: [FaultName] = [
        .blackhole, .onewayIn, .onewayOut, .linkDown, .bgpPartition, .bfdPartition, .loss, .flap, .delay, .jitter,
    ]

    @Test(arguments: FaultName.allCases.filter { $0 != .routeServerRestart })
    func `on a bystander nothing moves, ends or is lost`(name: FaultName) {
        let fault = Fault(name, role: .bystander)
        #expect(fault.expectation(timers: Self.bfd) == .stays)
        #expect(fault.promisesNoLoss(timers: Self.bfd))
        #expect(!fault.endsEverySession)
        #expect(!fault.stopsForwarding)
        let outage = ExpectedWindow.outage(of: fault, timers: Self.bfd)
        #expect(outage.upper == .zero && outage.allowance == .zero)
    }

    @Test(arguments: onLinks)
    func `without a standby nothing is predicted`(name: FaultName) {
        let fault = Fault(name, role: .everyInstance)
        #expect(fault.expectation(timers: Self.bfd) == .open)
        #expect(!fault.promisesNoLoss(timers: Self.bfd))
        #expect(ExpectedWindow.outage(of: fault, timers: Self.bfd).upper == nil)
        #expect(!fault.endsWithConvergence)
        #expect(Fault(name).endsWithConvergence == (name != .flap))
    }

    @Test func `without its sessions an instance goes on answering until the route has moved`() {
        let fault = Fault(.blackhole, role: .everySession)
        #expect(fault.expectation(timers: Self.bfd) == .moves)
        #expect(fault.endsEverySession)
        #expect(ExpectedWindow.detection(of: fault, timers: Self.bfd).upper == Milliseconds(900))
        #expect(ExpectedWindow.outage(of: fault, timers: Self.bfd).upper == .zero)
        // An instance whose only endpoint it is.
        #expect(Fault(.endpointDown, role: .everySession).expectation(timers: Self.bfd) == .moves)
        #expect(Fault(.endpointDown, role: .someSessions).expectation(timers: Self.bfd) == .stays)
    }

    @Test func `a fault that cuts only the traffic and no session is never detected`() {
        let fault = Fault(.blackhole, role: .path)
        #expect(fault.expectation(timers: Self.bfd) == .stays)
        #expect(fault.stopsForwarding)
        #expect(!fault.promisesNoLoss(timers: Self.bfd))
        #expect(ExpectedWindow.outage(of: fault, timers: Self.bfd).upper == nil)
    }

    @Test func `a carrier that is back before any timer expires moves nothing, and costs every time`() {
        let fault = Fault(.flap, parameters: FaultParameters(count: 3, period: Milliseconds(1000)))
        #expect(fault.parameters.downTime == Milliseconds(500))
        #expect(fault.parameters.flapTime == Milliseconds(2500))
        #expect(fault.expectation(timers: Self.holdTimer) == .stays)
        let outage = ExpectedWindow.outage(of: fault, timers: Self.holdTimer)
        #expect(outage.lower == Milliseconds(2500) && outage.upper == Milliseconds(2500))
        // 500 ms, and up to a second until ARP is answered: more than BFD's 600 ms.
        #expect(fault.expectation(timers: Self.bfd) == .open)
        let either = ExpectedWindow.outage(of: fault, timers: Self.bfd)
        #expect(either.lower == Milliseconds(500) && either.upper == Milliseconds(2500))
    }

    @Test func `packets that are late by less than a timer's slack move nothing`() {
        func fault(_ delay: Double) -> Fault {
            Fault(.delay, parameters: FaultParameters(delay: Milliseconds(delay)))
        }
        // BFD of 300 ms x 3 allows 600 ms more than its usual gap.
        #expect(fault(599).expectation(timers: Self.bfd) == .stays)
        #expect(fault(600).expectation(timers: Self.bfd) == .open)
        #expect(fault(600).expectation(timers: Self.holdTimer) == .stays)
        let jitter = Fault(.jitter, parameters: FaultParameters(delay: Milliseconds(550), jitter: Milliseconds(50)))
        #expect(jitter.expectation(timers: Self.bfd) == .open)
    }

    @Test func `parameters are those that the fault accepts, with their defaults`() {
        let all = FaultParameters(
            lossShare: 0.5, count: 2, period: Milliseconds(40), delay: Milliseconds(5), jitter: Milliseconds(1),
            gracefulShutdown: true)
        #expect(all.completed(for: .kill) == FaultParameters())
        #expect(all.completed(for: .flap) == FaultParameters(count: 2, period: Milliseconds(40)))
        #expect(FaultParameters().completed(for: .loss).lossShare == 0.2)
        #expect(all.superfluous(for: .jitter) == ["loss", "count", "period", "graceful-shutdown"])
        #expect(FaultParameters(count: 1001).problem == "--count takes 1 to 1000")
        #expect(FaultParameters(jitter: Milliseconds(51)).problem != nil)
        #expect(all.problem == nil)
        #expect(FaultParameters(count: 3, period: Milliseconds(1000)).text == "3 times, every 1 s")
    }

    @Test(arguments: FaultName.allCases)
    func `every fault makes sense on something`(name: FaultName) {
        let targets = name.description.targets
        #expect(!targets.isEmpty)
        #expect(Set(targets).count == targets.count)
    }

    @Test func `a silent fault that is taken back before any timer expires moves nothing, and costs its own length`() {
        func pause(_ milliseconds: Double) -> Fault {
            Fault(.pause, parameters: FaultParameters(duration: Milliseconds(milliseconds)))
        }
        // BFD of 300 ms x 3: packets may be missing for up to 300 ms before and after, and after 900 ms they are missed.
        #expect(pause(299).expectation(timers: Self.bfd) == .stays)
        #expect(pause(300).expectation(timers: Self.bfd) == .open)
        #expect(pause(900).expectation(timers: Self.bfd) == .open)
        #expect(pause(901).expectation(timers: Self.bfd) == .moves)
        #expect(!pause(901).endsEverySession)
        let short = ExpectedWindow.outage(of: pause(200), timers: Self.bfd)
        #expect(short.lower == Milliseconds(200) && short.upper == Milliseconds(200))
        #expect(short.reason.kind == .whileFaultLasts)
        let open = ExpectedWindow.outage(of: pause(700), timers: Self.bfd)
        #expect(open.lower == Milliseconds(600) && open.upper == Milliseconds(700))
        let long = ExpectedWindow.outage(of: pause(2000), timers: Self.bfd)
        #expect(long.lower == Milliseconds(600) && long.upper == Milliseconds(900))
        // A second by default.
        #expect(Fault(.pause).parameters.duration == Milliseconds(1000))
        // One that speaks is noticed at once, however short it is.
        let crash = Fault(.crash, parameters: FaultParameters(duration: Milliseconds(1)))
        #expect(crash.expectation(timers: Self.bfd) == .moves)
        // A carrier that comes back finds its neighbours forgotten.
        // TCP sends again what was lost, after twice as long each time: 90 s less 30 s and 0.2 s, halved.
        #expect(pause(29_899).expectation(timers: Self.holdTimer) == .stays)
        #expect(pause(29_900).expectation(timers: Self.holdTimer) == .open)
        let link = Fault(.linkDown, parameters: FaultParameters(duration: Milliseconds(100)))
        #expect(ExpectedWindow.outage(of: link, timers: Self.bfd).upper == Milliseconds(1100))
    }

    @Test func `for a fault that only one detector can see, only its timer counts`() {
        let partition = Fault(.bgpPartition, parameters: FaultParameters(duration: Milliseconds(2000)))
        // BFD is heard as ever, so that a hold timer of 90 s decides.
        #expect(partition.expectation(timers: Self.bfd) == .stays)
        let bfd = Fault(.bfdPartition, parameters: FaultParameters(duration: Milliseconds(2000)))
        #expect(bfd.expectation(timers: Self.bfd) == .moves)
        #expect(bfd.expectation(timers: Self.holdTimer) == .stays)
    }

    @Test func `a starved instance is declared down only if a period without CPU outlasts a timer`() {
        let starve = Fault(.starve, parameters: FaultParameters(cpuShare: 0.05))
        #expect(starve.expectation(timers: Self.bfd) == .stays)
        let fast = SessionTimers(holdTime: nil, bfdInterval: Milliseconds(10), bfdMultiplier: 3)
        #expect(starve.expectation(timers: fast) == .open)
        #expect(!starve.stopsForwarding)
    }

    @Test(arguments: FaultName.allCases)
    func `every description is complete`(name: FaultName) {
        let description = name.description
        #expect(description.name == name)
        #expect(description.action.count <= 35)
        #expect(description.parametersTaken.contains(.duration))
        // Whatever is done to links or processes is undone by more than nothing.
        let leaves = description.steps.contains { $0.action.isStateOfLinks || $0.action.isStateOfProcesses }
        #expect(!leaves || description.undo != .nothing)
        // Interfaces that are deleted come back only with a boot.
        #expect(description.aftermath.isEmpty || description.undo == .bootInstance)
    }
}
