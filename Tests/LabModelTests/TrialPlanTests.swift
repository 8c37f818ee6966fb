// SPDX-License-Identifier: MIT-0
import BFD
import LabModel
import Measurement
import RouteServer
import Testing

/// What is known of trials before the first one.
@Suite struct TrialPlanTests {
    private static let probing = ProbeSettings(sustainedValidation: Milliseconds(2_000))

    private func duration(
        _ fault: FaultName, on options: LabOptions = LabOptions(), target: String? = nil,
        parameters: FaultParameters = FaultParameters()
    ) -> Duration {
        TrialPlan(FaultSequence(FaultRequest(fault, target: target, parameters: parameters)), probing: Self.probing)
            .usualDuration(on: options)
    }

    @Test func `a silent fault takes as long as what finds it`() {
        let bfd = LabOptions(bfd: BFDTimers(interval: .milliseconds(300), multiplier: 3))
        #expect(duration(.blackhole, on: bfd) - duration(.kill, on: bfd) == .milliseconds(900))
        #expect(
            duration(.blackhole) - duration(.blackhole, on: LabOptions(holdTimeSeconds: 30)) == .seconds(60),
            "without a setting, 90 s")
    }

    @Test func `without a hold timer and BFD no time is foretold for them`() {
        #expect(duration(.blackhole, on: LabOptions(holdTimeSeconds: 0)) < duration(.blackhole))
    }

    @Test func `a daemon takes longer to be back than the built-in speaker`() {
        #expect(duration(.kill, on: LabOptions(speaker: .bird)) - duration(.kill) == .milliseconds(3_500))
    }

    @Test func `the route server's deliberate delays are waited for`() {
        var settings = RouteServerSettings()
        settings.delays.ribToTable = .seconds(2)
        settings.delays.failback = .seconds(20)
        // Written late twice: when the standby takes over, and when the active instance is back.
        #expect(duration(.kill, on: LabOptions(routeServer: settings)) - duration(.kill) == .seconds(2 + 22))
    }

    @Test func `a fault on what is named is not expected to move anything`() {
        #expect(duration(.blackhole, target: "instance-rs-az2") < duration(.blackhole))
    }

    // MARK: Options

    @Test func `commands to a speaker are only for the built-in one, everything else falls on any`() {
        for fault in FaultName.allCases {
            let needsBuiltin = fault.description.steps.contains { $0.action.need == .speakerCommands }
            #expect(LabOptions().allows(fault), "\(fault)")
            for speaker in [LabOptions.SpeakerKind.gobgpd, .bird, .frr] {
                #expect(LabOptions(speaker: speaker).allows(fault) == !needsBuiltin, "\(fault)")
            }
        }
        #expect(!LabOptions(speaker: .bird).allows(.drain))
        #expect(LabOptions(speaker: .bird).allows(.kill))
    }

    @Test func `a combination of a sweep says what was set, and leaves to the template what was not`() {
        let plain = Sweep.Settings(FaultSequence(FaultRequest(.kill)), options: LabOptions())
        #expect(plain.fault == .kill && plain.speaker == "builtin")
        #expect(plain.bfd == nil && plain.hold == nil && plain.script == nil)
        let options = LabOptions(
            speaker: .frr, holdTimeSeconds: 30, bfd: BFDTimers(interval: .milliseconds(50), multiplier: 3))
        let set = Sweep.Settings(FaultSequence(FaultRequest(.kill)), script: "a.yaml", options: options)
        #expect(set.fault == nil && set.script == "a.yaml")
        #expect(set.speaker == "frr" && set.hold == 30 && set.bfd == "50msx3")
        let odd = LabOptions(bfd: BFDTimers(interval: Microseconds(1_500), multiplier: 2))
        #expect(Sweep.Settings(FaultSequence(FaultRequest(.kill)), options: odd).bfd == "1500usx2")
        let off = LabOptions(bfd: BFDTimers(interval: .milliseconds(50), multiplier: 3), isBFDOff: true)
        #expect(Sweep.Settings(FaultSequence(FaultRequest(.kill)), options: off).bfd == "off")
    }
}
