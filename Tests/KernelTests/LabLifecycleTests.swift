// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LabHost
import LabModel
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// What a lab's user may do, in any order.
@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct LabLifecycleTests {
    /// Distinguishes this run's sleepers from those of others.
    private static let sleepSeconds = "\(100_000 + getpid())"
    private static let name = "test-life-\(getpid())"

    @Test func `a second up and a second down are harmless, and say so`() throws {
        let before = HostSnapshot(labs: [Self.name])
        let lab = try LifecycleLab(up: Self.name)
        let first = try lab.initProcess()

        let again = try lab.run("up", "--json")
        #expect(again.status == 0)
        #expect(again.json["changed"] as? Bool == false)
        #expect(again.errorText.contains("is already up"))
        #expect(try lab.initProcess() == first)

        let down = try lab.run("down", "--json")
        #expect(down.status == 0)
        #expect(down.json["changed"] as? Bool == true)
        let downAgain = try lab.run("down", "--json")
        #expect(downAgain.status == 0)
        #expect(downAgain.json["changed"] as? Bool == false)
        #expect(downAgain.errorText.contains("There is no lab"))
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.name]) == [])
    }

    @Test func `a lab outlives the rslab that made it, as a child of process 1`() throws {
        let lab = try LifecycleLab(up: Self.name)
        defer { _ = try? lab.run("down") }
        // rslab has ended, and with it everything it held.
        let stat = try readTextFile("/proc/\(lab.initProcess().processID)/stat")
        let fields = stat.split(separator: " ")
        #expect(fields[3] == "1", "the init's parent: \(stat)")
        #expect(fields[5] == fields[0], "its session is its own: Ctrl-C in a terminal does not reach it: \(stat)")
        let ping = try lab.run("exec", "access-instance", "--", "ping", "-c", "2", "-i", "0.01", "172.16.1.1")
        #expect(ping.status == 0, "\(ping.text)")
    }

    @Test func `a lab whose init was killed leaves only its directory, which status explains and down clears`() throws {
        let before = HostSnapshot(labs: [Self.name])
        let lab = try LifecycleLab(up: Self.name)
        try lab.killInit()
        let left = HostSnapshot(labs: [Self.name]).difference(from: before)
        #expect(left == ["\(lab.directory.path) is left"])

        let status = try lab.run("status")
        #expect(status.status == 2)
        #expect(status.errorText.contains("the lab '\(Self.name)' no longer runs"))
        #expect(status.errorText.contains("rslab down --name \(Self.name)"))
        try lab.succeed("down")
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.name]) == [])
    }

    @Test func `up clears away what is left of a lab that was killed`() throws {
        let before = HostSnapshot(labs: [Self.name])
        let lab = try LifecycleLab(up: Self.name)
        let dead = try lab.initProcess()
        try lab.killInit()
        let up = try lab.run("up", "--json")
        #expect(up.status == 0, "\(up.errorText)")
        #expect(up.json["changed"] as? Bool == true)
        #expect(up.errorText.contains("Removed the remains of an earlier lab"))
        #expect(try lab.initProcess() != dead)
        try lab.succeed("down")
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.name]) == [])
    }

    @Test func `every process of a lab ends with its init, those that users started included`() throws {
        let lab = try LifecycleLab(up: Self.name)
        defer { _ = try? lab.run("down") }
        // One in an instance, which has its own process numbers, and one in a node that shares the lab's.
        var sleepers: [Process] = []
        for node in ["instance-rs-az1", "rs"] {
            sleepers.append(
                try RSLabCommand.start(["exec", "--name", Self.name, node, "--", "sleep", Self.sleepSeconds]))
        }
        defer { sleepers.forEach { $0.terminate() } }
        let deadline = Instant.now + .seconds(10)
        var processes: Set<Int32> = []
        var sleeping = 0
        while sleeping < 2, Instant.now < deadline {
            // Processes that entered from outside are not init's descendants, but they are in its PID namespace.
            processes = try lab.processes()
            let others = namesInDirectory("/proc").compactMap { Int32($0) }.filter(isSleeper)
            sleeping = others.count
            processes.formUnion(others)
        }
        try #require(sleeping == 2)
        // Init, route server, watcher, three instances' inits, two speakers, two sleepers.
        #expect(processes.count >= 10)
        try lab.killInit()
        // Reaping them may take a while; they do not run, and hold nothing.
        let living = processes.filter { process in
            guard let stat = try? readTextFile("/proc/\(process)/stat") else { return false }
            return !stat.contains(") Z ") && !stat.contains(") X ")
        }
        #expect(living == [])
    }

    private func isRunning(_ identity: ProcessIdentity) throws -> Bool {
        try identity.hold() != nil
    }

    /// One of the test's own `sleep`s that is not in this process's PID namespace.
    private func isSleeper(_ process: Int32) -> Bool {
        guard (try? readTextFile("/proc/\(process)/cmdline")) == "sleep\0\(Self.sleepSeconds)\0" else { return false }
        return namespaceName(process) != namespaceName(getpid())
    }

    private func namespaceName(_ process: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/pid")
    }

    @Test func `three labs that start together with the same addresses work, and go together`() throws {
        let names = (1...3).map { "\(Self.name)-\($0)" }
        let before = HostSnapshot(labs: names)
        let labs = names.map(LifecycleLab.init(named:))
        for round in 1...3 {
            let ups = try names.map { try RSLabCommand.start(["up", "--name", $0]) }
            ups.forEach { $0.waitUntilExit() }
            #expect(ups.map(\.terminationStatus) == [0, 0, 0], "round \(round)")
            for lab in labs {
                let status = try lab.run("status", "--json").json
                #expect(status["sessions_established"] as? Int == 4, "round \(round), \(lab.name)")
                let ping = try lab.run("exec", "access-instance", "--", "ping", "-c", "1", "172.16.1.1")
                #expect(ping.status == 0, "round \(round), \(lab.name): \(ping.text)")
            }
            // The last one also removes the common root, while others may be doing the same.
            let downs = try names.map { try RSLabCommand.start(["down", "--name", $0]) }
            downs.forEach { $0.waitUntilExit() }
            #expect(downs.map(\.terminationStatus) == [0, 0, 0], "round \(round)")
        }
        #expect(HostSnapshot.lastingDifference(from: before, labs: names) == [])
    }

    @Test func `down removes a lab whose state a later version wrote`() throws {
        let before = HostSnapshot(labs: [Self.name])
        let lab = try LifecycleLab(up: Self.name)
        let process = try lab.initProcess()
        let text = try readTextFile(lab.directory.stateFile)
        let other = text.replacing("\"options\":", with: "\"choices\":")
        try #require(other != text)
        try replaceFile(lab.directory.stateFile, with: Array(other.utf8))
        #expect(try lab.run("status").status == 2)
        try lab.succeed("down")
        #expect(try !isRunning(process))
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.name]) == [])
    }

    @Test func `down removes the root that a killed rslab left empty`() throws {
        let before = HostSnapshot(labs: [Self.name])
        try makeDirectory(RunDirectory.root, mode: 0o755)
        let lab = LifecycleLab(named: Self.name)
        #expect(try lab.run("down", "--json").json["changed"] as? Bool == false)
        #expect(HostSnapshot.lastingDifference(from: before, labs: [Self.name]) == [])
    }

    @Test func `a process is distinguished from another one with the same number, and from a zombie`()
        throws
    {
        let started = try ChildProcess(executable: "/bin/sleep", arguments: ["600"]).start()
        let identity = try ProcessIdentity(of: started.processID)
        #expect(try isRunning(identity))
        var recycled = identity
        recycled.startTicks += 1
        #expect(try !isRunning(recycled))
        try started.handle.send(signal: SIGKILL)
        let hasEnded = try started.handle.waitForEnd(until: .now + .seconds(10))
        #expect(hasEnded)
        #expect(try !isRunning(identity))
        #expect(try waitForChild(started.processID) == 128 + SIGKILL)
        #expect(try !isRunning(identity))
        let number = started.processID
        #expect(throws: SystemError.self) { try ProcessIdentity(of: number) }
    }
}
