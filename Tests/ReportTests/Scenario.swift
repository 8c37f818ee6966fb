// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import Report
import Synchronization
import Testing
import WireFormat

/// A measurement from its records and events to the report's text.
struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    private let once: Once

    init(name: String, _ make: @escaping @Sendable () throws -> Measured) {
        self.name = name
        once = Once(make)
    }

    /// Computed once, by the first test that reads it: a list of scenarios costs nothing.
    private final class Once: Sendable {
        private let make: @Sendable () throws -> Measured
        private let made = Mutex<Result<Measured, any Error>?>(nil)

        init(_ make: @escaping @Sendable () throws -> Measured) { self.make = make }

        func result() throws -> Measured {
            try made.withLock { made in
                let result = made ?? Result(catching: make)
                made = result
                return try result.get()
            }
        }
    }

    enum Measured: Sendable {
        case trial(Trial)
        case run(Run)
        case sweep(Sweep)
    }

    var testDescription: String { name }

    func render(_ style: Style, width: Int? = nil) throws -> String {
        switch try result() {
        case .trial(let trial): TextReport(style: style, width: width).render(trial)
        case .run(let run): TextReport(style: style, width: width).render(run)
        case .sweep(let sweep): TextReport(style: style, width: width).render(sweep)
        }
    }

    func result() throws -> Measured { try once.result() }

    /// The doubts about a trial on a busy machine.
    static let disturbed: [Validity.Reason] = [
        .init(.proberLate) {
            $0.time = Milliseconds(7.2)
            $0.allowedTime = Milliseconds(5)
        },
        .init(.foreignCPU) {
            $0.share = 0.613
            $0.allowedShare = 0.25
        },
    ]

    /// Those of more than one trial.
    static let runsAndSweeps = all.filter { !$0.name.hasPrefix("trial-") }

    func trial() throws -> Trial {
        guard case .trial(let trial) = try result() else { throw NoTrial() }
        return trial
    }

    private struct NoTrial: Error {}

    static let all = [
        kill, terminate, blackhole, applications, flows, invalid, notConverged, quiet, fewTrials, manyTrials, flowRun,
        applicationRun, applicationsDialling, noTrial, failedRun, sweep, equalSweep, sequence, sequenceRun,
        sequenceSweep,
    ]

    static let kill = Scenario(name: "trial-kill") {
        .trial(try story(number: 3, fault: .kill, lost: 1, detected: [420, 510]))
    }

    /// Make before break: nothing is lost.
    static let terminate = Scenario(name: "trial-terminate") {
        .trial(
            try story(
                number: 1, fault: .terminate, lost: 0, detected: [900, 1_300],
                cause: .notificationReceived(.cease(.peerDeconfigured), communication: nil)))
    }

    static let blackhole = Scenario(name: "trial-blackhole-bfd") {
        .trial(try blackholeStory())
    }

    static func blackholeStory(applications: ApplicationLedger? = nil) throws -> Trial {
        try story(
            number: 2, fault: .blackhole, lost: 846, detected: [790_200, 845_300],
            cause: .bfdDown(.controlDetectionTimeExpired),
            timers: SessionTimers(
                holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(300), bfdMultiplier: 3),
            applications: applications)
    }

    /// Everything that can cast doubt on a trial, at once.
    static let invalid = Scenario(name: "trial-invalid") {
        let settings = TrialSettings(timers: SessionTimers(holdTime: nil))
        var recorder = Recorder(settings: settings.probing)
        recorder.probe(0..<500, answeredBy: Recorder.active)
        recorder.probe(500..<502, answeredBy: nil)
        recorder.probe(502..<998, answeredBy: Recorder.active)
        recorder.probe(998..<1_000, answeredBy: 254)
        recorder.probe(1_000..<1_250, answeredBy: nil)
        recorder.probe(1_250..<1_300, answeredBy: Recorder.standby)
        recorder.probe(1_300..<1_310, answeredBy: nil)
        recorder.probe(1_310..<2_000, answeredBy: Recorder.standby)
        recorder.duplicate(1_400)
        recorder.stamp(.faultInjecting, 999_800)
        recorder.stamp(
            .sessionDown, 1_249_000, node: "rs", session: Recorder.sessions[0], cause: .session(.closedByPeer(.reset)))
        recorder.stamp(.tableChanged, 1_240_000, node: "vpc", to: Recorder.standbyAddress)
        return .trial(
            try recorder.trial(7, .blackhole, settings) { $0.foreignCPUShare = 0.613 })
    }

    static let notConverged = Scenario(name: "trial-not-converged") {
        let settings = TrialSettings(timers: SessionTimers(holdTime: Milliseconds(90_000)))
        var recorder = Recorder(settings: settings.probing)
        recorder.probe(0..<1_000, answeredBy: Recorder.active)
        recorder.probe(1_000..<6_000, answeredBy: nil)
        recorder.end()
        recorder.stamp(.faultInjecting, 999_800)
        recorder.stamp(.faultInjected, 999_900)
        return .trial(
            try recorder.trial(1, .powerOff, settings))
    }

    /// A prober that never got an answer.
    static let quiet = Scenario(name: "trial-no-answer") {
        let settings = TrialSettings(timers: SessionTimers(holdTime: Milliseconds(90_000)))
        var recorder = Recorder(settings: settings.probing)
        recorder.stamp(.faultInjecting, 1_000)
        return .trial(
            try recorder.trial(1, .kill, settings))
    }

    static let fewTrials = Scenario(name: "run-of-3") {
        .run(
            run(
                try [1, 2, 1].enumerated().map {
                    try story(
                        number: $0.offset + 1, fault: .kill, lost: UInt64($0.element), detected: [400, 450],
                        probesAfter: 1_100, end: 0)
                }))
    }

    static let manyTrials = Scenario(name: "run-of-20") {
        var timers = SessionTimers(
            holdTime: Milliseconds(90_000), bfdInterval: Milliseconds(300), bfdMultiplier: 3)
        timers.sender = .rslab
        let lost: [UInt64] = [
            846, 788, 900, 812, 655, 871, 690, 734, 823, 899, 601, 777, 745, 860, 702, 1_037, 640, 888, 719, 830,
        ]
        var trials = try lost.enumerated().map {
            try story(
                number: $0.offset + 1, fault: .blackhole, lost: $0.element,
                detected: [Int64($0.element) * 1_000 - 40_000, Int64($0.element) * 1_000 - 700],
                cause: .bfdDown(.controlDetectionTimeExpired), timers: timers, quiet: 200, probesAfter: 300, end: 0,
                validation: brief)
        }
        trials[4].validity.reasons = disturbed
        var run = Self.run(trials)
        run.budgets = [1_100, 1_000].map {
            Budget(statistic: .p95, limit: Milliseconds($0), confidence: 0.95).judge(trials)
        }
        return .run(run)
    }

    static let noTrial = Scenario(name: "run-of-0") { .run(run([])) }

    static func run(_ trials: [Trial]) -> Run {
        let settings = trials.first?.settings ?? TrialSettings(timers: SessionTimers(holdTime: Milliseconds(90_000)))
        return Run(
            lab: "vpc-rs", seed: 20_251_123,
            environment: RunEnvironment(
                kernel: "6.12.0", machine: "x86_64", cpuCount: 2, virtualization: "kvm",
                versions: ["rslab": "0.1.0", "gobgpd": "3.37.0"],
                clocks: .init(monotonic: .zero, realTime: 1_700_000_000_000_000_000)),
            settings: settings, trials: trials)
    }

    /// A validation for runs of many trials, whose probes take most of the tests' time.
    static let brief = Milliseconds(200)

    /// `quiet` milliseconds, a fault, `lost` probes lost, `probesAfter` answered by the standby, and the way back.
    static func story(
        number: Int, fault: FaultName, lost: UInt64, detected: [Int64],
        cause: SessionEnd = .closedByPeer(.fin),
        timers: SessionTimers = SessionTimers(holdTime: Milliseconds(90_000)), quiet: UInt64 = 1_000,
        probesAfter: UInt64 = 1_500, end: UInt64 = 4_500, validation: Milliseconds = Milliseconds(1_000),
        applications: ApplicationLedger? = nil
    ) throws -> Trial {
        let settings = TrialSettings(probing: ProbeSettings(sustainedValidation: validation), timers: timers)
        var recorder = Recorder(settings: settings.probing)
        // If nothing is lost, the old instance answers until the route has moved.
        let moved = quiet + max(lost, lost == 0 ? 2 : 0)
        let restored = moved + probesAfter
        recorder.probe(0..<(lost == 0 ? moved : quiet), answeredBy: Recorder.active)
        recorder.probe(quiet..<(quiet + lost), answeredBy: nil)
        recorder.probe(moved..<restored, answeredBy: Recorder.standby)
        recorder.probe(restored..<max(restored + 100, end), answeredBy: Recorder.active)
        recorder.end()
        let start = Int64(quiet) * 1_000 - 300
        recorder.stamp(.faultInjecting, start)
        recorder.stamp(.faultStep, start + 60, detail: .message("processes killed"))
        recorder.stamp(.faultInjected, start + 113)
        let last = start + (detected.max() ?? 0)
        for (session, instant) in zip(Recorder.sessions, detected) {
            recorder.stamp(.sessionDown, start + instant, node: "rs", session: session, cause: .session(cause))
        }
        recorder.stamp(.bestPathChanged, last + 31, node: "rs", to: Recorder.standbyAddress)
        recorder.stamp(.tableWritten, last + 164, node: "rs", to: Recorder.standbyAddress)
        recorder.stamp(.tableChanged, last + 152, node: "vpc", to: Recorder.standbyAddress)
        recorder.stamp(.restoring, Int64(restored) * 1_000 - 600)
        recorder.stamp(.restored, Int64(restored) * 1_000 - 400)
        recorder.stampFailBack(until: Int64(restored) * 1_000)
        return try recorder.trial(number, fault, settings) {
            $0.foreignCPUShare = 0.021
            $0.applications = applications
        }
    }
}

