// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// Ctrl-C, and the signals of `kill` and CI runners: whatever was begun is undone.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(5)))
struct CrashSafetyInterruptionTests {
    private static let lab = "test-interrupt-\(getpid())"
    private static let momentCount = 10
    private static let failover = ["failover", "--measure", "--validation", "0s", "--name", lab]

    /// 130 once rslab listens for signals; earlier, the signal's own status; 0 and 3 if it was already over.
    private static func isExpected(_ status: Int32, after signal: Int32) -> Bool {
        [130, 128 + signal, 0, 3].contains(status)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `up that is interrupted leaves nothing, or the whole lab`(signal: Int32) throws {
        let before = HostSnapshot(labs: [Self.lab])
        var moments = RandomMoments()
        let whole = try StruckCommand.run(["up", "--name", Self.lab])
        try #require(whole.status == 0, "\(whole.errorText)")
        try down()
        for number in 0..<Self.momentCount {
            let moment = moments.next(within: whole.duration)
            let struck = try StruckCommand.run(["up", "--name", Self.lab], signal: signal, after: moment)
            let place = comment("up", signal, number, moment, moments.seed, struck)
            #expect(Self.isExpected(struck.status, after: signal), place)
            if struck.status == 0 {
                #expect(try status().established == 4, place)
                try down()
            }
            try #require(
                HostSnapshot.lastingDifference(from: before, labs: [Self.lab], unreaped: false) == [], place)
        }
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.lab]) == [])
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a failover that brought its own lab up leaves nothing when interrupted`(signal: Int32) throws {
        let before = HostSnapshot(labs: [Self.lab])
        var moments = RandomMoments()
        let whole = try StruckCommand.run(Self.failover)
        try #require([0, 3].contains(whole.status), "\(whole.errorText)")
        for number in 0..<Self.momentCount {
            let moment = moments.next(within: whole.duration)
            let struck = try StruckCommand.run(Self.failover, signal: signal, after: moment)
            let place = comment("failover", signal, number, moment, moments.seed, struck)
            #expect(Self.isExpected(struck.status, after: signal), place)
            try #require(
                HostSnapshot.lastingDifference(from: before, labs: [Self.lab], unreaped: false) == [], place)
        }
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.lab]) == [])
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a failover on a running lab puts it back when interrupted`(signal: Int32) throws {
        let before = HostSnapshot(labs: [Self.lab])
        let up = try StruckCommand.run(["up", "--name", Self.lab])
        try #require(up.status == 0, "\(up.errorText)")
        var moments = RandomMoments()
        let whole = try StruckCommand.run(Self.failover)
        try #require([0, 3].contains(whole.status), "\(whole.errorText)")
        let statusBefore = try status()
        #expect(statusBefore.established == 4)
        for number in 0..<Self.momentCount {
            let fault = number % 2 == 0 ? "kill" : "crash"
            let moment = moments.next(within: whole.duration)
            let struck = try StruckCommand.run(Self.failover + ["--fault", fault], signal: signal, after: moment)
            let place = comment(fault, signal, number, moment, moments.seed, struck)
            #expect(Self.isExpected(struck.status, after: signal), place)
            // At once: the user may use the lab again as soon as the prompt is back.
            #expect(try status() == statusBefore, place)
        }
        try down()
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.lab]) == [])
    }

    // MARK: What a lab says of itself

    /// The output of `status`, without process numbers: those of an instance that was booted again are new.
    private struct Status: Equatable {
        var established: Int?
        var active: String?
        var faultCount: Int?
        var programs: [String: [String]]
    }

    private func status() throws -> Status {
        let result = try RSLabCommand.run("status", "--json", "--name", Self.lab)
        try #require(result.status == 0, "\(result.standardError)")
        let nodes = try #require(result.json["nodes"] as? [[String: Any]])
        var programs: [String: [String]] = [:]
        for node in nodes {
            let name = try #require(node["name"] as? String)
            let running = (node["programs"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
            programs[name] = running + ((node["note"] as? String).map { [$0] } ?? [])
        }
        return Status(
            established: result.json["sessions_established"] as? Int, active: result.json["active"] as? String,
            faultCount: (result.json["faults"] as? [Any])?.count, programs: programs)
    }

    private func down() throws {
        let down = try StruckCommand.run(["down", "--name", Self.lab])
        try #require(down.status == 0, "\(down.errorText)")
    }

    private func comment(
        _ what: String, _ signal: Int32, _ number: Int, _ moment: Duration, _ seed: UInt64, _ struck: StruckCommand
    ) -> Comment {
        """
        seed \(seed), number \(number): \(what) sent signal \(signal) after \(moment.inMilliseconds), ended with \
        \(struck.status) after \(struck.duration.inMilliseconds): \(struck.errorText)
        """
    }
}
