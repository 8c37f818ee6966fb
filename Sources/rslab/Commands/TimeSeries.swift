// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement
internal import WireFormat

/// One time, several separated by commas, or a series: `500ms`, `100ms,1s`, `100ms..2s`.
struct TimeSeries: ExpressibleByArgument, Sendable {
    /// In the order given; a number alone is in seconds; each above 0, up to a day.
    var values: [Milliseconds]

    init?(argument: String) {
        values = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = word.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = Self.time(ends[0]) else { return nil }
            var new = [first]
            if ends.count == 2 {
                guard let last = Self.time(ends[1]), first < last else { return nil }
                new = Self.series(from: first, to: last)
            }
            values += new
        }
    }

    private static func time(_ word: Substring) -> Milliseconds? {
        guard let time = Milliseconds(time: word, numberIn: .seconds) else { return nil }
        return time <= Milliseconds(86_400_000) ? time : nil
    }

    /// Both ends, and every 1, 2 and 5 of every power of ten between them.
    private static func series(from first: Milliseconds, to last: Milliseconds) -> [Milliseconds] {
        var times = [first]
        var decade: Int64 = 1_000
        while decade <= last.nanoseconds {
            times += [1, 2, 5].map { Milliseconds(nanoseconds: decade * $0) }.filter { first < $0 && $0 < last }
            decade *= 10
        }
        return times + [last]
    }
}
