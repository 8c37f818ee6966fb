// SPDX-License-Identifier: MIT-0
import BGP
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing
import WireFormat

/// A command of rslab that receives a signal at some moment of its life.
struct StruckCommand {
    /// The exit status, or 128 + the signal that ended it.
    var status: Int32
    /// Whether it still ran when the signal was sent.
    var wasRunning: Bool
    /// How long it ran in total.
    var duration: Duration
    /// What it printed on standard output, and on standard error.
    var text: String
    var errorText: String

    /// The JSON object on standard output; empty if there is none.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    /// Runs a command to its end, or until the signal.
    static func run(
        _ arguments: [String], signal: Int32? = nil, after moment: Duration = .zero
    ) throws -> StruckCommand {
        // More than any command prints: nothing must be read while it runs.
        let output = try DescriptorPair.pipe()
        makePipeRoomy(output.far.rawValue, byteCount: 1 << 20)
        let errors = try DescriptorPair.pipe()
        var child = ChildProcess(
            executable: RSLabCommand.executable.path, arguments: arguments,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"])
        child.standardDescriptors = [nil, output.far.rawValue, errors.far.rawValue]
        let start = Instant.now
        let started = try child.start()
        var wasRunning = false
        if let signal {
            wasRunning = try !started.handle.waitForEnd(until: start + moment)
            try started.handle.send(signal: signal)
        }
        let status = try waitForChild(started.processID)
        return StruckCommand(
            status: status, wasRunning: wasRunning, duration: .now - start, text: readAll(output.near.rawValue),
            errorText: readAll(errors.near.rawValue))
    }

    /// Reads what is in the pipe: descendants of the command may hold its other end, so its end is not awaited.
    private static func readAll(_ descriptor: Int32) -> String {
        setBlocking(descriptor, false)
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case .octets(let count) = readOnce(descriptor, into: &buffer) {
            text += buffer.prefix(count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Repeatable random moments: set RSLAB_TEST_SEED to the seed that a failure names.
struct RandomMoments {
    let seed: UInt64
    private var generator: SeededGenerator

    init() {
        seed = getenv("RSLAB_TEST_SEED").flatMap { UInt64(String(cString: $0)) } ?? .random(in: .min ... .max)
        generator = SeededGenerator(seed: seed)
    }

    /// A moment within `duration`, or slightly after it.
    mutating func next(within duration: Duration) -> Duration {
        .nanoseconds(Int64.random(in: 0..<(duration.nanoseconds * 21 / 20), using: &generator))
    }
}

extension Duration {
    /// For messages.
    var inMilliseconds: String { "\(nanoseconds / 1_000_000).\(nanoseconds / 100_000 % 10) ms" }
}
