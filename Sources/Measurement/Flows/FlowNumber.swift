// SPDX-License-Identifier: MIT-0

/// A flow's index in `Trial.flows`; in JSON a number.
package struct FlowNumber: Hashable, Comparable, Sendable, Codable, ExpressibleByIntegerLiteral {
    package let value: UInt16

    /// Its place in an array that has an element for each flow.
    package var index: Int { Int(value) }

    package init(_ value: Int) {
        self.value = UInt16(value)
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

    package static func < (left: FlowNumber, right: FlowNumber) -> Bool {
        left.value < right.value
    }
}
