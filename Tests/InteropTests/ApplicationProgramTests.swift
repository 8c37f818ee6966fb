// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import Measurement
import NetlinkTopology
import NodeProtocol
import NodeRuntime
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// `rslab-node responder` and `rslab-node application` on a loopback of their own.
    @Suite(.timeLimit(.minutes(1)))
    final class ApplicationProgramTests {
        private static let port: UInt16 = 7
        private static let node = RSLabCommand.executable.deletingLastPathComponent()
            .appendingPathComponent("rslab-node").path

        private let testbed: Testbed
        private let namespace: NetworkNamespace
        private let address: IPAddress

        init() throws {
            testbed = try Testbed()
            namespace = try NetworkNamespace.create(name: "loopback")
            try TopologySocket(in: namespace).setUp(index: 1)
            address = try #require(IPAddress("127.0.0.1"))
        }

        /// A responder with `number`, and the end of its pipe: it ends when that is closed.
        private func startResponder(_ number: UInt16) throws -> (program: RunningProgram, owner: Int32) {
            let file = testbed.path("responder-\(number).json")
            let settings = ResponderProgramSettings(addresses: [address], port: Self.port, number: number)
            try replaceFile(file, with: JSON.encode(settings))
            let pipe = try DescriptorPair.pipe()
            let program = try RunningProgram(
                Self.node, ["responder", file], in: namespace, descriptors: [pipe.near.rawValue],
                logFile: testbed.path("responder.log"))
            return (program, try pipe.far.duplicate().release())
        }

        /// A non-blocking connection; dialled until something listens.
        private func connect() throws -> Int32 {
            var connected: Int32 = -1
            try eventually("a responder that listens") {
                connected = try namespace.perform { () throws(SystemError) -> Int32 in
                    do throws(SystemError) {
                        let socket = try StreamSocket.dial(
                            address: address, port: Self.port, from: nil, reach: .anywhere)
                        // On the loopback a connection is established, or refused, before the call returns.
                        guard socket.connectionError() == 0, (try? socket.remoteAddress()) != nil else { return -1 }
                        return try socket.descriptor.duplicate().release()
                    } catch {
                        guard error.code == ECONNREFUSED else { throw error }
                        return -1
                    }
                }
                return connected >= 0
            }
            return connected
        }

        private func setBuffers(of descriptor: Int32, to byteCount: Int32) throws {
            var size = byteCount
            for option in [SO_RCVBUFFORCE, SO_SNDBUFFORCE] {
                try #require(
                    setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size)) == 0)
            }
        }

        private func messages(_ range: Range<UInt64>) -> [UInt8] {
            var writer = ByteWriter()
            for sequence in range { ApplicationMessage(cookie: 5, sequence: sequence).encode(into: &writer) }
            return writer.bytes
        }

        /// Reads `byteCount` octets and decodes them as messages.
        private func read(_ byteCount: Int, from descriptor: Int32) throws -> [ApplicationMessage] {
            var buffer = [UInt8](repeating: 0, count: 65536)
            var octets: [UInt8] = []
            try eventually("\(byteCount) octets") {
                while case .octets(let count) = readOnce(descriptor, into: &buffer) {
                    octets += buffer.prefix(count)
                }
                return octets.count >= byteCount
            }
            #expect(octets.count == byteCount)
            var reader = ByteReader(octets.span.bytes)
            var messages: [ApplicationMessage] = []
            while !reader.isAtEnd { messages.append(try ApplicationMessage(decoding: &reader)) }
            return messages
        }

        @Test func `a responder answers whole messages however they arrive, and a slow reader does not delay others`()
            throws
        {
            let (program, owner) = try startResponder(9)
            let slow = OwnedDescriptor(adopting: try connect())
            try setBuffers(of: slow.rawValue, to: 16 << 10)
            let other = OwnedDescriptor(adopting: try connect())
            let one = messages(0..<2)
            for piece in [one[..<5], one[5..<30], one[30...]] {
                #expect(writeOnce(other.rawValue, Array(piece), from: 0) == piece.count)
                Thread.sleep(forTimeInterval: 0.005)
            }
            #expect(
                try read(48, from: other.rawValue)
                    == (0..<2).map {
                        ApplicationMessage(cookie: 5, sequence: $0, responder: 9)
                    })

            // The replies are not read: the responder in turn stops reading, and buffers only a limited amount.
            let block = messages(0..<1_000)
            var sent = 0
            var lastProgress = Instant.now
            while Instant.now - lastProgress < .milliseconds(300) {
                let count = writeOnce(slow.rawValue, block, from: sent % block.count)
                if count > 0 {
                    sent += count
                    lastProgress = .now
                } else {
                    Thread.sleep(forTimeInterval: 0.005)
                }
            }
            #expect(writeOnce(other.rawValue, one, from: 0) == 48)
            #expect(try read(48, from: other.rawValue).map(\.sequence) == [0, 1])
            // As soon as they are read, all arrive, in order.
            try setBuffers(of: slow.rawValue, to: 4 << 20)
            let whole = sent / ApplicationMessage.byteCount
            let replies = try read(whole * ApplicationMessage.byteCount, from: slow.rawValue)
            #expect(replies.indices.allSatisfy { replies[$0].sequence == UInt64($0 % 1_000) })
            #expect(replies.allSatisfy { $0.responder == 9 })

            close(owner)
            #expect(try program.waitForEnd() == 0)
        }

        @Test func `a client records how its connection ended, dials until it is accepted, and is served by another`()
            throws
        {
            let file = testbed.path("application.json")
            let settings = ApplicationSettings(protocols: [.tcp, .udp], interval: Milliseconds(5))
            try replaceFile(
                file,
                with: JSON.encode(
                    ApplicationProgramSettings(
                        destination: address, application: settings, cookie: 77, linger: .milliseconds(100))))
            let (first, firstOwner) = try startResponder(1)
            close(try connect())
            let records = try DescriptorPair.pipe()
            let stop = try DescriptorPair.pipe()
            let client = try RunningProgram(
                Self.node, ["application", file], in: namespace,
                descriptors: [records.far.rawValue, stop.near.rawValue], logFile: testbed.path("application.log"))
            var ledger = ApplicationLedger(
                settings: settings, responders: [1: "one", 2: "two"], instances: [64: "here"])
            var stream = ApplicationRecordStream()
            var buffer = [UInt8](repeating: 0, count: 65536)
            setBlocking(records.near.rawValue, false)
            func readRecords() throws {
                while case .octets(let count) = readOnce(records.near.rawValue, into: &buffer) {
                    stream.append(contentsOf: buffer.prefix(count))
                    while let record = try stream.next() { ledger.record(record) }
                }
            }
            func isServed(by name: String) throws -> Bool {
                try readRecords()
                return settings.protocols.allSatisfy { ledger.latestReply[$0]?[name] != nil }
            }
            try eventually("the first responder's replies") { try isServed(by: "one") }

            let fault = Instant.now
            try first.send(signal: SIGKILL)
            #expect(try first.waitForEnd() == 128 + SIGKILL)
            try eventually("an attempt that failed") {
                try readRecords()
                return ledger.connections.contains { $0.ending == .refused }
            }
            let (second, secondOwner) = try startResponder(2)
            try eventually("the second responder's replies") { try isServed(by: "two") }
            // Closing the pipe ends the client, after its closing record.
            stopWriting(stop)
            #expect(try client.waitForEnd() == 0)
            try readRecords()
            let summary = try #require(ledger.summary)

            let flow = ApplicationFlow(
                .tcp, ledger: ledger, span: FaultSpan(fault: EventInstants(before: fault, after: nil)))
            let connection = try #require(flow.connection)
            // A FIN, unless a request was unread when the responder died.
            #expect([.closed, .reset].contains(connection.ending))
            #expect(connection.endedBy == "here")
            #expect(flow.redials.contains { $0.ending == .refused && $0.endedBy == "here" })
            // A dying listener may still accept a connection, which is then reset.
            #expect(flow.reconnectCount >= 1)
            #expect((flow.servedBefore, flow.servedAfter) == ("one", "two"))
            #expect(flow.stall.isSeen && flow.stall.unsentCount > 0)
            #expect(try #require(flow.stall.upper) >= flow.stall.lower)
            let datagrams = ApplicationFlow(
                .udp, ledger: ledger, span: FaultSpan(fault: EventInstants(before: fault, after: nil)))
            #expect((datagrams.servedBefore, datagrams.servedAfter) == ("one", "two"))
            #expect(datagrams.timeline.contains { $0.name == .refused && $0.ending == .refused })
            #expect(summary.requestCount == UInt64(ledger.requests(.tcp).count + ledger.requests(.udp).count))
            close(firstOwner)
            close(secondOwner)
            #expect(try second.waitForEnd() == 0)
        }

        /// Closes both ends of a pipe whose near end a program also has.
        private func stopWriting(_ pipe: consuming DescriptorPair) {}
    }
}
