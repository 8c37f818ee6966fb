// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// rslab is killed at any moment: one `down` clears whatever there is.
@Suite(.requiresNetworkAdmin, .serialized, .timeLimit(.minutes(5)))
struct CrashSafetyTests {
    private static let lab = "test-crash"
    private static let momentCount = 50

    /// What is killed, and what it needs to be there.
    private struct Scene {
        var words: [String]
        var needsLab: Bool

        init(_ words: String, needsLab: Bool = false) {
            self.words = words.split(separator: " ").map(String.init) + ["--name", CrashSafetyTests.lab]
            self.needsLab = needsLab
        }

        /// Sessions that end by silence must end soon, so those labs have the shortest hold time there is.
        static let all = [
            Scene("up"),
            Scene("down", needsLab: true),
            Scene("failover --measure --validation 0s --fault kill"),
            Scene("up"),
            Scene("failover --measure --validation 0s --fault kill", needsLab: true),
            Scene("down", needsLab: true),
            Scene("failover --measure --validation 0s --fault power-off --hold 3"),
            Scene("up"),
            Scene("failover --measure --validation 0s --fault power-off", needsLab: true),
            Scene("failover --measure --validation 0s --fault blackhole --hold 3"),
            Scene("down", needsLab: true),
            Scene("failover --measure --validation 0s --fault blackhole", needsLab: true),
        ]

        var preparation: [String] { ["up", "--hold", "3", "--name", CrashSafetyTests.lab] }
    }

    @Test func `after kill -9 at any moment, down leaves the host as it was before`() throws {
        let before = HostSnapshot(labs: [Self.lab])
        var moments = RandomMoments()
        var durations: [[String]: Duration] = [:]
        var struckCount = 0
        for number in 0..<Self.momentCount {
            let scene = Scene.all[number % Scene.all.count]
            let duration = try durations[scene.words] ?? measure(scene)
            durations[scene.words] = duration
            if scene.needsLab { try expectSuccess(scene.preparation) }
            let moment = moments.next(within: duration)
            let struck = try StruckCommand.run(scene.words, signal: SIGKILL, after: moment)
            if struck.wasRunning { struckCount += 1 }

            let words = scene.words.joined(separator: " ")
            let place: Comment =
                "seed \(moments.seed), number \(number): '\(words)' killed after \(moment.inMilliseconds): \(struck.text)"
            let down = try StruckCommand.run(["down", "--name", Self.lab])
            #expect(down.status == 0, "\(place); down said \(down.text)")
            // What is left would be left over and over again.
            try #require(HostSnapshot.lastingDifference(from: before, labs: [Self.lab]) == [], place)
        }
        // Otherwise the moments were not those of its life.
        #expect(struckCount >= Self.momentCount / 2)
    }

    /// How long the whole of it takes here.
    private func measure(_ scene: Scene) throws -> Duration {
        if scene.needsLab { try expectSuccess(scene.preparation) }
        // A busy machine makes a measurement invalid (3), not shorter.
        let whole = try StruckCommand.run(scene.words)
        try #require([0, 3].contains(whole.status), "\(scene.words): \(whole.text)")
        try expectSuccess(["down", "--name", Self.lab])
        return whole.duration
    }

    private func expectSuccess(_ words: [String]) throws {
        let done = try StruckCommand.run(words)
        try #require(done.status == 0, "\(words.joined(separator: " ")): \(done.text)")
    }
}
