// SPDX-License-Identifier: MIT-0
import Glibc
import LinuxSystem
import Testing
import WireFormat

@Suite(.timeLimit(.minutes(1)))
struct EventLoopTests {
    @Test func `timers fire in the order of their deadlines, and none early`() throws {
        let loop = try EventLoop()
        let start = Instant.now
        // Created in another order than they are due; some share a wake-up, as they are already due.
        let delays: [Duration] = [30, 5, 20, 0, 10, -7, 25, -3, 15, -50].map { .milliseconds($0) }
        var fired: [(deadline: Instant, at: Instant)] = []
        for delay in delays {
            let deadline = start + delay
            let token = loop.makeTimer {
                fired.append((deadline, .now))
                if fired.count == delays.count { loop.stop() }
            }
            loop.schedule(token, at: deadline)
        }
        try loop.run()
        #expect(fired.map(\.deadline) == delays.map { start + $0 }.sorted())
        for (deadline, instant) in fired {
            #expect(instant >= deadline)
        }
    }

    @Test func `late is how late the kernel woke the loop, not what the loop itself was busy with`() throws {
        let loop = try EventLoop()
        let last = loop.makeTimer { loop.stop() }
        let busy = loop.makeTimer {
            loop.schedule(last, at: loop.now + .milliseconds(1))
            let end = Instant.now + .milliseconds(50)
            while Instant.now < end {}
        }
        loop.schedule(busy, at: loop.now - .seconds(1))
        try loop.run()
        let lateness = loop.takeLateness()
        #expect(lateness.count == 2)
        // Neither the deadline long past nor the 49 ms that the callback took.
        #expect(lateness.maximumNanoseconds < 40_000_000)
        #expect(loop.takeLateness().count == 0)
    }

    @Test func `a timer fires once, and again only when it is set again`() throws {
        let loop = try EventLoop()
        var count = 0
        let end = loop.makeTimer { loop.stop() }
        var token: EventLoop.Token?
        token = loop.makeTimer {
            count += 1
            if count < 3, let token { loop.schedule(token, at: loop.now + .milliseconds(1)) }
        }
        loop.schedule(try #require(token), at: loop.now)
        loop.schedule(end, at: .now + .milliseconds(30))
        try loop.run()
        #expect(count == 3)
    }

    @Test func `a timer that was moved or switched off does not fire at its old deadline`() throws {
        let loop = try EventLoop()
        let start = Instant.now
        var movedAt: Instant?
        let moved = loop.makeTimer { movedAt = .now }
        let off = loop.makeTimer { Issue.record("it was switched off") }
        let end = loop.makeTimer { loop.stop() }
        loop.schedule(moved, at: start + .milliseconds(2))
        loop.schedule(off, at: start + .milliseconds(2))
        loop.schedule(moved, at: start + .milliseconds(15))
        loop.schedule(off, at: nil)
        loop.schedule(end, at: start + .milliseconds(30))
        try loop.run()
        #expect(try #require(movedAt) >= start + .milliseconds(15))
    }

    @Test func `a callback may remove itself, and others of the same wake-up`() throws {
        let loop = try EventLoop()
        let pipes = try (0..<3).map { _ in try Pipe() }
        var tokens: [EventLoop.Token] = []
        var called = 0
        for pipe in pipes {
            try pipe.write()
            tokens.append(
                try loop.watch(pipe.readEnd, for: .readable) { _ in
                    called += 1
                    tokens.forEach(loop.remove)
                })
        }
        var timers: [EventLoop.Token] = []
        var fired = 0
        for _ in 0..<3 {
            timers.append(
                loop.makeTimer {
                    fired += 1
                    timers.forEach(loop.remove)
                })
        }
        timers.forEach { loop.schedule($0, at: loop.now) }
        let end = loop.makeTimer { loop.stop() }
        loop.schedule(end, at: .now + .milliseconds(20))
        try loop.run()
        #expect(called == 1)
        #expect(fired == 1)
    }

    @Test func `a descriptor that was removed may be watched again`() throws {
        let loop = try EventLoop()
        let pipe = try Pipe()
        try pipe.write()
        let first = try loop.watch(pipe.readEnd, for: .readable) { _ in Issue.record("it was removed") }
        loop.remove(first)
        loop.remove(first)
        var readiness: EventLoop.Readiness?
        _ = try loop.watch(pipe.readEnd, for: .readable) {
            readiness = $0
            loop.stop()
        }
        try loop.run()
        #expect(readiness == .readable)
    }

    @Test func `each of many descriptors is reported, in few wake-ups`() throws {
        let loop = try EventLoop()
        let pipes = try (0..<300).map { _ in try Pipe() }
        var counts = [Int](repeating: 0, count: pipes.count)
        var wakeUps = 0
        loop.afterEachWake = { wakeUps += 1 }
        for (index, pipe) in pipes.enumerated() {
            _ = try loop.watch(pipe.readEnd, for: .readable) { _ in
                pipe.drain()
                counts[index] += 1
                if counts.allSatisfy({ $0 > 0 }) { loop.stop() }
            }
        }
        for pipe in pipes.reversed() { try pipe.write() }
        try loop.run()
        #expect(counts.allSatisfy { $0 == 1 })
        #expect(wakeUps < 20)
    }

    @Test func `readiness can be changed, and the end of the other side is reported`() throws {
        let loop = try EventLoop()
        let ends = try MessageChannel.pair()
        var seen: [EventLoop.Readiness] = []
        let token = try loop.watch(ends.near.rawValue, for: .readable) {
            seen.append($0)
        }
        try loop.update(token, to: .writable)
        try loop.runOnce()
        try loop.update(token, to: .readable)
        shutdown(ends.far.rawValue, Int32(SHUT_RDWR))
        try loop.runOnce()
        #expect(seen.count == 2)
        #expect(seen.first == .writable)
        #expect(seen.last?.isSuperset(of: [.readable, .hangUp]) == true)
    }

    @Test func `a descriptor that cannot be watched is an error with its number`() throws {
        let loop = try EventLoop()
        let error = #expect(throws: SystemError.self) { try loop.watch(9999, for: .readable) { _ in } }
        #expect(error?.code == EBADF)
        #expect(error?.description == "watch descriptor 9999: Bad file descriptor")
    }

    /// A pipe that can be kept in an array.
    private final class Pipe {
        private let ends: DescriptorPair

        init() throws { ends = try DescriptorPair.pipe() }

        var readEnd: Int32 { ends.near.rawValue }
        func write() throws { try writeAll([1], to: ends.far.rawValue, subject: "pipe") }
        func drain() {
            var buffer = [UInt8](repeating: 0, count: 16)
            _ = readOnce(ends.near.rawValue, into: &buffer)
        }
    }
}
