// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
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
    }
}
