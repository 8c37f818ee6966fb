// SPDX-License-Identifier: MIT-0

/// Identifies one of a speaker's neighbours; the owner chooses the number.
package struct NeighborID: Hashable, Comparable, Sendable, Codable {
    package var value: Int

    package init(_ value: Int) {
        self.value = value
    }

    package static func < (left: NeighborID, right: NeighborID) -> Bool {
        left.value < right.value
    }
}
