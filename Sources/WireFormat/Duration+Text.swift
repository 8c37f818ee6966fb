// SPDX-License-Identifier: MIT-0

/// A unit of time, as users write it.
package enum TimeUnit: String, CaseIterable, Sendable {
    case microseconds = "us"
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "min"
    case hours = "h"

    /// For sentences: "a number alone is in seconds".
    package var words: String { "\(self)" }

    fileprivate var nanoseconds: Double {
        switch self {
        case .microseconds: 1e3
        case .milliseconds: 1e6
        case .seconds: 1e9
        case .minutes: 60e9
        case .hours: 3600e9
        }
    }
}

extension Duration {
    /// What a text must be to be a time, for messages.
    package static let textForm = "a number and us, ms, s, min or h"

    /// Reads a time as users write it, everywhere: `100us`, `1.5ms`, `3 s`, `2min`, or a number alone, which is in `unit`.
    ///
    /// Nil for anything else, and for more than 30 years.
    package init?(_ text: some StringProtocol, numberIn unit: TimeUnit) {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        var name = text.dropFirst(number.count)
        if name.first == " ", name.count > 1 { name = name.dropFirst() }
        let written: TimeUnit? = name.isEmpty ? unit : name == "µs" ? .microseconds : TimeUnit(rawValue: String(name))
        guard let written else { return nil }
        let nanoseconds = (value * written.nanoseconds).rounded()
        guard nanoseconds < 1e18 else { return nil }
        self = .nanoseconds(Int64(nanoseconds))
    }
}
