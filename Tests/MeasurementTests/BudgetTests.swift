// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Testing

struct BudgetTests {
    @Test(arguments: [
        ("200ms", Budget(limit: Milliseconds(200))),
        ("max=1.5ms", Budget(limit: Milliseconds(1.5))),
        ("p95=2s", Budget(statistic: .p95, limit: Milliseconds(2000))),
        ("median=100us", Budget(statistic: .median, limit: Milliseconds(0.1))),
        ("200", Budget(limit: Milliseconds(200))), ("p95=1.5", Budget(statistic: .p95, limit: Milliseconds(1.5))),
        ("convergence=5ms", Budget(figure: .convergence, limit: Milliseconds(5))),
        ("fail-back.p95=3s", Budget(figure: .failBack, statistic: .p95, limit: Milliseconds(3000))),
        ("p95=200ms with 95 %", Budget(statistic: .p95, limit: Milliseconds(200), confidence: 0.95)),
        ("p95=200ms with 95%", Budget(statistic: .p95, limit: Milliseconds(200), confidence: 0.95)),
        (
            "convergence.median=5  with 99.5 %",
            Budget(figure: .convergence, statistic: .median, limit: Milliseconds(5), confidence: 0.995)
        ),
    ])
    func `a budget is parsed`(text: String, budget: Budget) {
        #expect(Budget(text) == budget)
    }

    @Test(arguments: [
        "", "0", "200x", "0ms", "-1ms", "p95", "p95=", "p96=1ms", "mean=1ms", "outage.p95.max=1ms", "ms", "1e3ms",
        "200ms with 95 %", "max=200ms with 95 %", "p95=200ms with", "p95=200ms with 95", "p95=200ms with 50 %",
        "p95=200ms with 100 %", "p95=200ms with 1e1 %", "p95=200ms with 9 5x%", "with 95 %", "p95=200ms at 95 %",
        "p95=200ms with 95 % %",
    ])
    func `anything that is not a budget is refused`(text: String) {
        #expect(Budget(text) == nil)
    }

    private static let oneLost = Result { try PlantedTrial.oneLost.trial() }

    /// Trials whose outage brackets end at these values.
    private func trials(_ upperEnds: [Double?], invalid: Set<Int> = []) throws -> [Trial] {
        let oneLost = try Self.oneLost.get()
        return upperEnds.enumerated().map { index, upper in
            var trial = oneLost
            trial.outage.upper = upper.map { Milliseconds($0) }
            trial.validity.reasons = invalid.contains(index) ? [.init(.foreignCPU)] : []
            return trial
        }
    }

    @Test func `every outage is judged by the upper end of its bracket`() throws {
        let budget = try #require(Budget("100ms"))
        #expect(budget.judge(try trials([100, 40])).isMet)
        let missed = budget.judge(try trials([40, 100.5]))
        #expect(!missed.isMet)
        #expect(missed.measured == Milliseconds(100.5))
    }

    @Test func `invalid trials do not count, and a run without valid ones meets nothing`() throws {
        let budget = try #require(Budget("100ms"))
        #expect(budget.judge(try trials([40, 500], invalid: [1])).isMet)
        #expect(!budget.judge(try trials([40], invalid: [0])).isMet)
        #expect(!budget.judge([]).isMet)
    }

    @Test func `an outage that did not end is over any budget`() throws {
        let verdict = try #require(Budget("median=1s")).judge(try trials([1, 1, nil]))
        #expect(!verdict.isMet)
        #expect(verdict.measured == nil)
    }

    @Test func `a p95 from too few trials is judged by the largest value, with its confidence`() throws {
        let budget = try #require(Budget("p95=100ms"))
        let few = budget.judge(try trials([1, 2, 101]))
        #expect(!few.isMet)
        #expect(few.remark.contains("too few"))
        let twenty = budget.judge(try trials(Array(repeating: 50, count: 19) + [400]))
        #expect(twenty.isMet)
        #expect(twenty.measured == Milliseconds(50))
        // 59 values bound the 95th percentile with 95 % confidence (1 - 0.95^59).
        #expect(budget.judge(try trials(Array(repeating: 50, count: 59))).remark.contains("95 % confidence"))
        #expect(budget.judge(try trials(Array(repeating: 50, count: 58))).remark.contains("94 % confidence"))
    }

    // MARK: With a confidence

    private static let sure = Budget("p95=100ms with 95 %")

    @Test func `with a confidence, 59 trials within the limit meet a p95, and 58 show nothing`() throws {
        let budget = try #require(Self.sure)
        let met = budget.judge(try trials(Array(repeating: 50, count: 58) + [99]))
        #expect(met.outcome == .met && met.isMet)
        #expect((met.upper, met.trialsNeeded) == (Milliseconds(99), nil))
        let few = budget.judge(try trials(Array(repeating: 50, count: 58)))
        #expect(few.outcome == .notShown && !few.isMet)
        #expect((few.upper, few.trialsNeeded, few.aboveCount) == (nil, 59, 0))
        #expect(few.measured == Milliseconds(50))
    }

    @Test func `with a confidence, each trial above the limit takes more trials`() throws {
        let budget = try #require(Self.sure)
        let one = budget.judge(try trials(Array(repeating: 50, count: 60) + [101]))
        #expect((one.outcome, one.trialsNeeded, one.aboveCount) == (.notShown, 93, 1))
        #expect(budget.judge(try trials(Array(repeating: 50, count: 92) + [101])).outcome == .met)
        #expect(budget.judge(try trials(Array(repeating: 50, count: 91) + [101])).outcome == .notShown)
    }

    @Test func `with a confidence, a quantile is missed only if its lower bound is above the limit`() throws {
        let budget = try #require(Self.sure)
        // Of 20 values the 17th is at most the 95th percentile with 98 %, the 18th only with 92 %.
        let missed = budget.judge(try trials(Array(repeating: 50, count: 16) + [101, 102, 103, 104]))
        #expect((missed.outcome, missed.lower, missed.trialsNeeded) == (.missed, Milliseconds(101), nil))
        let open = budget.judge(try trials(Array(repeating: 50, count: 17) + [102, 103, 104]))
        #expect((open.outcome, open.lower) == (.notShown, Milliseconds(50)))
        // A single trial is above the 95th percentile with a probability of 5 %.
        #expect(budget.judge(try trials([101])).outcome == .missed)
    }

    @Test func `with a confidence, trials count as without one`() throws {
        let budget = try #require(Self.sure)
        let good: [Double?] = Array(repeating: 50, count: 80)
        #expect(budget.judge(try trials(good + [500], invalid: [80])).outcome == .met)
        let endless = budget.judge(try trials(good + [nil]))
        #expect((endless.outcome, endless.measured) == (.missed, nil))
        #expect(budget.judge(try trials([40], invalid: [0])).outcome == .notShown)
        #expect(budget.judge([]).outcome == .notShown)
    }

    @Test func `a verdict is in JSON what it was`() throws {
        let budget = try #require(Self.sure)
        for planted in [[Double?](repeating: 50, count: 59), [50], [101], []] {
            let verdict = budget.judge(try trials(planted))
            let data = try JSONEncoder().encode(verdict)
            #expect(try JSONDecoder().decode(BudgetVerdict.self, from: data) == verdict)
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(object["met"] as? Bool == verdict.isMet)
        }
    }

    @Test func `the upper of two middle values is the median that a budget is held to`() throws {
        let budget = try #require(Budget("median=10ms"))
        #expect(budget.judge(try trials([1, 10, 10, 90])).isMet)
        #expect(!budget.judge(try trials([1, 2, 11, 90])).isMet)
    }
}
