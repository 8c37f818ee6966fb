// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import Measurement
import NodeProtocol
import Testing
import WireFormat

@testable import NodeRuntime

// No program's interface has the observer itself.

/// Many routes reported in few events.
@Suite(.timeLimit(.minutes(1)))
struct BlockObserverTests {
    private static let count = 1_000

    private func address(_ bits: UInt32) -> IPAddress { .v4(IPv4Address(bits: bits)) }
    private func at(_ microseconds: Int) -> Instant { Instant(nanoseconds: Int64(microseconds) * 1_000) }

    @Test func `a burst is one event a direction, and every prefix keeps its stamp`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("rslab-\(UUID().uuidString)").path
        defer {
            do {
                try removeTree(path)
            } catch {
                Issue.record("\(error)")
            }
        }
        let listener = try MessageChannel.listener(at: path)
        let loop = try EventLoop()
        let server = try NodeServer(loop: loop, nodeName: "vpc", listenerDescriptor: listener.rawValue)
        let client = try MessageChannel(connectingTo: path)
        try loop.runOnce()
        try client.send(JSON.encode(Subscribe(since: .zero).request))
        try loop.runOnce()

        let block = try #require(PrefixBlock(count: Self.count))
        let (one, two) = (address(0x0A00_0101), address(0x0A00_0201))
        var observer = BlockObserver()
        let isTakenBefore = observer.take(.tableChanged, block[0], nextHop: one, table: "rtb", at: at(0))
        #expect(!isTakenBefore, "nothing is observed yet")
        observer.observe(block)
        for index in 0..<Self.count {
            let isTaken = observer.take(.tableChanged, block[index], nextHop: one, table: "rtb", at: at(index))
            #expect(isTaken)
        }
        let isTaken = observer.take(.tableChanged, block[3], nextHop: two, table: "rtb", at: at(5_000))
        #expect(isTaken)
        let other = IPPrefix(host: address(0xAC10_0101))
        let isOtherTaken = observer.take(.tableChanged, other, nextHop: one, table: "rtb", at: at(0))
        #expect(!isOtherTaken, "no prefix of the block")
        observer.tell(server) { $0 == one ? "az1" : nil }
        server.flush()
        observer.tell(server) { _ in nil }
        server.flush()

        var events: [TraceEvent] = []
        for _ in 0..<2 {
            let message = try #require(try client.receive(until: .now + .seconds(5)))
            guard case .answer(let event) = try JSON.decode(ProgramReply<TraceEvent>.self, from: message) else {
                continue
            }
            events.append(event)
        }
        #expect(events.map(\.count) == [Self.count, 1])
        #expect(events.map(\.firstAt) == [at(0), at(5_000)])
        #expect(events.map(\.at) == [at(Self.count - 1), at(5_000)])
        #expect(events.map(\.instance) == ["az1", nil])
        #expect(events.allSatisfy { $0.prefix == PrefixBlock.range && $0.table == "rtb" })

        let table = try #require(observer.report.tables.first)
        #expect(table.nextHops == [one, two])
        #expect(table.counts == [Self.count - 1, 1])
        #expect(table.changeCount == Self.count + 1)
        let changes = try observer.changes(in: "rtb")
        #expect(changes.instant(of: 3, to: [two]) == at(5_000))
        #expect((0..<Self.count).count { changes.instant(of: $0, to: [one]) == at($0) } == Self.count - 1)
        #expect(throws: ProgramFailure.self) { try observer.changes(in: "another") }
        observer.begin()
        #expect(observer.report.tables.first?.changeCount == 0)
        #expect(observer.report.tables.first?.counts == [Self.count - 1, 1], "where they lead is known all the same")
    }
}
