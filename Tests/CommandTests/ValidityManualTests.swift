// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import TestSupport
import Testing

/// The manual's table of doubts has each of them, once.
struct ValidityManualTests {
    @Test func `the manual explains every doubt`() throws {
        let page = RSLabCommand.repository.appendingPathComponent("Sources/rslab/Manual.docc/Measurement.md")
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("| `"), let end = line.dropFirst(3).firstIndex(of: "`") else { return nil }
            return String(line[line.index(line.startIndex, offsetBy: 3)..<end])
        }
        let doubts = rows.filter { Validity.Doubt(rawValue: $0) != nil }
        #expect(doubts.sorted() == Validity.Doubt.allCases.map(\.rawValue).sorted())
    }
}
