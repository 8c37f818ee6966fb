// SPDX-License-Identifier: MIT-0
import Measurement
import TestSupport
import Testing
import WireFormat

struct SweepComparisonTests {
    /// Rounds of runs whose outages spread evenly over 600 to 900 ms, in whole milliseconds as a prober sees them.
    private func values(
        runs: Int, rounds: Int, shifts: [Double] = [], using random: inout SeededGenerator
    ) -> [[Milliseconds?]] {
        (0..<runs).map { run in
            (0..<rounds).map { _ in
                let value = Double.random(in: 600..<900, using: &random).rounded()
                return Milliseconds(value + (run < shifts.count ? shifts[run] : 0))
            }
        }
    }

    @Test(arguments: [(2, 20), (4, 20), (6, 12), (3, 60)])
    func `between equal runs it finds a difference in at most 5 of 100 sweeps`(runs: Int, rounds: Int) {
        var random = SeededGenerator(seed: 7)
        let sweeps = TestLength.rounds(40, long: 1_000)
        let wrong = (0..<sweeps).count { _ in
            let comparison = SweepComparison(
                of: .outage, values: values(runs: runs, rounds: rounds, using: &random))
            return comparison.rows.contains { $0.verdict != .notShown }
        }
        // 5 % is what the adjustment allows and nearly what it uses: of many sweeps, three standard deviations more may be
        // wrong, and the 40 are those of a seed by which it keeps to 5.
        let allowed = TestLength.isLong ? 0.05 + 3 * (0.05 * 0.95 / Double(sweeps)).squareRoot() : 0.05
        #expect(Double(wrong) <= allowed * Double(sweeps))
    }

    @Test func `a planted difference is found, with its size, and no other one`() throws {
        var random = SeededGenerator(seed: 2)
        let sweeps = TestLength.rounds(40, long: 1_000)
        var (found, held, wrong) = (0, 0, 0)
        for _ in 0..<sweeps {
            let comparison = SweepComparison(
                of: .outage, values: values(runs: 4, rounds: 30, shifts: [0, 0, 120, -120], using: &random))
            found += comparison.rows[1].verdict == .longer && comparison.rows[2].verdict == .shorter ? 1 : 0
            wrong += comparison.rows[0].verdict == .notShown ? 0 : 1
            let interval = try #require(comparison.rows[1].interval)
            held += interval.lower <= Milliseconds(120) && Milliseconds(120) <= interval.upper ? 1 : 0
        }
        #expect(found * 100 >= 95 * sweeps)
        let allowed = 0.05 + 3 * (0.05 * 0.95 / Double(sweeps)).squareRoot()
        #expect(Double(wrong) <= allowed * Double(sweeps))
        #expect(Double(held) >= (1 - allowed) * Double(sweeps))
    }

    @Test func `rounds with a trial missing are left out, and counted`() {
        let values: [[Milliseconds?]] = [
            [1, 2, nil, 4, 5, 6, 7, 8].map { $0.map { Milliseconds(Double($0)) } },
            [11, 12, 13, nil, 15, 16, 17].map { $0.map { Milliseconds(Double($0)) } },
        ]
        let row = SweepComparison(of: .outage, values: values).rows[0]
        #expect((row.index, row.pairCount, row.leftOutCount) == (1, 5, 3))
        #expect(row.shift == Milliseconds(10))
        #expect(row.p == 0.0625)
    }

    @Test func `a row without a pair has no figures, and the others are not adjusted for it`() {
        let some = (1...6).map { Optional(Milliseconds(Double($0))) }
        let longer = (1...6).map { Optional(Milliseconds(Double(2 * $0))) }
        let rows = SweepComparison(of: .outage, values: [some, [nil, nil, nil, nil, nil, nil], longer]).rows
        #expect(rows[0].shift == nil && rows[0].p == nil && rows[0].adjustedP == nil)
        #expect(rows[0].verdict == .notShown)
        #expect(rows[1].adjustedP == 0.03125)
        #expect(rows[1].verdict == .longer)
    }

    @Test(arguments: [(1, 6), (2, 7), (3, 7), (4, 8), (6, 8), (7, 9), (9, 9)])
    func `too few rounds are named, with how many are needed for so many rows`(comparisons: Int, needed: Int) {
        #expect(SweepComparison.roundsNeeded(comparisons: comparisons) == needed)
        func rows(rounds: Int) -> [SweepComparison.Row] {
            let values = (0...comparisons).map { run in
                (0..<rounds).map { Optional(Milliseconds(Double(100 * run + $0))) }
            }
            return SweepComparison(of: .outage, values: values).rows
        }
        let few = rows(rounds: needed - 1)
        #expect(few.allSatisfy { $0.roundsNeeded == needed && $0.verdict == .notShown })
        let enough = rows(rounds: needed)
        #expect(enough.allSatisfy { $0.roundsNeeded == nil && $0.verdict == .longer })
    }

    // MARK: From trials

    private func run(_ outages: [Double], lost: Int = 1, invalid: Set<Int> = []) throws -> Run {
        let planted = try PlantedTrial.oneLost.trial()
        let trials = outages.enumerated().map { index, outage in
            var trial = planted
            trial.number = index + 1
            trial.outage.lower = Milliseconds(outage)
            trial.outage.upper = Milliseconds(outage)
            trial.outage.lostCount = lost
            trial.convergence?.time = Milliseconds(outage)
            trial.validity.reasons = invalid.contains(index + 1) ? [.init(.foreignCPU)] : []
            return trial
        }
        return Run(
            lab: "lab", seed: 1,
            environment: RunEnvironment(
                kernel: "6.12.0", machine: "x86_64", cpuCount: 2, virtualization: nil, versions: [:],
                clocks: .init(monotonic: .zero, realTime: 0)),
            settings: planted.settings, trials: trials)
    }

    @Test func `the trials of a round are a pair, unless one of them is not valid or was not measured`() throws {
        let first = try run([100, 101, 102, 103, 104, 105, 106, 107], invalid: [2])
        let second = try run([110, 111, 112, 113, 114, 115, 116], invalid: [7])
        let row = try #require(SweepComparison([first, second])?.rows.first)
        #expect((row.pairCount, row.leftOutCount) == (5, 3))
        #expect(row.shift == Milliseconds(10))
    }

    @Test func `if nothing was lost, convergence is compared`() throws {
        let (first, second) = (try run([1, 2, 3], lost: 0), try run([2, 4, 6], lost: 0))
        #expect(SweepComparison([first, second])?.figure == .convergence)
        #expect(SweepComparison([first, try run([2, 4, 6])])?.figure == .outage)
        #expect(SweepComparison([first]) == nil)
        #expect(SweepComparison([try run([]), try run([])]) == nil)
    }

    @Test func `runs with the same settings are numbered`() {
        let kill = Sweep.Settings(fault: .kill)
        let numbered = Sweep.Settings.numbered([kill, .init(fault: .crash), kill, kill])
        #expect(numbered.map(\.repetition) == [nil, nil, 2, 3])
        #expect(numbered.map(\.fault) == [.kill, .crash, .kill, .kill])
    }
}
