// SPDX-License-Identifier: MIT-0
import LabHost
import LabModel
import Measurement
import TestSupport
import Testing

extension InteropTests {
    /// Every fault, measured and unmeasured, on a lab with a hold time of 3 s.
    @Suite(.timeLimit(.minutes(3)))
    struct FaultTests {
        /// Disturbances of a measurement by other work on this machine, which are not the lab's fault.
        private static let contention: Set<Validity.Doubt> = [.foreignCPU, .proberLate, .steal, .timerLate]
        /// How much a busy machine may add to what a timer allows, in milliseconds.
        private static let scheduling = 250.0

        private static let causes: [FaultName: ExpectedCause] = [
            .kill: .connectionClosed, .crash: .connectionClosed, .terminate: .cease, .powerOff: .holdTimer,
            .freeze: .holdTimer, .blackhole: .holdTimer, .linkDown: .holdTimer,
        ]

        /// Measures one failover; the trial must be valid, except for disturbances by other work on the machine.
        private func trial(_ fault: FaultName, on lab: TestLab, _ options: String...) throws -> Trial {
            let result = try lab.run(
                "failover", ["--measure", "--fault", fault.rawValue, "--validation", "500ms", "--json"] + options)
            try #require([0, 3].contains(result.status), "\(fault): \(result.standardError)")
            let run = try result.decode(Run.self)
            let trial = try #require(run.trials.count == 1 ? run.trials.first : nil)
            #expect(trial.validity.isValid == (result.status == 0))
            let doubts = Set(trial.validity.reasons.map(\.doubt))
            #expect(doubts.isSubset(of: Self.contention), "\(fault): \(trial.validity.reasons)")
            return trial
        }

        private func expectAsBefore(_ lab: TestLab) throws {
            let status = try lab.json(StatusOutput.self, "status")
            #expect(status.fault == nil)
            #expect(status.sessions == 4)
            #expect(status.sessions_established == 4)
            #expect(status.active == "instance-rs-az1")
        }

        @Test(.measures)
        func `each fault moves the traffic to the standby, for the right reason and as long as theory says`()
            throws
        {
            try TestLab.with("interop-faults", up: "--hold", "3") { lab in
                for fault in Self.causes.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
                    let trial = try trial(fault, on: lab)
                    #expect(trial.subject.active == "instance-rs-az1")
                    #expect(trial.convergence?.instance == "instance-rs-az2", "\(fault)")
                    #expect(trial.failBack?.convergence?.instance == "instance-rs-az1", "\(fault)")
                    #expect(trial.timeline.steps.allSatisfy { !$0.isMissing }, "\(fault): \(trial.timeline.steps)")
                    let cause = trial.timeline.steps.first { $0.name == .detected }?.cause
                    #expect(Self.causes[fault]?.matches(cause) == true, "\(fault): \(String(describing: cause))")
                    expectTimes(of: trial, fault)
                }
                try expectAsBefore(lab)
            }
        }

        /// Hold time 3 s, keepalive 1 s: silence is detected 2 to 3 s after it began (RFC 4271 section 6.5).
        private func expectTimes(of trial: Trial, _ fault: FaultName) {
            let detection = trial.timeline.detection?.value ?? -1
            if fault.signal == .silence {
                #expect((2000...3000 + Self.scheduling).contains(detection), "\(fault): detected after \(detection) ms")
            } else {
                #expect((0...Self.scheduling).contains(detection), "\(fault): detected after \(detection) ms")
            }
            if Fault(fault).stopsForwarding {
                // The bracket of the outage holds the time from the fault to the new route.
                let (lower, upper) = (trial.outage.lower.value, trial.outage.upper?.value ?? -1)
                #expect(lower >= 1990 && upper <= 3010 + Self.scheduling, "\(fault): \(lower) to \(upper) ms")
                #expect(trial.outage.periods.count == 1, "\(fault)")
            } else if fault != .kill {
                #expect(trial.counts.lost == 0, "\(fault): \(trial.outage)")
            }
            if trial.validity.isValid {
                #expect(trial.expectedDetection.verdict == .inside, "\(fault): \(trial.expectedDetection)")
                #expect(trial.expectedOutage.verdict == .inside, "\(fault): \(trial.expectedOutage)")
            }
        }

