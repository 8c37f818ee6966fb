// SPDX-License-Identifier: MIT-0

/// The number of a stream of probes: one flow from one sender.
///
/// An inward flow has one sender, and its stream has its number. An outward flow has two senders, which are counted
/// separately, so it has a stream for each.
package struct ProbeStream: Hashable, Sendable, Codable, ExpressibleByIntegerLiteral {
    package let value: UInt16

    package init(_ value: UInt16) {
        self.value = value
    }

    package init(integerLiteral value: UInt16) {
        self.value = value
    }

    package init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(UInt16.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