/// Records what a prober and the nodes would report.
struct Recorder {
    static let active: UInt8 = 61
    static let standby: UInt8 = 62
    static let activeAddress = IPAddress.v4(IPv4Address(bits: 0x0A00_000A))
    static let standbyAddress = IPAddress.v4(IPv4Address(bits: 0x0A00_010A))
    static let prefix = IPPrefix(host: .v4(IPv4Address(bits: 0xAC10_0101)))
    static let sessions = [
        TrialSubject.Session(endpoint: "rse-az1-1", peer: activeAddress),
        TrialSubject.Session(endpoint: "rse-az1-2", peer: activeAddress),
    ]

    var ledger: ProbeLedger
    var events: [TraceEvent] = []

    init(settings: ProbeSettings) {
        ledger = ProbeLedger(
            settings: settings, instances: [Self.active: "instance-rs-az1", Self.standby: "instance-rs-az2"])
    }

    func at(_ microseconds: Int64) -> Instant { Instant(nanoseconds: microseconds * 1_000) }

    mutating func probe(_ sequences: Range<UInt64>, answeredBy timeToLive: UInt8?) {
        for sequence in sequences {
            let sent = Int64(sequence) * 1_000 + Int64(sequence % 50)
            ledger.record(.transmitted(sequence: sequence, at: at(sent)))
            if let timeToLive {
                ledger.record(.received(sequence: sequence, at: at(sent + 23), timeToLive: timeToLive))
            }
        }
    }

