// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import TestSupport
import Testing

/// The manual's page on faults matches the catalogue.
struct FaultManualTests {
    private struct Catalogue: Decodable {
        struct Fault: Decodable {
            var fault: FaultName
            var action, bgp, bfd, answers, connection, carrier, undo: String
            var parameters: [String]
            var targets: [FaultTarget.Kind]
        }

        var faults: [Fault]
    }

    @Test func `every fault has its rows, in the words of the catalogue`() throws {
        let listed = try RSLabCommand.run("failover", "--list-faults", "--json")
        let catalogue = try JSONDecoder().decode(Catalogue.self, from: Data(listed.standardOutput.utf8))
        #expect(catalogue.faults.map(\.fault) == FaultName.allCases)
        let page = RSLabCommand.repository.appendingPathComponent("Sources/rslab/Manual.docc/Faults.md")
        let lines = Set(try String(contentsOf: page, encoding: .utf8).split(separator: "\n").map(String.init))
        for fault in catalogue.faults {
            let name = "`\(fault.fault.rawValue)`"
            let options = fault.parameters.map { " `\($0)`" }.joined()
            #expect(lines.contains("| \(name) | \(fault.action) | \(fault.bgp) | \(fault.bfd) | \(fault.answers) |"))
            #expect(lines.contains("| \(name) | \(fault.connection) | \(fault.carrier) | \(fault.undo) |\(options) |"))
            #expect(fault.targets == fault.fault.targetKinds)
        }
    }

    @Test func `the list fits a terminal of 100 columns`() throws {
        let listed = try RSLabCommand.run("failover", "--list-faults")
        #expect(listed.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
}
