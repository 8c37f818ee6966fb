// SPDX-License-Identifier: MIT-0
import Foundation
import LabHost
import LabModel
import LinuxSystem
import Measurement
import NetlinkFilter
import TestSupport
import Testing

extension InteropTests {
    /// A second prober, and the packets in the router, held against the prober.
    @Suite(.timeLimit(.minutes(3)))
    struct WitnessTests {
        @Test func `two witnesses agree with the prober about kills and blackholes`() throws {
            try TestLab.named("interop-witness") { lab in
                let result = try lab.run(
                    "failover",
                    [
                        "--measure", "--witness", "--fault", "kill,blackhole", "--bfd", "20msx3", "--hold", "9",
                        "--trials", "3", "--validation", "200ms", "--json",
                    ])
                try #require([0, 3].contains(result.status), "\(result.standardError)")
                let trials = try result.decode(Sweep.self).combinations.flatMap(\.run.trials)
                #expect(trials.count == 6)
                for trial in trials {
                    let witnesses = try #require(trial.witnesses)
                    #expect(witnesses.map(\.kind) == [.prober, .packets])
                    #expect(witnesses.allSatisfy { $0.agrees }, "\(witnesses) and \(trial.outage)")
                    #expect(!trial.validity.reasons.contains { $0.doubt == .witnessDisagrees })
                    let packets = try #require(witnesses.last)
                    // The same probes: the router lost those that the prober did.
                    #expect(packets.lostCount == trial.outage.lostCount)
                    #expect(trial.subject.fault != .blackhole || trial.outage.lostCount > 20)
                }
                let (conforms, report) = try JSONSchema.validate([
                    .init("witnessed", result.standardOutput, conformsTo: "sweep")
                ])
                #expect(conforms, "\(report)")
            }
        }

        /// The replies to the first prober are dropped where they arrive at the test host, and only they.
        @Test func `a loss that only the prober has is doubted, since two witnesses did not see it`() throws {
            try TestLab.with("interop-witness-loss", up: "--hold", "3") { lab in
                let planted = Planted()
                Thread.detachNewThread {
                    planted.result = Result {
                        let opened = try Lab(opening: RunDirectory(labName: lab.name))
                        let host = try opened.layout.testHost()
                        let link = try #require(opened.plan.cables.first { $0.far.namespace == host }).far.name
                        var filter = try FilterSocket(in: opened.namespace(host).namespace)
                        try eventually("the fault", within: .seconds(20)) {
                            try LabState.load(RunDirectory(labName: lab.name)).faults.isEmpty == false
                        }
                        try DedicatedThread.pause(.milliseconds(200))
                        try filter.drop([
                            IngressDrop(link: link, match: PacketMatch(transport: .icmp, echoIdentifier: 0))
                        ])
                        try DedicatedThread.pause(.milliseconds(60))
                        try filter.removeAll()
                    }
                    planted.hasEnded.signal()
                }
                let result = try lab.run(
                    "failover",
                    ["--measure", "--witness", "--fault", "soak", "--for", "1s", "--validation", "200ms", "--json"])
                planted.hasEnded.wait()
                try #require(planted.result).get()
                #expect(result.status == 3, "\(result.standardError)")
                let trial = try #require(try result.decode(Run.self).trials.first)
                #expect(trial.outage.lostCount > 30)
                let witnesses = try #require(trial.witnesses)
                #expect(witnesses.map(\.lostCount) == [0, 0])
                let reasons = trial.validity.reasons.filter { $0.doubt == .witnessDisagrees }
                #expect(reasons.map(\.witness) == [.prober, .packets])
                #expect(reasons.map(\.aspect) == [.length, .length])
            }
        }

        /// Written by one thread before, and read by another after, the semaphore.
        private final class Planted: @unchecked Sendable {
            var result: Result<Void, any Error>?
            let hasEnded = DispatchSemaphore(value: 0)
        }
    }
}
