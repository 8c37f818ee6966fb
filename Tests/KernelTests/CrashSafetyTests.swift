// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LabHost
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// rslab is killed at any moment: one `down` removes everything.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(5)))
struct CrashSafetyTests {
    private static let lab = "test-crash-\(getpid())"
    private static let momentCount = 50

    /// The command to kill, and what must exist for it.
    private struct Scene {
        var verb: String
        var fault: String?
        var needsLab: Bool

        init(_ verb: String, fault: String? = nil, needsLab: Bool = false) {
            self.verb = verb
            self.fault = fault
            self.needsLab = needsLab
        }

        static let all = [
            Scene("up"),
            Scene("failover", fault: "kill"),
            Scene("down", needsLab: true),
            Scene("failover", fault: "power-off"),
            Scene("up"),
            Scene("failover", fault: "kill", needsLab: true),
            Scene("up"),
            Scene("down", needsLab: true),
            Scene("failover", fault: "blackhole", needsLab: true),
            Scene("up"),
            Scene("failover", fault: "kill"),
            Scene("down", needsLab: true),
            Scene("failover", fault: "power-off", needsLab: true),
            Scene("down", needsLab: true),
            Scene("failover", fault: "kill", needsLab: true),
            Scene("up"),
            Scene("failover", fault: "kill"),
            Scene("down", needsLab: true),
            Scene("failover", fault: "kill", needsLab: true),
            Scene("up"),
            Scene("failover", fault: "blackhole"),
            Scene("down", needsLab: true),
            Scene("failover", fault: "kill"),
            Scene("failover", fault: "kill", needsLab: true),
            Scene("down", needsLab: true),
        ]

        /// Sessions that end by silence must end soon, so every lab has the shortest possible hold time.
        private static let build = ["--hold", "3", "--name", CrashSafetyTests.lab]
        static let up = ["up"] + build

        /// How much longer a silent instance than a killed one goes undetected: the hold time.
        var silence: Duration { fault == nil || fault == "kill" ? .zero : .seconds(3) }

        var words: [String] {
            var words = [verb]
            if let fault { words += ["--measure", "--validation", "0s", "--fault", fault] }
            return words + (needsLab ? ["--name", CrashSafetyTests.lab] : Self.build)
        }
    }

    @Test func `after kill -9 at any moment, down leaves the host as it was before`() throws {
        let before = HostSnapshot(labs: [Self.lab])
        var moments = RandomMoments()
        var durations: [String: Duration] = [:]
        var struckCount = 0
        for number in 0..<Self.momentCount {
            let scene = Scene.all[number % Scene.all.count]
            let kind = scene.fault == nil ? scene.verb : "kill"
            // If a lab exists already it takes a little less: the rest counts as "after its end".
            let duration = try durations[kind] ?? measure(scene)
            durations[kind] = duration
            if scene.needsLab { try expectSuccess(Scene.up) }
            let moment = moments.next(within: duration + scene.silence)
            let struck = try StruckCommand.run(scene.words, signal: SIGKILL, after: moment)
            if struck.wasRunning { struckCount += 1 }

            let words = scene.words.joined(separator: " ")
            let place: Comment =
                "seed \(moments.seed), number \(number): '\(words)' killed after \(moment.inMilliseconds): \(struck.errorText)"
            let down = try StruckCommand.run(["down", "--name", Self.lab])
            #expect(down.status == 0, "\(place); down said \(down.errorText)")
            // What is left would be left over again and again.
            try #require(
                HostSnapshot.lastingDifference(from: before, labs: [Self.lab], unreaped: false) == [], place)
        }
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.lab]) == [])
        // Otherwise the moments were not within its life.
        #expect(struckCount >= Self.momentCount / 2)
    }

    /// One fault for each kind of mechanism, and how long its injection may take.
    private static let faults: [(words: [String], duration: Duration)] = [
        (["--fault", "flap", "--count", "10", "--period", "60ms"], .milliseconds(700)),
        (["--fault", "az-down"], .milliseconds(150)),
        (["--fault", "route-server-restart"], .milliseconds(250)),
        (["--fault", "loss", "--target", "subnet-az1"], .milliseconds(150)),
        (
            ["--script", RSLabCommand.repository.appendingPathComponent("fixtures/faults/both-at-once.yaml").path],
            .milliseconds(3500)
        ),
    ]

    @Test func `after kill -9 in the middle of a fault, restore puts everything back`() throws {
        let before = HostSnapshot(labs: [Self.lab])
        var moments = RandomMoments()
        try expectSuccess(["up", "--hold", "3", "--name", Self.lab])
        for fault in Self.faults + Self.faults {
            let moment = moments.next(within: fault.duration)
            let struck = try StruckCommand.run(
                ["failover", "--name", Self.lab] + fault.words, signal: SIGKILL, after: moment)
            let place: Comment =
                "seed \(moments.seed): \(fault.words) killed after \(moment.inMilliseconds): \(struck.errorText)"
            let restored = try StruckCommand.run(["restore", "--name", Self.lab])
            try #require(restored.status == 0, "\(place); restore said \(restored.errorText)")
            let status = try StruckCommand.run(["status", "--json", "--name", Self.lab]).json
            #expect((status["faults"] as? [Any])?.count == 0, place)
            #expect(status["sessions_established"] as? Int == 4, place)
            #expect(status["active"] as? String == "instance-rs-az1", place)
        }
        try expectSuccess(["down", "--name", Self.lab])
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.lab]) == [])
    }

    @Test(.enabled("needs a hierarchy of control groups that limits CPU time") { Self.starveGroup != nil })
    func `after kill -9 in the middle of starve, down removes the control group that it made`() throws {
        let before = HostSnapshot(labs: [Self.lab])
        let group = try #require(Self.starveGroup).path
        var moments = RandomMoments()
        // The first one is not killed: it shows how long it takes, and its group is there.
        var moment: Duration?
        var whole = Duration.zero
        for _ in 0..<6 {
            try expectSuccess(Scene.up)
            let struck = try StruckCommand.run(
                ["failover", "--fault", "starve", "--name", Self.lab], signal: moment == nil ? nil : SIGKILL,
                after: moment ?? .zero)
            let place: Comment =
                "seed \(moments.seed): killed after \(moment?.inMilliseconds ?? "its end"): \(struck.errorText)"
            if moment == nil {
                try #require(struck.status == 0 && access(group, F_OK) == 0, place)
                whole = struck.duration
            }
            try expectSuccess(["down", "--name", Self.lab])
            try #require(access(group, F_OK) != 0, place)
            #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.lab]) == [], place)
            moment = moments.next(within: whole)
        }
    }

    /// That of the active instance while it is starved; nil where none can be made.
    private static var starveGroup: CPUGroup? {
        CPUGroup(named: RunDirectory(labName: lab).cpuGroupName("instance-rs-az1"))
    }

    /// How long all of it takes here.
    private func measure(_ scene: Scene) throws -> Duration {
        if scene.needsLab { try expectSuccess(Scene.up) }
        // A busy machine makes a measurement invalid (3), not shorter.
        let whole = try StruckCommand.run(scene.words)
        try #require([0, 3].contains(whole.status), "\(scene.words): \(whole.errorText)")
        try expectSuccess(["down", "--name", Self.lab])
        return whole.duration
    }

    private func expectSuccess(_ words: [String]) throws {
        let done = try StruckCommand.run(words)
        try #require(done.status == 0, "\(words.joined(separator: " ")): \(done.errorText)")
    }
}