        /// Why the route server may move the traffic with BFD; empty if it must not.
        ///
        /// If BGP still gets through from the instance, both ends miss BFD's packets, each by its own clock, and the
        /// first to notice tells the other: the instance by its own Cease (RFC 9384).
        private static let causesWithBFD: [(FaultName, [ExpectedCause])] = [
            (.shutdown, [.cease]), (.blackhole, [.detectionTime]),
            (.onewayIn, [.neighborSignaledDown, .ceaseByBFD]),
            (.onewayOut, [.detectionTime]), (.bgpPartition, [.holdTimer]),
            (.bfdPartition, [.detectionTime, .ceaseByBFD]),
            (.withdraw, [.withdrawn]), (.prepend, [.advertised]), (.drain, [.advertised]),
            (.azDown, [.detectionTime]), (.endpointDown, []),
            (.endpointsDown, [.detectionTime]), (.grey, []), (.soak, []),
        ]

        @Test func `with BFD each fault is found by what can find it, and what moves nothing moves nothing`() throws {
            try TestLab.with("interop-bfd-faults", up: "--hold", "3", "--bfd", "100x3") { lab in
                for (fault, causes) in Self.causesWithBFD {
                    let trial = try trial(fault, on: lab)
                    let seen = trial.timeline.steps.first { $0.name == .detected }
                    if !causes.isEmpty {
                        #expect(trial.convergence?.instance == "instance-rs-az2", "\(fault)")
                        #expect(
                            causes.contains { $0.matches(seen?.cause) },
                            "\(fault): \(String(describing: seen?.cause))")
                        #expect(trial.failBack?.convergence?.instance == "instance-rs-az1", "\(fault)")
                    } else {
                        #expect(trial.convergence == nil, "\(fault)")
                        #expect(trial.servedAfter == "instance-rs-az1", "\(fault)")
                    }
                    switch fault {
                    case .grey: #expect(trial.counts.lost > 100 && trial.outage.upper == nil)
                    case .withdraw, .prepend, .drain, .endpointDown, .soak, .bfdPartition, .bgpPartition,
                        .endpointsDown:
                        #expect(trial.counts.lost == 0, "\(fault): \(trial.outage)")
                    default: break
                    }
                }
                try expectOfRestart(lab)
                try expectOfTargets(lab)
                try expectAsBefore(lab)
            }
        }

        /// Routes written by a route server outlive it, so nothing is lost, whichever session is back first.
        private func expectOfRestart(_ lab: TestLab) throws {
            let trial = try trial(.routeServerRestart, on: lab)
            #expect(trial.subject.target == FaultTarget(.routeServer, "rs"))
            #expect(trial.counts.lost == 0, "\(trial.outage)")
            #expect(trial.servedAfter == "instance-rs-az1")
            #expect(trial.timeline.steps.first { $0.name == .faultInjected }?.parts.count == 3)
        }

        /// A fault's effect follows from its target's role for the traffic.
        private func expectOfTargets(_ lab: TestLab) throws {
            let standby = try trial(.powerOff, on: lab, "--target", "instance-rs-az2")
            #expect(standby.subject.role == .bystander)
            #expect(standby.convergence == nil && standby.counts.lost == 0)

            let leg = try trial(.blackhole, on: lab, "--target", "vpc:subnet-az1", "--for", "200ms")
            #expect(leg.subject.role == .path)
            #expect(leg.convergence == nil && leg.counts.lost > 100)

            // All endpoints: the sessions of all instances end, and the route with the last of them. The standby serves
            // in between if its own sessions end last.
            let server = try trial(.blackhole, on: lab, "--target", "rs", "--for", "1s")
            #expect(server.subject.role == .everyInstance)
            // It has a time of its own, so its outage lasts until the first of the sessions has brought a route back.
            #expect(
                server.outage.lostCount > 100 && (server.outage.upper ?? .zero) > Milliseconds(500), "\(server.outage)")

            // Long enough for BFD each time; the standby serves in between.
            let flap = try trial(.flap, on: lab, "--count", "2", "--period", "2400ms")
            #expect(flap.convergence?.instance == "instance-rs-az2")
            #expect(flap.timeline.steps.first { $0.name == .faultInjected }?.parts.count == 5)
            #expect(flap.outage.periods.count == 2, "\(flap.outage)")

            for (fault, target, words) in [
                ("kill", "subnet-az1", "kill makes no sense on subnet-az1, which is a subnet"),
                ("az-down", "us-east-1b", "the probes come from access-instance, which az-down on us-east-1b cuts off"),
                ("blackhole", "nobody", "there is nothing called 'nobody'"),
            ] {
                let result = try lab.run("failover", "--measure", "--fault", fault, "--target", target)
                #expect(result.status == 2)
                #expect(result.standardError.contains(words), "\(result.standardError)")
            }
        }

        @Test(.measures)
        func `a sequence is carried out step by step, and what it leaves is taken back in reverse order`() throws {
            try TestLab.with("interop-sequence", up: "--hold", "3", "--bfd", "100x3") { lab in
                let result = try lab.run(
                    "failover", "--measure", "--script", TestLab.fixture("faults/double-fault.yaml"), "--validation",
                    "300ms", "--json")
                try #require([0, 3].contains(result.status), "\(result.standardError)")
                let run = try result.decode(Run.self)
                let trial = try #require(run.trials.first)
                #expect(Set(trial.validity.reasons.map(\.doubt)).isSubset(of: Self.contention), "\(trial.validity)")
                #expect(
                    trial.steps.map(\.text) == [
                        "blackhole on instance-rs-az1", "kill on instance-rs-az2 (for 2 s)",
                        "kill on instance-rs-az2 taken back",
                        "blackhole on instance-rs-az1 taken back",
                    ])
                #expect(trial.steps.map(\.planned?.value) == [0, 150, 2150, 5000])
                // Nothing serves from the first fault until the standby is back.
                let loss = try #require(trial.outage.periods.first)
                #expect((loss.upper ?? .zero) > Milliseconds(2000), "\(trial.outage)")
                #expect(loss.servedBefore == "instance-rs-az1" && loss.servedAfter == "instance-rs-az2")
                #expect(trial.outage.upper == loss.upper)
                #expect(trial.servingPeriods.last?.instance == "instance-rs-az1")
                #expect(trial.failBack?.convergence?.instance == "instance-rs-az1")
                #expect(trial.convergence == nil && trial.changes?.isEmpty == false)
                try expectAsBefore(lab)
                try expectAllOptions(lab)

                // Unmeasured: faults that stay are listed, and undone in reverse order; both have rules on one link.
                let script = TestLab.fixture("faults/two-on-one-link.yaml")
                #expect(try lab.run("failover", "--script", script).status == 0)
                let status = try lab.json(StatusOutput.self, "status").fault
                #expect(
                    status == "loss on instance-rs-az1 (10 % of all packets), bfd-partition on instance-rs-az1",
                    "\(status ?? "-")")
                let restored = try lab.run("restore")
                #expect(
                    restored.standardOutput.contains(
                        "bfd-partition on instance-rs-az1, loss on instance-rs-az1 are taken back"),
                    "\(restored.standardOutput)")
                try expectAsBefore(lab)

                let wrong = try lab.run("failover", "--script", TestLab.fixture("templates/bad"))
                #expect(wrong.status == 2)
            }
        }

        /// A script takes what a single fault does.
        private func expectAllOptions(_ lab: TestLab) throws {
            let script = TestLab.fixture("faults/reboot.yaml")
            let result = try lab.run(
                "failover", "--measure", "--script", script, "--trials", "2", "--budget", "outage=20s", "--tcp",
                "--udp",
                "--outward", "--prefixes", "10", "--samples", "2", "--validation", "300ms", "--seed", "11", "--json")
            try #require([0, 3].contains(result.status), "\(result.standardError)")
            let run = try result.decode(Run.self)
            #expect(run.trials.count == 2 && run.seed == 11)
            #expect(run.budgets.map(\.isMet) == [run.summary.validCount > 0])
            for trial in run.trials {
                let doubts = Set(trial.validity.reasons.map(\.doubt))
                #expect(doubts.isSubset(of: Self.contention.union([.applicationLate])), "\(trial.validity)")
                #expect(trial.steps.map(\.text).first == "shutdown on instance-rs-az1")
                #expect(trial.application(.tcp)?.stall.isSeen == true)
                #expect(trial.application(.udp)?.servedAfter == "instance-rs-az1")
                #expect(trial.flows.contains { $0.flow.direction == .outward && $0.outward != nil })
                #expect(trial.prefixes?.controlPlane.convergedCount == 10, "\(String(describing: trial.prefixes))")
            }
            try expectAsBefore(lab)

            // What only one fault has cannot be asked of several.
            let refused = try lab.run("failover", "--measure", "--script", script, "--budget", "convergence=5ms")
            #expect(refused.status == 64)
            #expect(refused.standardError.contains("convergence is a time of one fault"), "\(refused.standardError)")
        }

        @Test func `a script is compared over hold times, each on a lab of its own`() throws {
            try TestLab.named("interop-sequence-sweep") { lab in
                let result = try lab.run(
                    "failover", "--measure", "--script", TestLab.fixture("faults/reboot.yaml"), "--hold", "3,6",
                    "--validation", "200ms", "--json")
                try #require([0, 3].contains(result.status), "\(result.standardError)")
                let sweep = try result.decode(Sweep.self)
                #expect(sweep.combinations.map(\.settings.hold) == [3, 6])
                #expect(sweep.combinations.allSatisfy { $0.settings.script?.hasSuffix("reboot.yaml") == true })
                #expect(
                    sweep.combinations.map { $0.run.trials.first?.settings.timers.holdTime?.value } == [3000, 6000])
                #expect(sweep.combinations.allSatisfy { $0.run.trials.first?.steps.count == 2 })
                #expect(lab.remains.isEmpty)
            }
        }

        /// Not every kernel has netem.
        private static let needNetem: [FaultName] = [.delay, .jitter]

        @Test(.serialized, .requiresNetem, arguments: needNetem)
        func `what netem does to packets stays until it is taken back`(fault: FaultName) throws {
            try TestLab.with("interop-netem", up: "--hold", "3") { lab in
                let injected = try lab.json(ChangeOutput.self, "failover", "--fault", fault.rawValue)
                #expect(injected.changed && injected.target == "instance-rs-az1")
                let status = try lab.json(StatusOutput.self, "status").fault
                #expect(status?.hasPrefix("\(fault.rawValue) on instance-rs-az1") == true, "\(status ?? "none")")
                #expect(try lab.output(of: "tc", "qdisc", "show", on: "instance-rs-az1").contains("netem"))
                #expect(try lab.json(ChangeOutput.self, "restore").fault == fault.rawValue)
                #expect(try !lab.output(of: "tc", "qdisc", "show", on: "instance-rs-az1").contains("netem"))
                try expectAsBefore(lab)
            }
        }

        @Test(.serialized, .requiresNoNetem, arguments: needNetem)
        func `without netem, what needs it is refused before anything is changed`(fault: FaultName) throws {
            try TestLab.with("interop-no-netem", up: "--hold", "3") { lab in
                let result = try lab.run("failover", "--fault", fault.rawValue)
                #expect(result.status == 2)
                #expect(result.standardError.contains("this kernel has no netem"), "\(result.standardError)")
                try expectAsBefore(lab)
            }
        }

        /// Targets other than the active instance.
        private static let targets: [FaultName: String] = [.azDown: "us-east-1a", .routeServerRestart: "rs"]

        @Test func `each fault stays until it is taken back, and then nothing is left of it`() throws {
            try TestLab.with("interop-restore", up: "--hold", "3") { lab in
                let timers = SessionTimers(holdTime: Milliseconds(3000))
                // A pause ends by itself.
                for fault in FaultName.allCases where fault != .pause && !Self.needNetem.contains(fault) {
                    let options = fault == .flap ? ["--count", "2", "--period", "200ms"] : []
                    let result = try lab.run("failover", ["--fault", fault.rawValue, "--json"] + options)
                    try #require(result.status == 0, "\(fault): \(result.standardError)")
                    let injected = try result.decode(ChangeOutput.self)
                    let target = Self.targets[fault] ?? "instance-rs-az1"
                    #expect(injected.changed)
                    #expect(injected.target == target)
                    #expect(injected.instance == (Self.targets[fault] == nil ? target : nil))
                    let status = try lab.json(StatusOutput.self, "status").fault
                    #expect(
                        status?.hasPrefix("\(fault.rawValue) on \(target)") == true, "\(fault): \(status ?? "none")")
                    if Fault(fault).expectation(timers: timers) == .moves {
                        try eventually("the standby to take over from \(fault)") {
                            try lab.json(TablesOutput.self, "tables").propagated.map(\.instance) == ["instance-rs-az2"]
                        }
                    }
                    let again = try lab.run("failover", ["--fault", fault.rawValue, "--target", target])
                    #expect(again.status == 2)
                    #expect(again.standardError.contains("is already in place"), "\(again.standardError)")
                    let measured = try lab.run("failover", "--measure")
                    #expect(measured.status == 2)
                    #expect(measured.standardError.contains("a fault is already in place"))

                    let restored = try lab.json(ChangeOutput.self, "restore")
                    #expect(restored.changed)
                    #expect(restored.fault == fault.rawValue)
                    try expectAsBefore(lab)
                }
                #expect(try !lab.json(ChangeOutput.self, "restore").changed)
            }
        }
    }
}
