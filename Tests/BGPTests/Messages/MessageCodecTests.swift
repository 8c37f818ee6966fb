// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

/// Each message against its octets, in both directions, and cut short at every length.
struct MessageCodecTests {
    @Test(arguments: MessageVector.all)
    func `octets become the message`(vector: MessageVector) throws {
        var messages: [Message] = []
        var framer = MessageFramer()
        try framer.append(vector.octets.span.bytes) { type, body in
            #expect(body.byteCount == vector.body.count)
            do {
                messages.append(try Message(type, decodingBody: body, options: vector.options))
            } catch {
                Issue.record("\(error)")
            }
            return true
        }
        #expect(messages == [vector.message])
        #expect(framer.pendingOctetCount == 0)
    }

    @Test(arguments: MessageVector.all)
    func `the message becomes the octets`(vector: MessageVector) throws {
        let encoded =
            switch vector.message {
            case .open(let open): [open.encoded()]
            case .update(let decoded): try decoded.update.encodedMessages(options: vector.options)
            case .notification(let notification): [notification.encoded()]
            case .keepalive: [Message.encodedKeepalive]
            case .routeRefresh(let refresh): [refresh.encoded()]
            }
        #expect(encoded.map(hexText) == [hexText(vector.octets)])
    }

    @Test(arguments: MessageVector.all)
    func `a body cut short at any length is refused or means less, and never traps`(vector: MessageVector) {
        for length in 0..<vector.body.count {
            let cut = Array(vector.body.prefix(length))
            do throws(NotificationMessage) {
                let message = try Message(vector.message.type, decodingBody: cut.span.bytes, options: vector.options)
                #expect(message != vector.message, "\(length) octets")
            } catch {
                #expect((1...3).contains(error.reason.code), "\(length) octets: \(error)")
            }
        }
    }

    @Test func `random mutations of every message never trap`() {
        var random = SeededGenerator(seed: 20_000)
        let vectors = MessageVector.all
        var updateCount = 0
        var refused = 0
        let rounds = TestLength.rounds(8_000, long: 20_000)
        for round in 0..<rounds {
            let vector = vectors[round % vectors.count]
            var body = vector.body
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                switch Int.random(in: 0...2, using: &random) {
                case 0 where !body.isEmpty:
                    body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                case 1 where !body.isEmpty:
                    body.remove(at: Int.random(in: 0..<body.count, using: &random))
                default:
                    body.insert(
                        UInt8.random(in: 0...255, using: &random), at: Int.random(in: 0...body.count, using: &random))
                }
            }
            do throws(NotificationMessage) {
                let message = try Message(vector.message.type, decodingBody: body.span.bytes, options: vector.options)
                if expectSound(message, body) { updateCount += 1 }
            } catch {
                refused += 1
                #expect(error.encoded().count <= MessageHeader.maximumMessageOctetCount)
            }
        }
        // Both outcomes occurred often, so both were tried.
        #expect((rounds / 20..<rounds * 19 / 20).contains(refused))
        #expect(updateCount > rounds / 200)
    }

    /// Properties that any accepted UPDATE must have; returns whether it is one.
    @discardableResult
    private func expectSound(_ message: Message, _ body: [UInt8]) -> Bool {
        guard case .update(let decoded) = message else { return false }
        for update in [decoded.update, decoded.multiprotocolUpdate].compactMap({ $0 }) {
            #expect((update.attributes != nil) == !update.announced.isEmpty, "\(hexText(body))")
            for announced in update.announced {
                #expect(announced.family == update.attributes?.nextHop.family, "\(hexText(body))")
            }
        }
        return true
    }

    @Test func `random octets after a valid header never trap`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<TestLength.rounds(8_000, long: 20_000) {
            let type = MessageType.allCases.randomElement(using: &random) ?? .update
            let body = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            let options = CodecOptions(fourOctetASN: Bool.random(using: &random))
            do throws(NotificationMessage) {
                expectSound(try Message(type, decodingBody: body.span.bytes, options: options), body)
            } catch {
                #expect((1...3).contains(error.reason.code))
            }
        }
    }
}
