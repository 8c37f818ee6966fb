// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import BFD
internal import Measurement

/// One value of an option, or several separated by commas, all of which are tried.
struct ValueList<Value: ExpressibleByArgument & Hashable & Sendable>: ExpressibleByArgument, Sendable {
    var values: [Value]

    init(_ value: Value) {
        values = [value]
    }

    /// Nil for an invalid value.
    ///
    /// The same value twice is two runs, between which there should be no difference.
    init?(argument: String) {
        values = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Value(argument: String(word)) else { return nil }
            values.append(value)
        }
    }

    var defaultValueDescription: String { values.map(\.defaultValueDescription).joined(separator: ",") }
    static var allValueStrings: [String] { Value.allValueStrings }
    static var defaultCompletionKind: CompletionKind { Value.defaultCompletionKind }
}

/// How BFD runs in a lab: with certain timers, or not at all.
enum BFDSetting: Hashable, Sendable {
    case off
    case timers(BFDTimers)
}

/// One or more BFD settings, or a series of them: `50msx3`, `10msx3,50msx3,off`, `10ms..300ms`.
struct BFDSettings: ExpressibleByArgument, Sendable {
    var values: [BFDSetting]

    init?(argument: String) {
        values = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let new: [BFDSetting]
            if word == "off" {
                new = [.off]
            } else if let timers = BFDTimers(word) {
                new = [.timers(timers)]
            } else if let series = BFDTimers.series(word) {
                new = series.map(BFDSetting.timers)
            } else {
                return nil
            }
            values += new
        }
    }
}
