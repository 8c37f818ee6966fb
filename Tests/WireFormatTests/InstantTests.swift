// SPDX-License-Identifier: MIT-0
import Foundation
import Testing
import WireFormat

struct InstantTests {
    @Test func `instants and durations add up to the nanosecond`() {
        let start = Instant(nanoseconds: 1)
        let end = start + .milliseconds(1500)
        #expect(end.nanoseconds == 1_500_000_001)
        #expect(end - start == .milliseconds(1500))
        #expect(end - .seconds(1) == Instant(nanoseconds: 500_000_001))
        #expect(start < end)
    }

    @Test func `fractions of a nanosecond are cut off`() {
        #expect(Duration(secondsComponent: 1, attosecondsComponent: 999_999_999).nanoseconds == 1_000_000_000)
        #expect(Duration.nanoseconds(-1).nanoseconds == -1)
        #expect(Duration.microseconds(1250).milliseconds == 1.25)
    }

    @Test func `JSON holds the nanoseconds as a number`() throws {
        let encoded = try JSONEncoder().encode([Instant(nanoseconds: 42)])
        #expect(String(decoding: encoded, as: UTF8.self) == "[42]")
        #expect(try JSONDecoder().decode([Instant].self, from: encoded) == [Instant(nanoseconds: 42)])
    }
}
