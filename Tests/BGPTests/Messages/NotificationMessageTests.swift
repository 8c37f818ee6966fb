// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import TestSupport
import Testing

struct NotificationMessageTests {
    @Test(arguments: [
        (NotificationMessage(code: 1, subcode: 2), "Message Header Error / Bad Message Length"),
        (NotificationMessage(code: 2, subcode: 2), "OPEN Message Error / Bad Peer AS"),
        (NotificationMessage(code: 2, subcode: 5), "OPEN Message Error / subcode 5"),
        (NotificationMessage(code: 3, subcode: 11), "UPDATE Message Error / Malformed AS_PATH"),
        (NotificationMessage(code: 4, subcode: 0), "Hold Timer Expired"),
        (NotificationMessage(code: 4, subcode: 9), "error code 4 / subcode 9"),
        (
            NotificationMessage(code: 5, subcode: 1),
            "Finite State Machine Error / Receive Unexpected Message in OpenSent State"
        ),
        (NotificationMessage(code: 6, subcode: 3), "Cease / Peer De-configured"),
        (NotificationMessage(code: 6, subcode: 10), "Cease / BFD Down"),
        (NotificationMessage(code: 6, subcode: 200), "Cease / subcode 200"),
        (NotificationMessage(code: 8, subcode: 0), "Send Hold Timer Expired"),
        (NotificationMessage(code: 0, subcode: 0), "error code 0 / subcode 0"),
        (
            .cease(.administrativeShutdown, communication: "back at 5"),
            "Cease / Administrative Shutdown (\"back at 5\")"
        ),
    ])
    func `a NOTIFICATION is described in IANA's words`(notification: NotificationMessage, text: String) {
        #expect(notification.description == text)
    }

    @Test func `every code and subcode survives both ways`() throws {
        for code in UInt8.min...UInt8.max {
            // Those that mean something, and of the others every 16th.
            for subcode in UInt8.min...UInt8.max where code < 8 || subcode % 16 == 0 || TestLength.isLong {
                let notification = NotificationMessage(code: code, subcode: subcode, data: [1, 2])
                #expect(notification.reason.code == code && notification.reason.subcode == subcode)
                let body = Array(notification.encoded().dropFirst(MessageHeader.octetCount))
                #expect(body == [code, subcode, 1, 2])
                #expect(try NotificationMessage(decodingBody: body.span.bytes) == notification)
            }
        }
    }

    @Test func `a shutdown communication is cut at 128 octets, between characters`() throws {
        let notification = NotificationMessage.cease(
            .administrativeReset, communication: String(repeating: "ü", count: 63) + "👩‍🚀" + "x")
        #expect(notification.data.count == 1 + 126)
        #expect(notification.shutdownCommunication == String(repeating: "ü", count: 63))
        #expect(NotificationMessage.cease(.peerDeconfigured, communication: "no").data.isEmpty)
        #expect(NotificationMessage.cease(.administrativeShutdown, communication: nil).data.isEmpty)
        #expect(NotificationMessage.cease(.administrativeShutdown, communication: "").data.isEmpty)
    }

    /// Data of an Administrative Shutdown, and the text in it.
    @Test(
        arguments: [
            ("", nil), ("00", nil), ("03 616263", "abc"), ("02 616263", "ab"), ("04 616263", nil), ("01 ff", nil),
            ("02 c080", nil),
        ] as [(String, String?)])
    func `a shutdown communication is read only where it is one`(data: String, text: String?) {
        let notification = NotificationMessage(.cease(.administrativeShutdown), data: hex(data))
        #expect(notification.shutdownCommunication == text)
    }

    @Test func `a peer's text cannot forge a line of a log`() {
        let notification = NotificationMessage.cease(
            .administrativeShutdown, communication: "a\nb\r\u{1B}[2Jc\u{2028}d\u{202E}e")
        #expect(notification.description == "Cease / Administrative Shutdown (\"a?b??[2Jc?d?e\")")
    }

    @Test func `data too long for a message is cut`() {
        let notification = NotificationMessage(code: 3, subcode: 1, data: [UInt8](repeating: 7, count: 70_000))
        #expect(notification.encoded().count == MessageHeader.maximumMessageOctetCount)
    }
}
