// SPDX-License-Identifier: MIT-0
import Foundation
import TestSupport
import Testing

extension InteropTests {
    /// Checks that the benchmarks run; their figures need a quiet machine.
    @Suite(.timeLimit(.minutes(1)))
    struct BenchmarkTests {
        private struct Output: Decodable {
            struct Comparison: Decodable {
                struct Side: Decodable {
                    var samples: [Double]
                }
                var name: String
                var rslab: Side
                var peer: Side?
                var ratio: Double?
            }
            var schema: Int
            var comparisons: [Comparison]
        }

        private func run(_ words: String...) throws -> (status: Int32, output: Data) {
            let process = Process()
            process.executableURL = RSLabCommand.executable.deletingLastPathComponent()
                .appendingPathComponent("rslab-bench")
            process.arguments = words
            let pipe = Pipe()
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, output)
        }

        @Test func `routes are replaced by both sides, in turns`() throws {
            let (status, octets) = try run("routes", "--rounds", "3", "--json")
            #expect(status == 0)
            let output = try JSONDecoder().decode(Output.self, from: octets)
            #expect(output.schema == 1)
            let comparison = try #require(output.comparisons.count == 1 ? output.comparisons.first : nil)
            #expect(comparison.name == "routes replaced")
            #expect(comparison.rslab.samples.count == 3 && comparison.peer?.samples.count == 3)
            #expect((comparison.rslab.samples + (comparison.peer?.samples ?? [])).allSatisfy { $0 > 0 })
            #expect(comparison.ratio.map { $0 > 0 } == true)
        }

        @Test func `one change of a large RIB is counted beside one of a small`() throws {
            let (status, octets) = try run("rib", "--smoke", "--json")
            #expect(status == 0)
            let comparisons = try JSONDecoder().decode(Output.self, from: octets).comparisons
            #expect(comparisons.map(\.rslab.samples.count) == [1, 1, 1])
            #expect(comparisons.map { $0.ratio == nil } == [false, false, true])
        }
    }
}