    mutating func duplicate(_ sequence: UInt64) {
        ledger.record(
            .received(sequence: sequence, at: at(Int64(sequence) * 1_000 + 500), timeToLive: Self.standby))
    }

    mutating func end() {
        ledger.record(
            .end(
                ProberSummary(
                    sentCount: 0, maximumLateness: Milliseconds(0.21), percentile99Lateness: Milliseconds(0.06),
                    hadRealTimePriority: true, hadLockedMemory: true)))
    }

    mutating func stamp(
        _ kind: TraceEvent.Kind, _ microseconds: Int64, node: String = "rslab",
        session: TrialSubject.Session? = nil, to nextHop: IPAddress? = nil, cause: Cause? = nil,
        detail: TraceEvent.Detail? = nil
    ) {
        events.append(
            TraceEvent(
                at: at(microseconds), node: node, kind: kind, endpoint: session?.endpoint, peer: session?.peer,
                prefix: nextHop == nil ? nil : Self.prefix, nextHop: nextHop,
                table: kind == .tableWritten || kind == .tableChanged ? "rt-subnet2" : nil, cause: cause,
                detail: detail))
    }

    /// The way back, complete in time for the probe at that instant.
    mutating func stampFailBack(until end: Int64) {
        for (session, before) in zip(Self.sessions, [350, 290] as [Int64]) {
            stamp(.sessionEstablished, end - before, node: "rs", session: session)
        }
        stamp(.bestPathChanged, end - 210, node: "rs", to: Self.activeAddress)
        stamp(.tableWritten, end - 80, node: "rs", to: Self.activeAddress)
        stamp(.tableChanged, end - 95, node: "vpc", to: Self.activeAddress)
    }

    /// The trial of one fault, with what `add` puts beside probes and events.
    func trial(
        _ number: Int, _ fault: FaultName, _ settings: TrialSettings, add: (inout TrialRecords) -> Void = { _ in }
    ) throws -> Trial {
        var records = TrialRecords(ledger: ledger, events: events)
        add(&records)
        return try Trial(
            number: number, subject: subject(fault), sequence: FaultSequence(FaultRequest(fault)), settings: settings,
            records: records)
    }

    func subject(_ fault: FaultName?) -> TrialSubject {
        TrialSubject(
            fault: fault, active: "instance-rs-az1", standby: "instance-rs-az2", sessions: Self.sessions,
            standbyNextHops: [Self.standbyAddress], activeNextHops: [Self.activeAddress], prefix: Self.prefix,
            table: "rt-subnet2", routeServerNode: "rs",
            proberNode: "access-instance")
    }
}
