// SPDX-License-Identifier: MIT-0
import BGP
import TestSupport
import Testing
import WireFormat

struct OpenMessageTests {
    private func decode(_ text: String) throws(NotificationMessage) -> OpenMessage {
        try OpenMessage(decodingBody: hex(text).span.bytes)
    }

    /// Bodies of OPENs, and the NOTIFICATION of RFC 4271 section 6.2 that each deserves.
    @Test(arguments: [
        ("version 3", "03 fde8 005a 0a0001e6 00", NotificationMessage(code: 2, subcode: 1, data: [0, 4])),
        ("version 5", "05 fde8 005a 0a0001e6 00", NotificationMessage(code: 2, subcode: 1, data: [0, 4])),
        ("AS 0 (RFC 7607)", "04 0000 005a 0a0001e6 00", NotificationMessage(code: 2, subcode: 2)),
        (
            "AS 0 in the capability", "04 fde8 005a 0a0001e6 08 02 06 41 04 00000000",
            NotificationMessage(code: 2, subcode: 2)
        ),
        ("identifier 0 (RFC 6286)", "04 fde8 005a 00000000 00", NotificationMessage(code: 2, subcode: 3)),
        ("hold time 1", "04 fde8 0001 0a0001e6 00", NotificationMessage(code: 2, subcode: 6)),
        ("hold time 2", "04 fde8 0002 0a0001e6 00", NotificationMessage(code: 2, subcode: 6)),
        ("authentication parameter", "04 fde8 005a 0a0001e6 03 01 01 00", NotificationMessage(code: 2, subcode: 4)),
        (
            "parameter 255 not in front", "04 fde8 005a 0a0001e6 06 02 02 02 00 ff 00",
            NotificationMessage(code: 2, subcode: 4)
        ),
        (
            "parameters shorter than said", "04 fde8 005a 0a0001e6 05 02 02 02 00",
            NotificationMessage(code: 2, subcode: 0)
        ),
        ("octets behind the parameters", "04 fde8 005a 0a0001e6 00 00", NotificationMessage(code: 2, subcode: 0)),
        ("parameter longer than all", "04 fde8 005a 0a0001e6 04 02 03 02 00", NotificationMessage(code: 2, subcode: 0)),
        (
            "capability longer than its parameter", "04 fde8 005a 0a0001e6 04 02 02 02 01",
            NotificationMessage(code: 2, subcode: 0)
        ),
        (
            "four-octet AS of 2 octets", "04 fde8 005a 0a0001e6 06 02 04 41 02 fde8",
            NotificationMessage(code: 2, subcode: 0)
        ),
        (
            "multiprotocol of 3 octets", "04 fde8 005a 0a0001e6 07 02 05 01 03 000101",
            NotificationMessage(code: 2, subcode: 0)
        ),
        ("extended length cut", "04 fde8 005a 0a0001e6 ff ff 00", NotificationMessage(code: 2, subcode: 0)),
        (
            "extended length too long", "04 fde8 005a 0a0001e6 ff ff 0006 02 0002 02 00",
            NotificationMessage(code: 2, subcode: 0)
        ),
    ])
    func `a bad OPEN is answered with the reason`(name: String, body: String, expected: NotificationMessage) {
        #expect(throws: expected, "\(name)") { try decode(body) }
    }

    @Test(arguments: [
        "04 fde8 005a 0a0001e6 ff ff 0005 02 0002 02 00",  // as RFC 9072 section 2 has it
        "04 fde8 005a 0a0001e6 07 ff 0005 02 0002 02 00",  // "not considered a fatal error" (section 3)
        "04 fde8 005a 0a0001e6 04 02 02 02 00",
        "04 fde8 005a 0a0001e6 06 02 00 02 02 02 00",  // an empty parameter beside another
    ])
    func `extended and plain parameters say the same`(body: String) throws {
        #expect(try decode(body).capabilities == [.routeRefresh])
    }

    @Test func `an extended length of zero means no parameters`() throws {
        #expect(try decode("04 fde8 005a 0a0001e6 ff ff 0000").capabilities.isEmpty)
    }

    @Test func `families are those of the capabilities, and IPv4 when there is none`() throws {
        #expect(try decode("04 fde8 005a 0a0001e6 00").families == [.ipv4])
        #expect(try decode("04 fde8 005a 0a0001e6 08 02 06 01 04 0002 00 01").families == [.ipv6])
        #expect(try decode("04 fde8 005a 0a0001e6 08 02 06 01 04 0019 00 46").families.isEmpty)
    }

    @Test func `known capabilities of odd shape are kept as they came`() throws {
        let open = try decode("04 fde8 005a 0a0001e6 0a 02 08 02 01 07 40 03 807801")
        #expect(
            open.capabilities == [.unknown(code: 2, value: [7]), .unknown(code: 64, value: [0x80, 0x78, 0x01])])
        #expect(open.asn == ASN(65000))
        #expect(!open.hasFourOctetASN)
    }

    @Test(arguments: [0, 1, 3, 40, 60])
    func `capabilities of any amount survive both ways`(count: Int) throws {
        let open = OpenMessage(
            asn: ASN(4_200_000_001), holdTimeSeconds: 3, identifier: v4("192.0.2.1"),
            capabilities: (0..<count).map { .unknown(code: 128 + UInt8($0), value: [UInt8](repeating: 1, count: $0)) }
                + [.fourOctetASN(ASN(4_200_000_001))])
        let octets = open.encoded()
        let body = Array(octets.dropFirst(MessageHeader.octetCount))
        #expect(try OpenMessage(decodingBody: body.span.bytes) == open)
        #expect(octets[20] == 0x5B && octets[21] == 0xA0, "AS_TRANS stands in My Autonomous System")
    }
}
