// SPDX-License-Identifier: MIT-0
import Foundation
import LabHost
import LabModel
import LinuxSystem
import NodeProtocol
import NodeRuntime
import TestSupport
import Testing
import Trials
import WireFormat

extension InteropTests {
    @Suite(.timeLimit(.minutes(2)))
    struct CPUAccountTests {
        /// 150 processes of a few milliseconds each, one after the other; then the shell's account of their CPU time.
        private static let burner = """
            i=0
            while [ $i -lt 150 ]; do
                (j=0; while [ $j -lt 4000 ]; do j=$((j + 1)); done)
                i=$((i + 1))
            done
            times
            """

        /// The CPU time printed by the shell's `times`: its own and its children's, user and system.
        private func time(printed text: String) throws -> Duration {
            let times = text.matches(of: #/(\d+)m(\d+\.\d+)s/#)
            try #require(times.count == 4, "\(text)")
            return try times.reduce(.zero) { sum, time in
                sum + .seconds(try #require(Double(time.1))) * 60 + .seconds(try #require(Double(time.2)))
            }
        }

        @Test func `short-lived processes of a lab count as its own, also after their instance died; others do not`()
            throws
        {
            try TestLab.with("interop-cpu") { lab in
                let opened = try Lab(opening: RunDirectory(labName: lab.name))
                let roots = [opened.state.initProcess.processID]
                let instance = try InitClient(
                    connectingTo: opened.directory.instanceInitSocket("instance-rs-az1"))
                let log = opened.directory.logFile("burner")
                let start = try CPUAccount(roots: roots)
                let program = try instance.start(
                    ProcessOrder(
                        name: "burner", purpose: .task, executable: "/bin/sh", arguments: ["-c", Self.burner],
                        environment: [],
                        logPath: log))
                #expect(try program.handle.waitForEnd(until: .now + .seconds(60)))
                let burnt = try time(printed: try readTextFile(log))
                try #require(burnt > .milliseconds(100))
                let inside = try CPUAccount(roots: roots)
                // Both count in hundredths of a second.
                #expect(inside.ownTime(since: start) >= burnt - .milliseconds(50))

                // The instance's init is in the account of the lab's, with all the children that it reaped.
                let kill = try lab.run("failover", "--fault", "kill")
                try #require(kill.status == 0, "\(kill.standardError)")
                #expect(try CPUAccount(roots: roots).ownTime(since: start) >= burnt - .milliseconds(50))

                let before = try CPUAccount(roots: roots)
                let output = Pipe()
                let other = Process()
                other.executableURL = URL(fileURLWithPath: "/bin/sh")
                other.arguments = ["-c", Self.burner]
                other.standardOutput = output
                try other.run()
                let text = try output.fileHandleForReading.readToEnd()
                other.waitUntilExit()
                let burntOutside = try time(printed: String(decoding: try #require(text), as: UTF8.self))
                let after = try CPUAccount(roots: roots)
                #expect(after.ownTime(since: before) < burntOutside / 2)
                #expect(after.foreignTime(since: before) >= burntOutside / 2)
            }
        }
    }
}
