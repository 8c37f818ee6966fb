// SPDX-License-Identifier: MIT-0
import BFD
import Testing

struct BFDTimersSeriesTests {
    private func milliseconds(_ timers: [BFDTimers]?) -> [Double]? {
        timers?.map { Double($0.interval.value) / 1000 }
    }

    @Test(arguments: [
        ("10ms..300ms", [10, 20, 50, 100, 200, 300]), ("10..100", [10, 20, 50, 100]),
        ("15ms..120ms", [15, 20, 50, 100, 120]),
        ("50ms..51ms", [50, 51]), ("500ms..2s", [500, 1000, 2000]),
    ])
    func `a series has every 1, 2 and 5 between its ends, and the ends`(text: String, intervals: [Double]) {
        let series = BFDTimers.series(text)
        #expect(milliseconds(series) == intervals)
        #expect(series?.allSatisfy { $0.multiplier == 3 } == true)
    }

    @Test func `a multiplier after a series applies to every value`() {
        let series = BFDTimers.series("10ms..50msx4")
        #expect(milliseconds(series) == [10, 20, 50])
        #expect(series?.allSatisfy { $0.multiplier == 4 } == true)
    }

    @Test(arguments: [
        "", "..", "10ms", "10ms..", "..10ms", "300ms..10ms", "10ms..10ms", "10msx3..50ms", "10ms..50msx0",
        "10ms..50msx",
        "10ms...50ms", "0ms..10ms", "10ms..1h",
    ])
    func `anything that is not a series is refused`(text: String) {
        #expect(BFDTimers.series(text) == nil)
    }
}
