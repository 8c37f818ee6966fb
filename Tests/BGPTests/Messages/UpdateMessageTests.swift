// SPDX-License-Identifier: MIT-0
import BGP
import TestSupport
import Testing
import WireFormat

struct UpdateMessageTests {
    private func decode(_ message: [UInt8], _ options: CodecOptions = CodecOptions()) throws -> DecodedUpdate {
        let body = Array(message.dropFirst(MessageHeader.octetCount))
        return try DecodedUpdate(decodingBody: body.span.bytes, options: options)
    }

    private let attributes4 = PathAttributes(
        origin: .igp, asPath: ASPath(sequence: [ASN(65001)]), nextHop: address("10.0.1.102"))
    private let attributes6 = PathAttributes(
        origin: .igp, asPath: ASPath(sequence: [ASN(65001)]), nextHop: address("2001:db8::66"))

    private func hostRoutes4(_ count: Int) -> [IPPrefix] {
        (0..<count).map { IPPrefix(host: .v4(IPv4Address(bits: 0x0A00_0000 + UInt32($0)))) }
    }

    private func hostRoutes6(_ count: Int) -> [IPPrefix] {
        (0..<count).map { IPPrefix(host: .v6(IPv6Address(high: 0x2001_0DB8_0000_0000, low: UInt64($0)))) }
    }

    @Test func `many prefixes are spread over messages of at most 4096 octets, none lost, none twice`() throws {
        let cases = [
            UpdateMessage(attributes: attributes4, announced: hostRoutes4(5000)),
            UpdateMessage(attributes: attributes6, announced: hostRoutes6(1000)),
            UpdateMessage(withdrawn: hostRoutes4(5000)), UpdateMessage(withdrawn: hostRoutes6(1000)),
        ]
        for update in cases {
            let messages = try update.encodedMessages(options: CodecOptions())
            #expect(messages.allSatisfy { $0.count <= MessageHeader.maximumMessageOctetCount })
            // Too full for one more prefix: the fewest messages possible.
            #expect(messages.dropLast().allSatisfy { $0.count > MessageHeader.maximumMessageOctetCount - 17 })
            let decoded = try messages.map { try decode($0) }
            #expect(decoded.allSatisfy { $0.findings.isEmpty })
            #expect(decoded.flatMap(\.update.announced) == update.announced)
            #expect(decoded.flatMap(\.update.withdrawn) == update.withdrawn)
            #expect(decoded.allSatisfy { $0.update.attributes == update.attributes })
        }
    }

