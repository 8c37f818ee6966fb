// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import TestSupport

/// A command that runs at the same time as others.
final class RunningCommand {
    let processID: Int32
    private let handle: ProcessHandle
    private let testbed: Testbed

    init(_ words: String...) throws {
        testbed = try Testbed()
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        let output = try OwnedDescriptor(opening: testbed.path("out"), flags: flags, mode: 0o600)
        let error = try OwnedDescriptor(opening: testbed.path("err"), flags: flags, mode: 0o600)
        var child = ChildProcess(
            executable: RSLabCommand.executable.path, arguments: words,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
        child.standardDescriptors = [nil, output.rawValue, error.rawValue]
        let started = try child.start()
        processID = started.processID
        handle = started.takeHandle()
    }

    var isRunning: Bool { (try? handle.waitForEnd(until: .now)) == false }

    /// Waits for its end.
    func end() throws -> RSLabCommand.Result {
        RSLabCommand.Result(
            status: try waitForChild(processID), standardOutput: try readTextFile(testbed.path("out")),
            standardError: try readTextFile(testbed.path("err")))
    }
}
