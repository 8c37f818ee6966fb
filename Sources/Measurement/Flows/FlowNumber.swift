// SPDX-License-Identifier: MIT-0

/// A flow's index in `Trial.flows`; in JSON a number.
package struct FlowNumber: RawRepresentable, Hashable, Comparable, Sendable, Codable, ExpressibleByIntegerLiteral {
    package let rawValue: UInt16

    /// Its place in an array that has an element for each flow.
    package var index: Int { Int(rawValue) }

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package init(_ index: Int) {
        self.init(rawValue: UInt16(index))
    }

    package init(integerLiteral value: UInt16) {
        self.init(rawValue: value)
    }

    package static func < (left: FlowNumber, right: FlowNumber) -> Bool {
        left.rawValue < right.rawValue
    }
}
