// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LabHost
import LabModel
import LinuxSystem
import Measurement
import NetlinkFilter
import NetlinkRoutes
import NetlinkTopology
import TestSupport
import Testing
import VPC
import WireFormat

extension InteropTests {
    /// Errors of known size and time are planted during a soak, and the report must find exactly those.
    @Suite(.measures, .timeLimit(.minutes(3)))
    struct PlantedErrorTests {
        /// Disturbances of a measurement by other work on this machine.
        private static let contention: Set<Validity.Doubt> = [.foreignCPU, .proberLate, .steal, .timerLate]
        private static let active = "instance-rs-az1"
        private static let standby = "instance-rs-az2"
        /// How often a stop that has to hit a given moment is tried before the machine counts as too busy for it.
        private static let attempts = 5
        /// How late a planted error may show on a busy machine.
        private static let scheduling = Milliseconds(250)

        private final class Slot: @unchecked Sendable {
            var result: Result<RSLabCommand.Result, any Error>?
        }

        /// Measures a soak of `time`, and plants something once it is being observed.
        private func soak(_ lab: TestLab, for time: String, planting plant: () throws -> Void) throws -> Trial {
            try measure(lab, "--fault", "soak", "--for", time, "--validation", "200ms") {
                try DedicatedThread.pause(.milliseconds(100))
                try plant()
            }
        }

        /// Measures one trial, and plants something just before the fault is injected.
        private func measure(
            _ lab: TestLab, _ words: String..., planting plant: () throws -> Void
        ) throws -> Trial {
            let slot = Slot()
            let hasEnded = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                slot.result = Result {
                    try lab.run("failover", ["--measure", "--json"] + words)
                }
                hasEnded.signal()
            }
            let planting = Result {
                try eventually("the fault", within: .seconds(20)) {
                    try LabState.load(RunDirectory(labName: lab.name)).faults.isEmpty == false
                }
                try plant()
            }
            // Whatever went wrong, the lab is in use until the measurement has ended.
            hasEnded.wait()
            try planting.get()
            let result = try #require(slot.result).get()
            // 1: a soak promises that nothing is lost; 3: the planted error, or other work on this machine.
            try #require([0, 1, 3].contains(result.status), "\(result.standardError)")
            let run = try result.decode(Run.self)
            let trial = try #require(run.trials.count == 1 ? run.trials.first : nil)
            #expect(trial.validity.isValid == (result.status != 3))
            return trial
        }

        private func doubts(
            _ trial: Trial, but expected: Set<Validity.Doubt> = contention
        ) -> Set<Validity.Doubt> {
            Set(trial.validity.reasons.map(\.doubt)).subtracting(expected)
        }

        @Test func `what is planted is found: loss, delay, duplicates, order, a moved route, a busy machine`() throws {
            try TestLab.with("interop-planted", up: "--hold", "3") { lab in
                let opened = try Lab(opening: RunDirectory(labName: lab.name))
                try expectDroppedProbes(lab, opened)
                try expectTreatedReplies(lab, opened)
                try expectMovedRoute(lab, opened)
                try expectBusyMachine(lab)
                let status = try lab.json(StatusOutput.self, "status")
                #expect(status.active == Self.active)
                #expect(status.sessions_established == 4)
            }
        }

