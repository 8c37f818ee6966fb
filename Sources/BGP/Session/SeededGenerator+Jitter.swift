// SPDX-License-Identifier: MIT-0
import WireFormat

extension SeededGenerator {
    /// Between three quarters of the duration and all of it (RFC 4271 section 10).
    mutating func jittered(_ duration: Duration) -> Duration {
        let nanoseconds = duration.nanoseconds
        return .nanoseconds(nanoseconds - Int64.random(in: 0...max(0, nanoseconds / 4), using: &self))
    }
}
