// SPDX-License-Identifier: MIT-0
import Measurement
import Testing
import WireFormat

struct ProbeLedgerTests {
    private func at(_ microseconds: Int64) -> Instant { PlantedTrial.at(microseconds) }

    @Test func `records count the same in any order`() {
        let records: [ProbeRecord] = (0..<300 as Range<UInt64>).flatMap { sequence -> [ProbeRecord] in
            let sent = Int64(sequence) * 1_000
            var records: [ProbeRecord] = [
                .sent(sequence: sequence, at: at(sent)), .transmitted(sequence: sequence, at: at(sent + 5)),
            ]
            if sequence % 7 != 0 {
                records.append(.received(sequence: sequence, at: at(sent + 60), timeToLive: sequence < 150 ? 61 : 62))
            }
            if sequence % 10 == 1 {
                records.append(.received(sequence: sequence, at: at(sent + 90), timeToLive: 61))
            }
            return records
        }
        var inOrder = ProbeLedger(settings: ProbeSettings(), instances: PlantedTrial.instances)
        records.forEach { inOrder.record($0) }
        var shuffled = ProbeLedger(settings: ProbeSettings(), instances: PlantedTrial.instances)
        var generator = SeededGenerator(seed: 7)
        records.shuffled(using: &generator).forEach { shuffled.record($0) }
        #expect(inOrder.probes() == shuffled.probes())
        #expect(inOrder.counts() == shuffled.counts())
        #expect(inOrder.servingPeriods == shuffled.servingPeriods)
        #expect(inOrder.counts().sent == 300)
        // 43 multiples of 7, of which 21, 91, 161 and 231 got the second reply.
        #expect(inOrder.counts().lost == 43 - 4)
    }

    @Test func `the kernel's transmit stamp is preferred to the prober's own`() {
        var ledger = ProbeLedger(settings: ProbeSettings(), instances: [:])
        ledger.record(.transmitted(sequence: 0, at: at(20)))
        ledger.record(.sent(sequence: 0, at: at(10)))
        ledger.record(.sent(sequence: 1, at: at(1_000)))
        #expect(ledger.probes().map(\.sentAt) == [at(20), at(1_000)])
    }

    @Test func `a reply at the threshold counts and one behind it is late and lost`() {
        let settings = ProbeSettings(forwardingDelayThreshold: Milliseconds(2))
        var ledger = ProbeLedger(settings: settings, instances: [61: "az1"])
        for sequence in 0..<3 as Range<UInt64> {
            ledger.record(.sent(sequence: sequence, at: at(Int64(sequence) * 1_000)))
        }
        ledger.record(.received(sequence: 0, at: at(2_000), timeToLive: 61))
        ledger.record(.received(sequence: 1, at: Instant(nanoseconds: 3_000_001), timeToLive: 61))
        let probes = ledger.probes()
        #expect(probes[0].fate == .answered(at: at(2_000), timeToLive: 61))
        #expect(probes[1].fate == .late(at: Instant(nanoseconds: 3_000_001), timeToLive: 61))
        #expect(probes[2].fate == .lost)
        let counts = ledger.counts()
        #expect((counts.answered, counts.lost, counts.late) == (1, 2, 1))
    }

    @Test func `a late reply is lost, and not reordered as well`() {
        let settings = ProbeSettings(forwardingDelayThreshold: Milliseconds(2))
        var ledger = ProbeLedger(settings: settings, instances: [61: "az1"])
        for sequence in 0..<3 as Range<UInt64> {
            ledger.record(.sent(sequence: sequence, at: at(Int64(sequence) * 1_000)))
        }
        for (sequence, instant) in [(1, 1_050), (2, 2_050), (0, 2_500)] as [(UInt64, Int64)] {
            ledger.record(.received(sequence: sequence, at: at(instant), timeToLive: 61))
        }
        let counts = ledger.counts()
        #expect((counts.late, counts.lost, counts.reordered) == (1, 1, 0))
    }

    @Test func `lost is certain when the threshold has passed, and undecided until then`() {
        let settings = ProbeSettings(forwardingDelayThreshold: Milliseconds(2))
        var ledger = ProbeLedger(settings: settings, instances: [61: "az1"])
        #expect(ledger.decided(sentBy: at(9_000)) == nil)
        for sequence in 0..<4 as Range<UInt64> {
            ledger.record(.sent(sequence: sequence, at: at(Int64(sequence) * 1_000)))
        }
        ledger.record(.received(sequence: 0, at: at(50), timeToLive: 61))
        ledger.record(.unreachable(sequence: 2, at: at(2_050), type: 3, code: 1))
        // Only 1 and 3 wait for a reply.
        #expect(ledger.decided(sentBy: at(2_000)) == at(3_000))
        #expect(ledger.decided(sentBy: at(3_000)) == at(5_000))
        let fates = ledger.probes(listenedUntil: at(3_500)).map(\.fate)
        #expect(fates == [.answered(at: at(50), timeToLive: 61), .lost, .lost, .undecided])
        let counts = ledger.counts(listenedUntil: at(3_500))
        #expect((counts.lost, counts.unreachable, counts.undecided) == (2, 1, 1))
    }

