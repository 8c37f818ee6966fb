// SPDX-License-Identifier: MIT-0
import CLinux
import Foundation
import Glibc
import LinuxSystem
import TestSupport

/// A mount namespace with its own `/run`: for rslab, a machine on which there has never been a lab.
final class PrivateRun {
    private let mounts: OwnedDescriptor
    private let testbed: Testbed

    init() throws {
        testbed = try Testbed()
        mounts = OwnedDescriptor(
            adopting: try DedicatedThread.perform { () throws(SystemError) -> Int32 in
                try checked("make", "mount namespace", rslab_unshare_mounts())
                try Mounts.makeSlaves()
                try Mounts.mountTemporary(at: "/run")
                return try OwnedDescriptor(opening: "/proc/thread-self/ns/mnt", flags: O_RDONLY).release()
            })
    }

    /// Runs a script there that must succeed.
    func shell(_ script: String) throws {
        let result = try run("/bin/sh", ["-ec", script])
        guard result.status == 0 else {
            throw SystemError(operation: "run", subject: script, code: 0, detail: result.standardError)
        }
    }

    func run(_ words: [String]) throws -> RSLabCommand.Result { try run(RSLabCommand.executable.path, words) }

    /// Runs rslab there.
    func run(_ words: String...) throws -> RSLabCommand.Result {
        try run(RSLabCommand.executable.path, words)
    }

    private func run(_ executable: String, _ words: [String]) throws -> RSLabCommand.Result {
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        let output = try OwnedDescriptor(opening: testbed.path("out"), flags: flags, mode: 0o600)
        let error = try OwnedDescriptor(opening: testbed.path("err"), flags: flags, mode: 0o600)
        var child = ChildProcess(
            executable: executable, arguments: words,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
        child.mountNamespace = mounts.rawValue
        child.standardDescriptors = [nil, output.rawValue, error.rawValue]
        let started = try child.start()
        return RSLabCommand.Result(
            status: try waitForChild(started.processID), standardOutput: try readTextFile(testbed.path("out")),
            standardError: try readTextFile(testbed.path("err")))
    }
}
