// SPDX-License-Identifier: MIT-0
internal import Foundation

/// How much tests try that could try any number of cases: a repeatable part, and everything where RSLAB_LONG_TESTS is 1.
///
/// scripts/test sets it, except with --fast.
package enum TestLength {
    package static let isLong = ProcessInfo.processInfo.environment["RSLAB_LONG_TESTS"] == "1"

    /// How many rounds to try.
    package static func rounds<Count: BinaryInteger>(_ short: Count, long: Count) -> Count { isLong ? long : short }
}
