// SPDX-License-Identifier: MIT-0
internal import ArgumentParser

/// A time as written by users: 100us, 1ms, 5s.
struct TimeArgument: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let number = argument.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number), value < 1e9 else { return nil }
        let nanoseconds: Double
        switch argument.dropFirst(number.count) {
        case "us", "µs": nanoseconds = value * 1e3
        case "ms": nanoseconds = value * 1e6
        case "s": nanoseconds = value * 1e9
        default: return nil
        }
        duration = .nanoseconds(Int64(nanoseconds))
    }
}
