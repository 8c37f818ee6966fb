// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LinuxSystem
internal import WireFormat

/// An `rslab` of its own, and what it prints.
final class SelfTestCommand {
    private let process: StartedProcess
    private let outputPipe: OwnedDescriptor
    private let messagePipe: OwnedDescriptor
    private(set) var output: [UInt8] = []
    private var messages: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 65536)

    init(_ executable: String, _ words: [String]) throws(SystemError) {
        let output = try DescriptorPair.pipe()
        let messages = try DescriptorPair.pipe()
        var child = ChildProcess(executable: executable, arguments: words, environment: NodePrograms.environment)
        child.standardDescriptors = [nil, output.far.rawValue, messages.far.rawValue]
        // Ctrl-C reaches the self-test, which then ends its commands in order.
        child.newSession = true
        process = try child.start()
        outputPipe = try output.near.duplicate()
        messagePipe = try messages.near.duplicate()
        setBlocking(outputPipe.rawValue, false)
        setBlocking(messagePipe.rawValue, false)
    }

    func hasEnded(by deadline: Instant) throws(SystemError) -> Bool {
        try process.handle.waitForEnd(until: deadline)
    }

    /// The last line that it said to people.
    var lastMessage: String {
        String(decoding: messages, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
    }

    /// Waits for its end; at the deadline, or when the user asks for it, it is asked to end.
    ///
    /// - Returns: its exit status.
    /// - Throws: `Interrupted`, once it has ended.
    func wait(until deadline: Instant, _ interruption: Interruption) throws -> Int32 {
        var (isAskedToEnd, isInterrupted) = (false, false)
        while try !process.handle.waitForEnd(until: .now + .milliseconds(20)) {
            read()
            isInterrupted = interruption.wasSignalled() || isInterrupted
            guard !isAskedToEnd, isInterrupted || Instant.now > deadline else { continue }
            isAskedToEnd = true
            try process.handle.send(signal: SIGINT)
        }
        read()
        let status = try waitForChild(process.processID)
        if isInterrupted { throw Interrupted() }
        return status
    }

    private func read() {
        while case .octets(let count) = readOnce(outputPipe.rawValue, into: &buffer) { output += buffer[0..<count] }
        while case .octets(let count) = readOnce(messagePipe.rawValue, into: &buffer) { messages += buffer[0..<count] }
    }
}
