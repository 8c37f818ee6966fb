// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import RouteServer
internal import WireFormat

/// The unit of a number alone, which each option states in its help.
protocol UnitOfNumber: Sendable {
    static var unit: TimeUnit { get }
}

enum InSeconds: UnitOfNumber {
    static let unit = TimeUnit.seconds
}

enum InMilliseconds: UnitOfNumber {
    static let unit = TimeUnit.milliseconds
}

/// A time as written by users: 100us, 1ms, 5s, or a number alone.
struct TimeArgument<Unit: UnitOfNumber>: ExpressibleByArgument, Hashable, Sendable {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard let duration = Duration(argument, numberIn: Unit.unit) else { return nil }
        self.duration = duration
    }

    /// Refuses what is not a time to wait.
    func checkTimeout() throws {
        guard duration > .zero, duration <= .seconds(86_400) else {
            throw ValidationError("--timeout takes more than 0s, up to 24h")
        }
    }

    var defaultValueDescription: String { "\(duration.components.seconds)s" }
}

/// A hold time, which BGP carries in whole seconds (RFC 4271 section 4.2).
struct HoldTime: ExpressibleByArgument, Hashable, Sendable {
    let seconds: UInt16

    init?(argument: String) {
        guard let duration = Duration(argument, numberIn: .seconds),
            let seconds = UInt16(exactly: duration.components.seconds), duration == .seconds(Int64(seconds))
        else { return nil }
        self.seconds = seconds
    }

    /// Why it is not allowed; nil if it is.
    func problem(of option: String) -> String? {
        (1...2).contains(seconds)
            ? "\(option) \(seconds)s is not allowed: 0, or 3s and more (RFC 4271 section 4.2)" : nil
    }
}

extension ArgumentHelp {
    /// The help of an option that takes a time.
    static func time(_ text: String, numberIn unit: TimeUnit, valueName: String = "TIME") -> ArgumentHelp {
        ArgumentHelp("\(text) A number alone is in \(unit.words).", valueName: valueName)
    }
}
