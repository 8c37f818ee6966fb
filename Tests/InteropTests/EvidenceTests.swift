// SPDX-License-Identifier: MIT-0
import Foundation
import Measurement
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// The directory of `--evidence`, read back without rslab's own figures.
    @Suite(.timeLimit(.minutes(3)))
    struct EvidenceTests {
        @Test func `what is kept shows the same outage as the trial, and belongs to the caller`() throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "rslab-evidence-\(UUID().uuidString)")
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            let words = [
                "failover", "--measure", "--fault", "blackhole", "--bfd", "20msx3", "--hold", "9", "--trials", "2",
                "--validation", "200ms", "--json", "--evidence", folder.path(),
            ]
            let result = try RSLabCommand.run(words, environment: ["SUDO_UID": "1234", "SUDO_GID": "1235"])
            try #require([0, 3].contains(result.status), "\(result.standardError)")
            let run = try result.decode(Run.self)
            func text(_ path: String) throws -> String {
                try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            }
            #expect(try text("template.yaml") == run.environment.provenance?.template?.text)
            #expect(try text("result.json") == result.standardOutput)
            #expect(try !text("configurations/\(run.trials[0].subject.active).gobgpd.conf").isEmpty)
            for trial in run.trials {
                let name = "trial-\(trial.number)"
                #expect(try JSONDecoder().decode(Trial.self, from: Data(text("\(name)/trial.json").utf8)) == trial)
                #expect(try text("\(name)/samples.csv").split(separator: "\n").count == trial.counts.sent + 1)
                let events = try text("\(name)/events.jsonl").split(separator: "\n").map {
                    try JSONDecoder().decode(TraceEvent.self, from: Data($0.utf8))
                }
                #expect(events.contains { $0.kind == .faultInjecting && $0.at == trial.fault.before })
                try expectPackets(of: trial, in: folder.appending(path: "\(name)/vpc-fault-1.pcap"))
            }
            for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path()) {
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: path).path())
                #expect(attributes[.ownerAccountID] as? Int == 1234, "\(path)")
                #expect(attributes[.groupOwnerAccountID] as? Int == 1235, "\(path)")
            }
            let again = try RSLabCommand.run(words)
            #expect(again.status == 2)
            #expect(again.standardError.contains("is not empty"), "\(again.standardError)")
        }

        /// The requests without a reply in a capture are the probes that the trial lost.
        private func expectPackets(of trial: Trial, in file: URL) throws {
            let octets = try [UInt8](Data(contentsOf: file))
            let records = try #require(CaptureFile.records(in: octets))
            let times = records.map(\.realTime)
            let (first, last) = (try #require(times.min()), try #require(times.max()))
            #expect(last - first <= 3_000_000_000)
            // IPv4, ICMP, on the way out; each packet is seen on every link that it passes.
            var requests: Set<UInt64> = []
            var replies: Set<UInt64> = []
            for record in records {
                let packet = Array(record.octets.dropFirst(CaptureFile.cookedByteCount))
                guard record.octets[0] == 8, record.octets[1] == 0, packet.count >= 52, packet[9] == 1 else { continue }
                let sequence = packet[36..<44].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                if packet[20] == 8 { requests.insert(sequence) }
                if packet[20] == 0 { replies.insert(sequence) }
            }
            let lost = requests.subtracting(replies)
            let period = try #require(trial.outage.eventPeriods.first)
            let expected = Set(period.firstSequence...period.lastSequence)
            #expect(period.lostCount > 20)
            // A late prober skips slots, and their numbers.
            #expect(lost.intersection(expected).count == period.lostCount)
            // Those whose reply, or whose request, was outside of the time that is kept.
            #expect(lost.subtracting(expected).count <= 2, "\(lost.subtracting(expected).sorted())")
        }
    }
}
