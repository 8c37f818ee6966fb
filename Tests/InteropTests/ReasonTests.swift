// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// What cannot work is said with its reason, and nobody waits for it.
    @Suite(.timeLimit(.minutes(1)))
    struct ReasonTests {
        private struct RIB: Decodable {
            struct Dropped: Decodable {
                var endpoint: String
                var peer: String
                var prefix: String
                var reason: String
                var text: String
            }
            var dropped: [Dropped]?
        }

        private struct Neighbors: Decodable {
            struct Neighbor: Decodable {
                var dropped: [RIB.Dropped]?
                var down_ms: Double?
                var up_ms: Double?
            }
            var neighbors: [Neighbor]
        }

        private struct Status: Decodable {
            var dropped_routes: [String]
        }

        /// The template of the manual with one text replaced, as a file.
        private func template(replacing text: String, by other: String, in testbed: Testbed) throws -> String {
            let template = try String(contentsOfFile: TestLab.fixture("templates/floating-ip.yaml"), encoding: .utf8)
            try #require(template.contains(text))
            let path = testbed.path("template.yaml")
            try template.replacingOccurrences(of: text, with: other)
                .write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }

        @Test(arguments: [
            (#"aspath "65001 65001""#, #"aspath "65000 65001""#, "172.16.1.1/32", "own-asn"),
            (
                #"sudo ./gobgp global rib add 172.16.1.1/32 aspath "65001 65001" -a ipv4"#,
                #"sudo ./gobgp global rib add 172.16.1.1/32 aspath "65001 65001" -a ipv4; sudo ./gobgp global rib add 224.0.0.0/4 -a ipv4"#,
                "224.0.0.0/4", "multicast"
            ),
        ])
        func `a route that import drops is waited for no longer, and shown with its reason`(
            text: String, other: String, prefix: String, reason: String
        ) throws {
            let testbed = try Testbed()
            let template = try template(replacing: text, by: other, in: testbed)
            try TestLab.named("interop-dropped") { lab in
                let up = try lab.run("up", template, "--timeout", "20")
                try #require(up.status == 0, "\(up.standardError)")
                let sentence = "the route of 10.0.2.203 to \(prefix) was dropped at "
                #expect(up.standardOutput.contains(sentence), "\(up.standardOutput)")
                let dropped = try #require(try lab.json(RIB.self, "rib").dropped)
                #expect(!dropped.isEmpty)
                #expect(dropped.allSatisfy { $0.prefix == prefix && $0.reason == reason })
                let neighbors = try lab.json(Neighbors.self, "neighbors").neighbors
                #expect(neighbors.flatMap { $0.dropped ?? [] }.count == dropped.count)
                #expect(try lab.json(Status.self, "status").dropped_routes.count == dropped.count)
                #expect(try lab.run("rib").standardOutput.contains(sentence))
                #expect(try lab.run("neighbors").standardOutput.contains(sentence))
                let doctor = try lab.run("doctor")
                // It is wrapped in a column of the table.
                let words = (doctor.standardOutput + doctor.standardError).split(separator: /\s+/)
                #expect(words.joined(separator: " ").contains(sentence.trimmingCharacters(in: .whitespaces)))
            }
        }

        @Test func `a speaker of another AS than the template's peer ends the wait at once, with the reason`() throws {
            let testbed = try Testbed()
            let template = try template(replacing: "as = 65001", by: "as = 65099", in: testbed)
            try TestLab.named("interop-bad-as") { lab in
                let start = Instant.now
                let up = try lab.run("up", template, "--timeout", "50")
                #expect(up.status == 2)
                #expect(up.standardError.contains("OPEN Message Error / Bad Peer AS"), "\(up.standardError)")
                #expect(Instant.now - start < .seconds(40))
            }
        }

        @Test func `an announced subnet that takes the replies of a floating IP ends the wait at once`() throws {
            let testbed = try Testbed()
            let announcement = "sudo ./gobgp global rib add 172.16.1.1/32 -a ipv4"
            let template = try template(
                replacing: announcement, by: "\(announcement); sudo ./gobgp global rib add 10.0.3.0/24 -a ipv4",
                in: testbed)
            try TestLab.named("interop-diverted") { lab in
                let up = try lab.run("up", template, "--timeout", "50")
                #expect(up.status == 2)
                let words = up.standardError.split(separator: /\s+/).joined(separator: " ")
                #expect(
                    words.contains("replies to access-instance go to instance-rs-az1, which announces 10.0.3.0/24"),
                    "\(up.standardError)")
                #expect(!words.contains("still waiting"))
            }
        }

        @Test func `a session that was up says how long ago`() throws {
            try TestLab.with("interop-down-time") { lab in
                try #require(try lab.run("failover", "--fault", "kill").status == 0)
                let neighbors = try lab.json(Neighbors.self, "neighbors").neighbors
                #expect(neighbors.count { $0.down_ms != nil } == 2)
                #expect(neighbors.allSatisfy { ($0.down_ms == nil) != ($0.up_ms == nil) })
                let text = try lab.run("neighbors").standardOutput
                #expect(!text.contains("never"))
                #expect(text.contains("is Active; connection closed by peer (FIN)"), "\(text)")
            }
        }
    }
}
