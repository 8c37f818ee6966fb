// SPDX-License-Identifier: MIT-0
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing
import WireFormat

// Programs use it, but cannot be made to run out of descriptors at a chosen moment.
@testable import NodeRuntime

@Suite(.timeLimit(.minutes(1)))
struct ListenerWatchTests {
    /// When the handler was called while a connection waited to be accepted, up to the second time.
    private func calls(failingWith code: Int32) throws -> [Instant] {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-\(UUID().uuidString)").path
        let listener = try MessageChannel.listener(at: path)
        defer { unlink(path) }
        let loop = try EventLoop()
        var calls: [Instant] = []
        let watch = try ListenerWatch(listener.rawValue, in: loop) { () throws(SystemError) in
            calls.append(loop.now)
            throw SystemError(operation: "accept", subject: "connection", code: code)
        }
        let client = try MessageChannel(connectingTo: path)
        while calls.count < 2 {
            try loop.runOnce()
        }
        withExtendedLifetime((watch, client)) {}
        return calls
    }

    @Test(.sleeps, arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func `a listener rests when there is nothing to accept with`(code: Int32) throws {
        let calls = try calls(failingWith: code)
        #expect(calls[1] - calls[0] >= ListenerWatch.restTime)
    }

    @Test func `a failed connection does not delay the others`() throws {
        let calls = try calls(failingWith: ENOTCONN)
        #expect(calls[1] - calls[0] < ListenerWatch.restTime)
    }
}
