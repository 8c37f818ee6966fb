// SPDX-License-Identifier: MIT-0
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
    ])
    func `a budget is parsed`(text: String, budget: Budget) {
        #expect(Budget(text) == budget)
    }

    @Test(arguments: [
        "", "0", "200x", "0ms", "-1ms", "p95", "p95=", "p96=1ms", "mean=1ms", "outage.p95.max=1ms", "ms", "1e3ms",
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
            trial.validity.reasons = invalid.contains(index) ? [.init(.foreignCPU, "busy")] : []
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

    @Test func `the upper of two middle values is the median that a budget is held to`() throws {
        let budget = try #require(Budget("median=10ms"))
        #expect(budget.judge(try trials([1, 10, 10, 90])).isMet)
        #expect(!budget.judge(try trials([1, 2, 11, 90])).isMet)
    }
}
