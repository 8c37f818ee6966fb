// SPDX-License-Identifier: MIT-0
internal import WireFormat

/// One limit of a valid trial, as users write it: foreign-cpu=30%, prober-lateness=2ms.
package struct LimitSetting: Hashable, Sendable, CustomStringConvertible {
    package enum Name: String, Hashable, Sendable, CaseIterable {
        case foreignCPU = "foreign-cpu"
        case steal
        case proberLateness = "prober-lateness"
        case timerLateness = "timer-lateness"
    }

    private enum Value: Hashable {
        /// 0...1.
        case share(Double)
        case time(Milliseconds)
    }

    package let name: Name
    private let value: Value

    /// Parses a name, =, and a percentage of 0 to 100 or a time (a number alone is in milliseconds), as the name requires; nil otherwise.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = Name(rawValue: String(parts[0])) else { return nil }
        self.name = name
        switch name {
        case .foreignCPU, .steal:
            let number = parts[1].last == "%" ? parts[1].dropLast() : parts[1]
            guard let percentage = Double(number),
                (0...100).contains(percentage)
            else { return nil }
            value = .share(percentage / 100)
        case .proberLateness, .timerLateness:
            guard let time = Milliseconds(time: parts[1], numberIn: .milliseconds) else { return nil }
            value = .time(time)
        }
    }

    package var description: String {
        switch value {
        case .share(let share): "\(name.rawValue)=\(share * 100)%"
        case .time(let time): "\(name.rawValue)=\(time.text)"
        }
    }

    /// Replaces the default limit.
    package func apply(to limits: inout Validity.Limits) {
        switch (name, value) {
        case (.foreignCPU, .share(let share)): limits.foreignCPUShare = share
        case (.steal, .share(let share)): limits.stealShare = share
        case (.proberLateness, .time(let time)): limits.proberLateness = time
        case (.timerLateness, .time(let time)): limits.timerLateness = time
        default: preconditionFailure("a name determines the kind of its value")
        }
    }
}
