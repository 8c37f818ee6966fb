// SPDX-License-Identifier: MIT-0
import Measurement
import Testing

@Suite struct LimitSettingTests {
    @Test func `each limit is set by its name, and the others stay`() throws {
        var limits = Validity.Limits()
        let usual = limits
        for text in ["foreign-cpu=30%", "steal=0%", "prober-lateness=2ms", "timer-lateness=500us"] {
            let setting = try #require(LimitSetting(text))
            setting.apply(to: &limits)
        }
        #expect(limits.foreignCPUShare == 0.3)
        #expect(limits.stealShare == 0)
        #expect(limits.proberLateness == Milliseconds(2))
        #expect(limits.timerLateness == Milliseconds(0.5))
        var one = usual
        try #require(LimitSetting("steal=1.5%")).apply(to: &one)
        #expect(one.stealShare == 0.015)
        one.stealShare = usual.stealShare
        #expect(one == usual)
    }

    @Test(arguments: [
        "", "foreign-cpu", "foreign-cpu=", "foreign-cpu=101%", "foreign-cpu=-1%", "steal=2ms",
        "prober-lateness=30%", "timer-lateness=0ms", "loss-before=1", "=1ms",
    ])
    func `other names and values are refused`(text: String) {
        #expect(LimitSetting(text) == nil)
    }
}
