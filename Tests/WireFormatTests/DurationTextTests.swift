// SPDX-License-Identifier: MIT-0
import Testing
import WireFormat

struct DurationTextTests {
    @Test(arguments: [
        ("100us", Duration.microseconds(100)), ("100µs", .microseconds(100)), ("1.5ms", .microseconds(1500)),
        ("3 s", .seconds(3)), ("2min", .seconds(120)), ("1h", .seconds(3600)), ("0", .zero), ("0ms", .zero),
        ("7", .seconds(7)), (".5", .milliseconds(500)),
    ])
    func `a number and its unit are a time`(text: String, time: Duration) {
        #expect(Duration(text, numberIn: .seconds) == time)
    }

    @Test func `a number alone has the unit of its place`() {
        for (unit, time) in [
            (TimeUnit.microseconds, Duration.microseconds(2)), (.milliseconds, .milliseconds(2)),
            (.seconds, .seconds(2)),
            (.minutes, .seconds(120)), (.hours, .seconds(7200)),
        ] {
            #expect(Duration("2", numberIn: unit) == time)
            #expect(Duration("2\(unit.rawValue)", numberIn: .seconds) == time)
        }
    }

    @Test(arguments: [
        "", " ", "s", ".", "1.2.3s", "-1s", "1e3", "inf", "nan", "3 ", "3  s", "3m", "3sec", "99999999999999s",
    ])
    func `anything else is none`(text: String) {
        #expect(Duration(text, numberIn: .seconds) == nil)
    }
}
