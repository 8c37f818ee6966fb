// SPDX-License-Identifier: MIT-0
import Measurement
import Report
import Testing

@Suite struct SettingsTextTests {
    @Test func `settings and assumptions are listed separately, and documented ones are left out`() {
        let text = TextReport(style: .plain).render([
            StatedSetting("persist routes", "2 min", .template), StatedSetting("programming delay", "1 s", .asked),
            StatedSetting("hold time", "90 s", .assumed), StatedSetting("quota of routes per peer", "100", .documented),
        ])
        #expect(text.contains("set           persist routes: 2 min; programming delay: 1 s\n"))
        #expect(text.contains("assumed       hold time: 90 s\n"))
        #expect(!text.contains("quota"))
        #expect(TextReport(style: .plain).render([]) == "")
    }
}
