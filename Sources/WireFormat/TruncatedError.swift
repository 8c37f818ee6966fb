// SPDX-License-Identifier: MIT-0

/// The bytes ended before the value did.
///
/// Codecs with error types of their own (BGP's carry an RFC code and subcode) convert this.
package struct TruncatedError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How many octets the value needed, and how many were left.
    package var neededByteCount: Int
    package var availableByteCount: Int

    package init(neededByteCount: Int, availableByteCount: Int) {
        self.neededByteCount = neededByteCount
        self.availableByteCount = availableByteCount
    }

    package var description: String {
        "needs \(neededByteCount) octets, has \(availableByteCount)"
    }
}