    @Test func `withdrawals and announcements never share a message`() throws {
        let update = UpdateMessage(
            withdrawn: hostRoutes4(2) + hostRoutes6(2), attributes: attributes4,
            announced: [prefix("172.16.1.1/32")])
        let decoded = try update.encodedMessages(options: CodecOptions()).map { try decode($0).update }
        #expect(
            decoded == [
                UpdateMessage(withdrawn: hostRoutes4(2)), UpdateMessage(withdrawn: hostRoutes6(2)),
                UpdateMessage(attributes: attributes4, announced: [prefix("172.16.1.1/32")]),
            ])
    }

    @Test func `an UPDATE that announces both families becomes two, each with its next hop`() throws {
        let octets = hex(
            """
            0003 10 c000
            0034
            40 01 01 00 40 02 06 02 01 0000fde9 40 03 04 0a000166
            80 0e 1d 0002 01 10 20010db8000000000000000000000066 00 38 20010db8000001
            20 ac100101
            """)
        let decoded = try DecodedUpdate(decodingBody: octets.span.bytes, options: CodecOptions())
        #expect(
            decoded.update
                == UpdateMessage(
                    withdrawn: [prefix("192.0.0.0/16")], attributes: attributes4,
                    announced: [prefix("172.16.1.1/32")]))
        #expect(
            decoded.multiprotocolUpdate
                == UpdateMessage(attributes: attributes6, announced: [prefix("2001:db8:0:100::/56")]))
    }

    @Test func `an IPv6 next hop may bring its link-local address along`() throws {
        let octets = hex(
            """
            0000 0036
            80 0e 26 0002 01 20 20010db8000000000000000000000066 fe800000000000000000000000000066 00 00
            40 01 01 00 40 02 06 02 01 0000fde9
            """)
        let decoded = try DecodedUpdate(decodingBody: octets.span.bytes, options: CodecOptions())
        #expect(decoded.update == UpdateMessage(attributes: attributes6, announced: [prefix("::/0")]))
    }

    @Test func `bits behind a prefix's length mean nothing`() throws {
        let octets = hex("0005 14 ac10ff 00 0000")
        let decoded = try DecodedUpdate(decodingBody: octets.span.bytes, options: CodecOptions())
        #expect(decoded.update.withdrawn == [prefix("172.16.240.0/20"), prefix("0.0.0.0/0")])
    }

    @Test func `End-of-RIB is distinguished from an UPDATE without content`() throws {
        #expect(UpdateMessage.endOfRIB(.ipv6).isEndOfRIB(.ipv6))
        #expect(!UpdateMessage.endOfRIB(.ipv6).isEndOfRIB(.ipv4))
        #expect(UpdateMessage().endOfRIB == nil)
        #expect(try UpdateMessage().encodedMessages(options: CodecOptions()).isEmpty)
        // IPv4 in the form of RFC 4760.
        let octets = hex("0000 0006 80 0f 03 0001 01")
        let decoded = try DecodedUpdate(decodingBody: octets.span.bytes, options: CodecOptions())
        #expect(decoded.update.isEndOfRIB(.ipv4))
    }

    @Test func `unknown transitive attributes are passed on with the partial bit, others are not`() throws {
        let octets = hex(
            """
            0000 0023
            40 01 01 00 40 02 06 02 01 0000fde9 40 03 04 0a000166
            d0 63 0002 abcd
            80 64 03 010203
            c0 65 00
            20 ac100101
            """)
        let decoded = try DecodedUpdate(decodingBody: octets.span.bytes, options: CodecOptions())
        let unrecognized = try #require(decoded.update.attributes?.unrecognized)
        #expect(
            unrecognized == [
                UnrecognizedAttribute(flags: 0xE0, typeCode: 0x63, value: [0xAB, 0xCD]),
                UnrecognizedAttribute(flags: 0xE0, typeCode: 0x65, value: []),
            ])
        let again = try decode(try decoded.update.encodedMessages(options: CodecOptions())[0])
        #expect(again.update == decoded.update)
    }

    @Test func `what no octets can express is refused`() {
        let fat = PathAttributes(
            origin: .igp, asPath: ASPath(), nextHop: address("10.0.1.102"),
            communities: (0..<1020).map { Community($0) })
        #expect(throws: UpdateEncodingError.attributesTooLong(octetCount: 4 + 3 + 7 + 4 + 4080)) {
            try UpdateMessage(attributes: fat, announced: hostRoutes4(1)).encodedMessages(options: CodecOptions())
        }
        var monstrous = fat
        monstrous.unrecognized = [
            UnrecognizedAttribute(flags: 0xC0, typeCode: 99, value: [UInt8](repeating: 0, count: 100_000))
        ]
        #expect(throws: UpdateEncodingError.self) {
            try UpdateMessage(attributes: monstrous, announced: hostRoutes4(1)).encodedMessages(
                options: CodecOptions())
        }
        #expect(throws: UpdateEncodingError.noNextHop(.ipv6)) {
            try UpdateMessage(attributes: attributes4, announced: hostRoutes6(1)).encodedMessages(
                options: CodecOptions())
        }
        #expect(throws: UpdateEncodingError.noNextHop(.ipv4)) {
            try UpdateMessage(announced: hostRoutes4(1)).encodedMessages(options: CodecOptions())
        }
    }

    @Test func `a path of more than 255 numbers takes several segments`() throws {
        let path = ASPath(sequence: (1...600).map { ASN(UInt32($0)) })
        var attributes = attributes4
        attributes.asPath = path
        let messages = try UpdateMessage(attributes: attributes, announced: hostRoutes4(1))
            .encodedMessages(options: CodecOptions())
        let decoded = try #require(try decode(messages[0]).update.attributes?.asPath)
        #expect(decoded.segments.count == 3)
        #expect(decoded.length == 600)
        #expect(decoded.first == ASN(1))
    }

    @Test func `LOCAL_PREF is not sent to another AS`() throws {
        var attributes = attributes4
        attributes.localPreference = 200
        let update = UpdateMessage(attributes: attributes, announced: hostRoutes4(1))
        let outside = try update.encodedMessages(options: CodecOptions(isExternal: true))
        #expect(try decode(outside[0], CodecOptions(isExternal: false)).update.attributes?.localPreference == nil)
        let inside = try update.encodedMessages(options: CodecOptions(isExternal: false))
        #expect(try decode(inside[0], CodecOptions(isExternal: false)).update.attributes?.localPreference == 200)
    }

    /// AS_PATH and AS4_PATH as received from two-octet peers, and the true path (RFC 6793 section 4.2.3).
    @Test(
        arguments: [
            ("02 02 fde9 5ba0", "02 01 fa56ea01", [[65001, 4_200_000_001]]),
            ("02 03 fde9 fdea 5ba0", "02 02 0000fdea fa56ea01", [[65001, 65002, 4_200_000_001]]),
            ("02 01 5ba0", "02 01 fa56ea01", [[4_200_000_001]]),
            ("02 01 fde9", "02 02 0000fdea fa56ea01", [[65001]]),  // AS_PATH shorter: AS4_PATH is ignored
            ("02 01 fde9 01 02 fdea fdeb 02 01 5ba0", "02 01 fa56ea01", [[65001], [65002, 65003], [4_200_000_001]]),
        ] as [(String, String, [[UInt32]])])
    func `AS4_PATH completes the path of a two-octet peer`(path: String, as4Path: String, expected: [[UInt32]]) throws {
        func attribute(_ header: String, _ value: String) -> [UInt8] {
            hex(header) + [UInt8(hex(value).count)] + hex(value)
        }
        let block =
            hex("40 01 01 00") + attribute("40 02", path) + hex("40 03 04 0a000166") + attribute("c0 11", as4Path)
        let body = [0, 0, 0, UInt8(block.count)] + block + hex("20 ac100101")
        let decoded = try DecodedUpdate(decodingBody: body.span.bytes, options: CodecOptions(fourOctetASN: false))
        #expect(decoded.findings.isEmpty)
        let segments = try #require(decoded.update.attributes?.asPath.segments)
        let numbers = segments.map { segment in
            switch segment {
            case .sequence(let numbers), .set(let numbers): numbers.map(\.value)
            }
        }
        #expect(numbers == expected)
    }

    @Test func `an AGGREGATOR other than AS_TRANS outdates both AS4 attributes`() throws {
        let octets = hex(
            """
            0000 0031
            40 01 01 00 40 02 06 02 02 fde9 5ba0 40 03 04 0a000166
            c0 07 06 fdea c0000201
            c0 11 06 02 01 fa56ea01
            c0 12 08 fa56ea01 c0000202
            20 ac100101
            """)
        let decoded = try DecodedUpdate(decodingBody: octets.span.bytes, options: CodecOptions(fourOctetASN: false))
        let attributes = try #require(decoded.update.attributes)
        #expect(attributes.aggregator == Aggregator(asn: ASN(65002), routerID: v4("192.0.2.1")))
        #expect(attributes.asPath == ASPath(sequence: [ASN(65001), .transition]))
    }
}
