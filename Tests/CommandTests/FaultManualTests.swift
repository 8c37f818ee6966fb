// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import Report
import TestSupport
import Testing

@testable import rslab

/// The manual's page on faults has the tables that the descriptions make.
struct FaultManualTests {
    private struct Listed: Decodable {
        var fault: FaultName
        var action, bgp, bfd, answers, connection, carrier, undo: String
        var parameters: [String]
        var targets: [FaultTarget.Kind]
    }

    @Test func `the list has everything that a fault's description says`() throws {
        let faults = try JSONDecoder().decode([Listed].self, from: JSONEncoder().encode(FaultCatalogue.entries))
        #expect(faults.map(\.fault) == FaultName.allCases)
        for fault in faults {
            let description = fault.fault.description
            #expect(fault.targets == description.targets)
            #expect(fault.action == description.action && fault.undo == description.undo.words)
            #expect(fault.parameters.contains("--for"))
        }
    }

    @Test func `the manual has the tables that 'failover --list-faults --markdown' prints`() throws {
        let page = RSLabCommand.repository.appendingPathComponent("Sources/rslab/Manual.docc/Faults.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(FaultCatalogue.markdown.count == 2)
        for table in FaultCatalogue.markdown {
            #expect(text.contains(table.trimmingCharacters(in: .newlines)), "replace the page's table by:\n\(table)")
        }
    }

    @Test func `the list fits a terminal of 100 columns`() throws {
        let text = FaultCatalogue.text(.plain, width: nil)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
}
