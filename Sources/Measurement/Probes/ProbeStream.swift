// SPDX-License-Identifier: MIT-0

/// The number of a stream of probes: one flow from one sender.
///
/// An inward flow has one sender, and its stream has its number. An outward flow has two senders, which are counted
/// separately, so it has a stream for each.
package struct ProbeStream: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByIntegerLiteral {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package init(integerLiteral value: UInt16) {
        self.init(rawValue: value)
    }
}
