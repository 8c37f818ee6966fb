// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

/// What a second observer's records say about the prober's, with both planted.
struct WitnessTests {
    /// Lost probes of an observer whose schedule is `shift` microseconds later, out of 2,000 a millisecond apart.
    private func ledger(lost: Range<UInt64>, shift: Int64 = 0, ends: Bool = true) -> ProbeLedger {
        var ledger = ProbeLedger(settings: PlantedTrial().settings, instances: PlantedTrial.instances)
        for sequence in UInt64(0)..<2_000 {
            let sent = Int64(sequence) * 1_000 + shift
            ledger.record(.sent(sequence: sequence, at: PlantedTrial.at(sent)))
            guard !lost.contains(sequence) else { continue }
            let timeToLive = sequence < max(1_000, lost.lowerBound) ? PlantedTrial.activeTTL : PlantedTrial.standbyTTL
            ledger.record(.received(sequence: sequence, at: PlantedTrial.at(sent + 50), timeToLive: timeToLive))
        }
        if ends {
            ledger.record(
                .end(
                    ProberSummary(
                        sentCount: 2_000, maximumLateness: .zero, percentile99Lateness: .zero,
                        hadRealTimePriority: true, hadLockedMemory: true)))
        }
        return ledger
    }

    private func trial(lost: Range<UInt64>, witness: ProbeLedger, packets: ProbeLedger? = nil) throws -> Trial {
        var planted = PlantedTrial()
        planted.ledger = ledger(lost: lost)
        planted.stampFailover(from: Int64(lost.lowerBound) * 1_000 - 300)
        planted.witnesses = WitnessRecords(prober: witness, packets: packets)
        return try planted.trial()
    }

    private func doubts(_ trial: Trial) -> [Validity.Reason] {
        trial.validity.reasons.filter { $0.doubt == .witnessDisagrees }
    }

    @Test(arguments: [0, 1, 250, 500, 999] as [Int64])
    func `a witness with the same interval agrees, whatever its phase`(shift: Int64) throws {
        // Connectivity is gone from 999.7 ms on and back at 1,010.2 ms.
        let first = UInt64(1_000 - (shift >= 700 ? 1 : 0))
        let last = UInt64(1_010 - (shift > 200 ? 1 : 0))
        let trial = try trial(
            lost: 1_000..<1_011, witness: ledger(lost: first..<(last + 1), shift: shift),
            packets: ledger(lost: 1_000..<1_011, shift: 0))
        #expect(doubts(trial).isEmpty, "\(doubts(trial))")
        #expect(trial.witnesses?.map(\.kind) == [.prober, .packets])
        #expect(trial.witnesses?.allSatisfy(\.agrees) == true)
        #expect(trial.witnesses?.last?.outage == LossBracket(lower: Milliseconds(10), upper: Milliseconds(12)))
    }

    @Test func `a loss that only the prober sees is a disagreement about its length`() throws {
        let trial = try trial(lost: 1_000..<1_011, witness: ledger(lost: 0..<0))
        #expect(doubts(trial).map(\.aspect) == [.length])
        #expect(doubts(trial).first?.witness == .prober)
        // The witness's longest gap is an interval.
        #expect(doubts(trial).first?.time == Milliseconds(9))
    }

    @Test func `an outage that begins or ends at another time is reported, with the distance`() throws {
        let late = try trial(lost: 1_000..<1_011, witness: ledger(lost: 1_003..<1_011))
        #expect(doubts(late).map(\.aspect) == [.begin, .length])
        #expect(doubts(late).first?.time == Milliseconds(3))
        let long = try trial(lost: 1_000..<1_011, witness: ledger(lost: 1_000..<1_014))
        #expect(doubts(long).map(\.aspect) == [.end, .length])
        let packets = try trial(
            lost: 1_000..<1_011, witness: ledger(lost: 1_000..<1_011), packets: ledger(lost: 1_000..<1_009))
        #expect(doubts(packets).map(\.witness) == [.packets])
        #expect(!packets.validity.isValid)
    }

    @Test func `packets that the kernel dropped are not reported as lost`() throws {
        var packets = ledger(lost: 1_000..<1_011, ends: false)
        packets.record(.account(skippedCount: 3, clockPairWidth: .zero))
        packets.record(
            .end(
                ProberSummary(
                    sentCount: 2_000, maximumLateness: .zero, percentile99Lateness: .zero, hadRealTimePriority: false,
                    hadLockedMemory: false)))
        let trial = try trial(lost: 1_000..<1_011, witness: ledger(lost: 1_000..<1_011), packets: packets)
        #expect(doubts(trial).map(\.aspect) == [.silence])
        #expect(doubts(trial).map(\.witness) == [.packets])
    }

    @Test func `a witness that died, or saw nothing, says nothing`() throws {
        let died = try trial(lost: 1_000..<1_011, witness: ledger(lost: 1_000..<1_011, ends: false))
        #expect(doubts(died).map(\.aspect) == [.silence])
        let empty = ProbeLedger(settings: PlantedTrial().settings, instances: PlantedTrial.instances)
        let silent = try trial(lost: 1_000..<1_011, witness: empty)
        #expect(doubts(silent).map(\.aspect) == [.silence])
    }
}
