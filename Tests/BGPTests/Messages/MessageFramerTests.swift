// SPDX-License-Identifier: MIT-0
import BGP
import TestSupport
import Testing
import WireFormat

struct MessageFramerTests {
    private struct Frame: Equatable {
        var type: MessageType
        var body: [UInt8]
    }

    /// The messages that result if the octets arrive in pieces of the given sizes, repeatedly.
    private func frames(_ octets: [UInt8], pieces sizes: [Int]) throws -> [Frame] {
        var framer = MessageFramer()
        var frames: [Frame] = []
        var offset = 0
        var turn = 0
        while offset < octets.count {
            let piece = Array(octets[offset..<min(offset + sizes[turn % sizes.count], octets.count)])
            offset += piece.count
            turn += 1
            try framer.append(piece.span.bytes) { type, body in
                var reader = ByteReader(body)
                frames.append(Frame(type: type, body: reader.readRemaining()))
                return true
            }
            #expect(framer.pendingOctetCount < MessageHeader.maximumMessageOctetCount)
        }
        return frames
    }

    @Test(arguments: [[1], [2], [7, 1], [18, 1, 1], [19], [20, 3], [64, 5], [4096], [1_000_000]])
    func `a stream gives the same messages however it is cut`(sizes: [Int]) throws {
        let vectors = MessageVector.all + MessageVector.all.reversed()
        let frames = try self.frames(vectors.flatMap(\.octets), pieces: sizes)
        #expect(frames == vectors.map { Frame(type: $0.message.type, body: $0.body) })
    }

    @Test(arguments: [
        ("00" + String(repeating: "ff", count: 15) + "0013 04", NotificationMessage(code: 1, subcode: 1)),
        (String(repeating: "ff", count: 15) + "fe 0013 04", NotificationMessage(code: 1, subcode: 1)),
        (String(repeating: "ff", count: 16) + "0012 04", NotificationMessage(code: 1, subcode: 2, data: [0, 18])),
        (String(repeating: "ff", count: 16) + "0014 04", NotificationMessage(code: 1, subcode: 2, data: [0, 20])),
        (String(repeating: "ff", count: 16) + "1001 02", NotificationMessage(code: 1, subcode: 2, data: [16, 1])),
        (String(repeating: "ff", count: 16) + "001c 01", NotificationMessage(code: 1, subcode: 2, data: [0, 28])),
        (String(repeating: "ff", count: 16) + "0016 02", NotificationMessage(code: 1, subcode: 2, data: [0, 22])),
        (String(repeating: "ff", count: 16) + "0014 03", NotificationMessage(code: 1, subcode: 2, data: [0, 20])),
        (String(repeating: "ff", count: 16) + "0018 05", NotificationMessage(code: 1, subcode: 2, data: [0, 24])),
        (String(repeating: "ff", count: 16) + "0013 00", NotificationMessage(code: 1, subcode: 3, data: [0])),
        (String(repeating: "ff", count: 16) + "0013 06", NotificationMessage(code: 1, subcode: 3, data: [6])),
    ])
    func `a wrong header is the NOTIFICATION of RFC 4271 section 6-1`(text: String, expected: NotificationMessage) {
        // In one piece, octet by octet, and after a valid message.
        for pieces in [[19], [1]] {
            #expect(throws: expected) { try frames(hex(text), pieces: pieces) }
            #expect(throws: expected) { try frames(Message.encodedKeepalive + hex(text), pieces: pieces) }
        }
    }

    @Test func `a reader that stops gets no further messages`() throws {
        var framer = MessageFramer()
        var count = 0
        let octets = Message.encodedKeepalive + Message.encodedKeepalive + Message.encodedKeepalive
        try framer.append(octets.span.bytes) { _, _ in
            count += 1
            return count < 2
        }
        #expect(count == 2)
        #expect(framer.pendingOctetCount == 0)
    }
}
