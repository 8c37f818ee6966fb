// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import WireFormat

/// A program that a test runs in a network namespace; it ends with its owner at the latest.
final class RunningProgram {
    let logFile: String
    private let handle: ProcessHandle
    private let processID: Int32
    private var isReaped = false

    /// Starts it; `descriptors` become its 3, 4, ….
    init(
        _ executable: String, _ arguments: [String], in namespace: borrowing NetworkNamespace,
        descriptors: [Int32] = [], logFile: String
    ) throws(SystemError) {
        let log = try OwnedDescriptor(opening: logFile, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        var child = ChildProcess(
            executable: executable, arguments: arguments, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
        child.networkNamespace = namespace.descriptor.rawValue
        child.extraDescriptors = descriptors
        child.standardDescriptors = [nil, log.rawValue, log.rawValue]
        let started = try child.start()
        self.logFile = logFile
        processID = started.processID
        handle = started.takeHandle()
    }

    deinit {
        guard !isReaped else { return }
        do throws(SystemError) {
            try handle.send(signal: SIGKILL)
            _ = try waitForChild(processID)
        } catch {
            preconditionFailure("a child of ours cannot be ended: \(error)")
        }
    }

    func send(signal: Int32) throws(SystemError) {
        try handle.send(signal: signal)
    }

    /// Waits for its end.
    ///
    /// Nil if it still runs after `limit`; otherwise the exit status, or 128 + the signal.
    func waitForEnd(within limit: Duration = .seconds(10)) throws(SystemError) -> Int32? {
        guard try handle.waitForEnd(until: .now + limit) else { return nil }
        isReaped = true
        return try waitForChild(processID)
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its status, and its output.
    static func run(
        _ executable: String, _ arguments: [String], in namespace: borrowing NetworkNamespace, logFile: String
    ) throws(SystemError) -> (status: Int32?, text: String) {
        unlink(logFile)
        let program = try RunningProgram(executable, arguments, in: namespace, logFile: logFile)
        return (try program.waitForEnd(), try readTextFile(logFile))
    }
}
