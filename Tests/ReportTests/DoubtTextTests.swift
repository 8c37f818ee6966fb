// SPDX-License-Identifier: MIT-0
import Measurement
import Report
import Testing

struct DoubtTextTests {
    @Test func `each doubt has a sentence of its own, and one about another flow names that`() {
        let sentences = Validity.Doubt.allCases.map { Validity.Reason($0).text }
        #expect(Set(sentences).count == Validity.Doubt.allCases.count)
        let reason = Validity.Reason(.duplicates) {
            $0.count = 2
            $0.flow = "client > 172.16.1.2"
            $0.otherFlowCount = 1
        }
        #expect(reason.text.hasPrefix("client > 172.16.1.2 and 1 other flow: 2 replies"))
    }
}