        /// The route server is stopped from before its detection timers expire until after the window.
        ///
        /// The report must say that the timers were served late, and how late.
        ///
        /// With 300 ms x 3 they expire 600 to 900 ms after the fault; the standby, which misses packets too, waits for 900.
        @Test func `a route server that slept over its detection timers is said to have`() throws {
            try TestLab.with("interop-planted-sleep", up: "--bfd", "300x3") { lab in
                let node = try #require(
                    try lab.json(StatusOutput.self, "status").nodes.first { $0.role == "route-server" })
                let process = try ProcessHandle(processID: try #require(node.programs.first?.process_id))
                let (trial, stop) = try sleepOverTimers(of: process, lab)
                let detected = try #require(trial.timeline[.detected]?.at)
                #expect(trial.expectedDetection.verdict == .tooLong)
                #expect(trial.expectedOutage.verdict == .tooLong)
                let outside = try #require(trial.expectedDetection.outsideBy)
                let lateness = try #require(trial.machine?.timerLateness[trial.subject.routeServerNode])
                // After the stop they were late by the time since they were due, which is at most the length of the
                // stop.
                #expect(lateness >= outside)
                #expect(lateness <= Milliseconds(from: stop, to: detected))
                #expect(doubts(trial, but: []).contains(.timerLate))
                let explanations = try #require(trial.expectedDetection.explanations)
                #expect(
                    explanations.contains(.lateTimer(node: trial.subject.routeServerNode, lateness)),
                    "\(explanations)")
                #expect(trial.expectedOutage.explanations?.contains(.detection(.tooLong)) == true)
            }
        }

        /// Measures until the route server's process was stopped over its detection timers, and says from when.
        ///
        /// On a busy machine a stop may come too late, or last until the standby has noticed: then another trial is made.
        private func sleepOverTimers(
            of process: borrowing ProcessHandle, _ lab: TestLab
        ) throws -> (trial: Trial, stop: Instant) {
            for _ in 0..<Self.attempts {
                var (stop, resume) = (Instant.zero, Instant.zero)
                let trial = try measure(lab, "--fault", "blackhole", "--validation", "1500ms") {
                    try DedicatedThread.pause(.milliseconds(480))
                    try process.send(signal: SIGSTOP)
                    stop = .now
                    try DedicatedThread.pause(.milliseconds(540))
                    resume = .now
                    try process.send(signal: SIGCONT)
                }
                let detected = try #require(trial.timeline[.detected]?.at)
                if detected >= resume, Milliseconds(from: trial.fault.before, to: resume) > Milliseconds(940),
                    Milliseconds(from: stop, to: resume) < Milliseconds(590)
                {
                    return (trial, stop)
                }
            }
            struct NotPlanted: Error, CustomStringConvertible {
                let description = "the machine is too busy: no stop hit the detection timers"
            }
            throw NotPlanted()
        }

        /// Replies are dropped where they arrive, for a time that is stamped before and after at both ends.
        private func expectDroppedProbes(_ lab: TestLab, _ opened: Lab) throws {
            let host = try opened.layout.testHost()
            let link = try #require(opened.plan.cables.first { $0.far.namespace == host }).far.name
            var filter = try FilterSocket(in: opened.namespace(host).namespace)
            guard case .v4(let address) = opened.layout.floatingAddresses.first?.address else {
                Issue.record("no floating IP")
                return
            }
            var stamps: [Instant] = []
            let trial = try soak(lab, for: "1s") {
                stamps.append(.now)
                try filter.drop([
                    IngressDrop(link: link, match: PacketMatch(transport: .icmp, source: address))
                ])
                stamps.append(.now)
                try DedicatedThread.pause(.milliseconds(60))
                stamps.append(.now)
                try filter.removeAll()
                stamps.append(.now)
            }
            #expect(doubts(trial).isEmpty, "\(trial.validity.reasons)")
            let period = try #require(trial.outage.periods.count == 1 ? trial.outage.periods.first : nil)
            // Probes sent before the rules were in place, or after they were gone, were answered, and none in between.
            let lastGood = try #require(period.lastGoodBefore)
            let firstGood = try #require(period.firstGoodAfter)
            #expect(lastGood <= stamps[1])
            #expect(period.firstLostAt >= stamps[0] - .milliseconds(20))
            #expect(period.lastLostAt <= stamps[3])
            #expect(firstGood >= stamps[2] - .milliseconds(20))
            // The bracket contains the truth, which lies between the inner and the outer stamps.
            let inner = Milliseconds(from: stamps[1], to: stamps[2])
            let outer = Milliseconds(from: stamps[0], to: stamps[3])
            let upper = try #require(trial.outage.upper)
            #expect(upper + Milliseconds(20) >= inner, "\(upper) and \(inner)")
            #expect(trial.outage.lower <= outer + Milliseconds(20), "\(trial.outage.lower) and \(outer)")
            #expect(trial.outage.pattern.periodLengths == [trial.counts.lost])
            #expect(trial.counts.lost == period.lostCount && trial.counts.undecided == 0)
            #expect(trial.outage.pattern.noticeableCount == trial.counts.lost - 1)
        }

        /// Each reply is treated as planned, so every count is known.
        private func expectTreatedReplies(_ lab: TestLab, _ opened: Lab) throws {
            var plan: [Int: PlantedResponder.Treatment] = [10: .ignore, 90: .answerAfterNext, 94: .answerAfterNext]
            for index in 15..<18 { plan[index] = .ignore }
            for index in 50..<52 { plan[index] = .delay(.milliseconds(2_100)) }
            for index in 70..<75 { plan[index] = .answerTwice }
            for index in 200..<220 { plan[index] = .ignore }
            let address = try #require(opened.layout.floatingAddresses.first).address
            let responder = try PlantedResponder(in: opened.namespace(Self.active), address: address)
            let outcome = Result { try soak(lab, for: "2500ms") { responder.plant(plan) } }
            try responder.end()
            let trial = try outcome.get()
            #expect(doubts(trial) == [.duplicates], "\(trial.validity.reasons)")
            let counts = trial.counts
            #expect(responder.truth.count > 220)
            #expect(counts.lost == 26)
            #expect(counts.late == 2)
            #expect(counts.duplicates == 5)
            #expect(counts.reordered == 2)
            #expect(counts.undecided == 0)
            #expect(counts.answered == counts.sent - 26)
            let pattern = trial.outage.pattern
            #expect(pattern.periodLengths == [1, 3, 2, 20])
            #expect(pattern.interLossPeriodLengths == [5, 33, 149])
            // Of 26 losses the first has no distance, and one came 149 probes after the last before it.
            #expect(pattern.noticeableCount == 24)
            #expect(trial.outage.periods.map(\.lostCount) == [1, 3, 2, 20])
            #expect(trial.convergence == nil)
        }

        /// The route is moved without the route server, between two stamps: a false failover.
        private func expectMovedRoute(_ lab: TestLab, _ opened: Lab) throws {
            let router = try opened.namespace(LabPlan.vpcNode)
            let topology = try TopologySocket(in: router.namespace)
            let prefix = try #require(opened.layout.floatingAddresses.first)
            let routes = try topology.routes().filter {
                $0.route.destination == prefix && $0.protocolNumber == RouteChange.bgp
            }
            let instance = try #require(opened.state.model.instances.first { $0.name == Self.standby })
            let addresses = opened.state.model.addresses(of: instance)
            let neighbor = try #require(try topology.neighbors().first { addresses.contains($0.address) })
            let moved = routes.map {
                RouteChange(
                    table: $0.route.table, prefix: prefix, nextHop: neighbor.address, interfaceIndex: neighbor.index)
            }
            let back = routes.map {
                RouteChange(
                    table: $0.route.table, prefix: prefix, nextHop: $0.route.gateway, interfaceIndex: $0.route.index)
            }
            try #require(!moved.isEmpty)
            var socket = try RouteSocket(in: router.namespace)
            func write(_ changes: [RouteChange]) throws -> EventInstants {
                let before = Instant.now
                try socket.apply(changes) { _, result, _ in #expect(result == .applied) }
                return EventInstants(before: before, after: .now)
            }
            var move = EventInstants(before: .zero, after: nil)
            let trial = try soak(lab, for: "2s") {
                move = try write(moved)
                try DedicatedThread.pause(.milliseconds(500))
                _ = try write(back)
            }
            let moveEnd = try #require(move.after)
            #expect(doubts(trial) == [.moved, .foreignRoute], "\(trial.validity.reasons)")
            #expect(trial.validity.reasons.contains { $0.fault != nil })
            let convergence = try #require(trial.convergence)
            #expect(convergence.instance == Self.standby)
            #expect(convergence.repliedAt >= move.before)
            #expect(Milliseconds(from: moveEnd, to: convergence.repliedAt) <= Self.scheduling)
            // A route is replaced in one step, so there is always one.
            #expect(trial.outage.lostCount == 0)
            let upper = try #require(trial.outage.upper)
            #expect(upper <= Self.scheduling)
            // The watcher saw it; the route server is not involved.
            let seen = try #require(trial.timeline[.tableChanged]?.at)
            #expect(seen >= move.before && Milliseconds(from: moveEnd, to: seen) <= Self.scheduling)
            #expect(trial.timeline[.bestPath]?.isMissing == true)
            #expect(trial.timeline[.tableWritten]?.isMissing == true)
            let names = trial.servingPeriods.map(\.instance)
            #expect(names == [Self.active, Self.standby, Self.active])
        }

        /// Processes outside the lab take all CPUs: no figure of such a trial can be trusted.
        private func expectBusyMachine(_ lab: TestLab) throws {
            var busy: [Process] = []
            // SIGTERM is blocked in processes that Foundation starts from some threads.
            defer { busy.forEach { kill($0.processIdentifier, SIGKILL) } }
            // The share is of the whole measurement, so they run from before it until after it.
            for _ in 0..<(2 * sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                // If the test is killed, they end by themselves after this many seconds of CPU time.
                process.arguments = ["-c", "ulimit -t 20; while :; do :; done"]
                try process.run()
                busy.append(process)
            }
            let disturbed = try soak(lab, for: "1s") {}
            let share = try #require(disturbed.foreignCPUShare)
            #expect(share > disturbed.settings.limits.foreignCPUShare)
            #expect(!disturbed.validity.isValid)
            let reason = disturbed.validity.reasons.first { $0.doubt == .foreignCPU }
            #expect(reason?.share == share)
        }
    }
}