    @Test func `a duplicate does not make a late first reply timely, nor a timely one late`() {
        let settings = ProbeSettings(forwardingDelayThreshold: Milliseconds(2))
        var ledger = ProbeLedger(settings: settings, instances: [61: "az1"])
        ledger.record(.sent(sequence: 0, at: at(0)))
        ledger.record(.received(sequence: 0, at: at(9_000), timeToLive: 61))
        ledger.record(.received(sequence: 0, at: at(100), timeToLive: 61))
        #expect(ledger.probes()[0].isAnswered)
        #expect(ledger.counts().duplicates == 1)
    }

    @Test func `duplicates and reordering are counted beside the loss`() {
        var ledger = ProbeLedger(settings: ProbeSettings(), instances: [61: "az1"])
        for sequence in 0..<5 as Range<UInt64> {
            ledger.record(.sent(sequence: sequence, at: at(Int64(sequence) * 1_000)))
        }
        // Arrival order 0, 2, 1, 4, 3: two came after a higher number.
        for (sequence, instant) in [(0, 100), (2, 4_100), (1, 4_200), (4, 4_300), (3, 4_400)] as [(UInt64, Int64)] {
            ledger.record(.received(sequence: sequence, at: at(instant), timeToLive: 61))
        }
        ledger.record(.received(sequence: 2, at: at(4_500), timeToLive: 61))
        ledger.record(.received(sequence: 2, at: at(4_600), timeToLive: 61))
        let counts = ledger.counts()
        #expect((counts.answered, counts.lost, counts.duplicates, counts.reordered) == (5, 0, 2, 2))
    }

    @Test func `more than 65,536 probes are distinguished`() {
        var planted = PlantedTrial()
        planted.plant(0..<70_000, answeredWith: 61)
        planted.plant(70_000..<70_010, answeredWith: nil)
        let counts = planted.ledger.counts()
        #expect((counts.sent, counts.answered, counts.lost, counts.reordered) == (70_010, 70_000, 10, 0))
    }

    @Test func `the instance that answered is read from the TTL`() {
        var planted = PlantedTrial()
        planted.plant(0..<10, answeredWith: 61)
        planted.plant(10..<12, answeredWith: nil)
        planted.plant(12..<15, answeredWith: 62)
        planted.plant(15..<16, answeredWith: 200)
        planted.plant(16..<17, answeredWith: 61)
        let periods = planted.ledger.servingPeriods
        #expect(periods.map(\.instance) == ["az1", "az2", nil, "az1"])
        #expect(periods.map(\.timeToLive) == [61, 62, 200, 61])
        #expect(periods.map(\.replyCount) == [10, 3, 1, 1])
        #expect(periods[1].firstReplyAt == at(12_050))
        #expect(periods[1].lastReplyAt == at(14_050))
        #expect(planted.ledger.counts().fromUnknown == 1)
        #expect(planted.ledger.firstReply(of: "az1", from: at(9_051)) == at(16_050))
        #expect(planted.ledger.firstReply(of: "az2", from: .zero) == at(12_050))
        #expect(planted.ledger.firstReply(of: "az3", from: .zero) == nil)
    }

    @Test func `a reply without a probe is counted separately`() {
        var ledger = ProbeLedger(settings: ProbeSettings(), instances: [61: "az1"])
        ledger.record(.received(sequence: .max, at: at(1), timeToLive: 61))
        #expect(ledger.probes().isEmpty)
        #expect(ledger.counts().withoutSend == 1)
        #expect(ledger.counts().sent == 0)
        #expect(ledger.servingPeriods.isEmpty)
    }

    @Test func `a probe that an ICMP error quotes is lost at once`() {
        var planted = PlantedTrial()
        planted.plant(0..<1, answeredWith: nil)
        planted.plant(1..<2, answeredWith: nil)
        planted.ledger.record(.unreachable(sequence: 0, at: at(70), type: 3, code: 1))
        let counts = planted.ledger.counts(listenedUntil: at(2_000))
        #expect((counts.lost, counts.unreachable, counts.undecided) == (1, 1, 1))
    }

    @Test func `a probe whose reply was not waited for long enough is undecided`() {
        var planted = PlantedTrial()  // the threshold is 100 ms
        planted.plant(0..<200, answeredWith: nil)
        let counts = planted.ledger.counts(listenedUntil: at(199_500))
        #expect((counts.lost, counts.undecided) == (100, 100))
        #expect(planted.ledger.probes(listenedUntil: at(199_500)).count { $0.fate == .undecided } == 100)
        #expect(planted.ledger.counts().lost == 200)
    }

    @Test func `instants at the ends of the clock do not trap`() throws {
        var planted = PlantedTrial()
        for instant in [Int64.min, -1, 0, 1, Int64.max] {
            let sequence = UInt64(bitPattern: instant)
            planted.ledger.record(.sent(sequence: sequence, at: Instant(nanoseconds: instant)))
            planted.ledger.record(
                .received(sequence: sequence, at: Instant(nanoseconds: 0 &- instant), timeToLive: 61))
        }
        planted.stampFailover(from: 0)
        let trial = try planted.trial(listenedUntil: Instant(nanoseconds: .min))
        #expect(trial.counts.sent == 5)
        #expect(trial.validity.isValid == false)
    }
}
