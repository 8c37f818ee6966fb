// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

/// RFC 7606, case by case: what a malformed UPDATE does to its routes and to the session.
struct UpdateErrorHandlingTests {
    enum Outcome: Sendable {
        /// The routes are accepted, with these findings.
        case accepted([UpdateFinding.Approach])
        case treatedAsWithdraw
        /// NOTIFICATION 3 with this subcode.
        case reset(UInt8)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// The path attributes, as hexadecimal text.
        var attributes: String
        var outcome: Outcome
        var options = CodecOptions()
        var nlri = "20 ac100101"
        var withdrawn = ""

        var testDescription: String { name }

        var body: [UInt8] {
            func field(_ octets: [UInt8]) -> [UInt8] {
                [UInt8(octets.count >> 8), UInt8(octets.count & 0xFF)] + octets
            }
            return field(hex(withdrawn)) + field(hex(attributes)) + hex(nlri)
        }
    }

    private static let origin = "40 01 01 00 "
    private static let asPath = "40 02 06 02 01 0000fde9 "
    private static let nextHop = "40 03 04 0a000166 "
    private static let mandatory = origin + asPath + nextHop
    private static let reachable =
        "80 0e 1a 0002 01 10 20010db8000000000000000000000066 00 20 20010db8 "
    private static let internalPeer = CodecOptions(isExternal: false)
    private static let twoOctetPeer = CodecOptions(fourOctetASN: false)

    static let cases =
        wellFormed + lists + mandatoryAttributes + optionalAttributes + unknownAttributes + multiprotocol + prefixes

    private static let wellFormed = [
        Case(name: "sound", attributes: mandatory, outcome: .accepted([])),
        Case(name: "attributes in another order", attributes: nextHop + asPath + origin, outcome: .accepted([])),
        Case(
            name: "extended length for a short value", attributes: "50 01 0001 00" + asPath + nextHop,
            outcome: .accepted([])),
        Case(
            name: "unused bits of the flags set (section 3 c)", attributes: "4f 01 01 00" + asPath + nextHop,
            outcome: .accepted([])),
        Case(
            name: "partial bit on a well-known attribute", attributes: "60 01 01 00" + asPath + nextHop,
            outcome: .accepted([])),
    ]

    private static let lists = [
        Case(name: "attribute header cut (section 4)", attributes: mandatory + "80 04", outcome: .treatedAsWithdraw),
        Case(name: "extended header cut (section 4)", attributes: mandatory + "90 04 00", outcome: .treatedAsWithdraw),
        Case(
            name: "last attribute too long (section 4)", attributes: mandatory + "80 04 05 00000001",
            outcome: .treatedAsWithdraw),
        Case(
            name: "first attribute swallows the rest (section 4)", attributes: "40 01 ff 00" + asPath + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "ORIGIN twice (section 3 g)", attributes: mandatory + "40 01 01 02",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "second NEXT_HOP malformed (section 3 g)", attributes: mandatory + "40 03 01 00",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "unknown attribute twice (section 3 g)", attributes: mandatory + "c0 63 00 c0 63 00",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "the strongest approach counts (section 3 h)", attributes: mandatory + "c0 07 01 00 80 04 01 00",
            outcome: .treatedAsWithdraw),
        Case(
            name: "total attribute length zero but prefixes (section 3 d)", attributes: "", outcome: .treatedAsWithdraw),
    ]

    private static let mandatoryAttributes = [
        Case(name: "ORIGIN missing (section 3 d)", attributes: asPath + nextHop, outcome: .treatedAsWithdraw),
        Case(name: "AS_PATH missing (section 3 d)", attributes: origin + nextHop, outcome: .treatedAsWithdraw),
        Case(name: "NEXT_HOP missing (section 3 d)", attributes: origin + asPath, outcome: .treatedAsWithdraw),
        Case(name: "ORIGIN 3 (section 7.1)", attributes: "40 01 01 03" + asPath + nextHop, outcome: .treatedAsWithdraw),
        Case(
            name: "ORIGIN empty (section 7.1)", attributes: "40 01 00" + asPath + nextHop, outcome: .treatedAsWithdraw),
        Case(
            name: "ORIGIN of 2 octets (section 7.1)", attributes: "40 01 02 0000" + asPath + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "ORIGIN optional (section 3 c)", attributes: "c0 01 01 00" + asPath + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "ORIGIN not transitive (section 3 c)", attributes: "00 01 01 00" + asPath + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "AS_PATH segment type 5 (section 7.2)", attributes: origin + "40 02 06 05 01 0000fde9" + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "AS_PATH confederation segment", attributes: origin + "40 02 06 03 01 0000fde9" + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "AS_PATH overrun (section 7.2)", attributes: origin + "40 02 06 02 02 0000fde9" + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "AS_PATH underrun (section 7.2)", attributes: origin + "40 02 07 02 01 0000fde9 02" + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "AS_PATH segment of length 0 (section 7.2)", attributes: origin + "40 02 02 02 00" + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "AS_PATH with AS 0 (RFC 7607)", attributes: origin + "40 02 06 02 01 00000000" + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "AS_PATH of two octets from a four-octet peer", attributes: origin + "40 02 04 02 01 fde9" + nextHop,
            outcome: .treatedAsWithdraw),
        Case(
            name: "AS_PATH of four octets from a two-octet peer", attributes: origin + asPath + nextHop,
            outcome: .treatedAsWithdraw, options: twoOctetPeer),
        Case(name: "AS_PATH empty", attributes: origin + "40 02 00" + nextHop, outcome: .accepted([])),
        Case(
            name: "AS_PATH does not begin with the peer (section 7.2)", attributes: mandatory,
            outcome: .treatedAsWithdraw, options: CodecOptions(firstASN: ASN(65002))),
        Case(
            name: "AS_PATH begins with the peer (section 7.2)", attributes: mandatory, outcome: .accepted([]),
            options: CodecOptions(firstASN: ASN(65001))),
        Case(
            name: "NEXT_HOP of 3 octets (section 7.3)", attributes: origin + asPath + "40 03 03 0a0001",
            outcome: .treatedAsWithdraw),
        Case(name: "NEXT_HOP 0.0.0.0", attributes: origin + asPath + "40 03 04 00000000", outcome: .treatedAsWithdraw),
        Case(
            name: "NEXT_HOP multicast", attributes: origin + asPath + "40 03 04 e0000001", outcome: .treatedAsWithdraw),
        Case(
            name: "NEXT_HOP 127.0.0.1", attributes: origin + asPath + "40 03 04 7f000001", outcome: .treatedAsWithdraw),
        Case(
            name: "NEXT_HOP is our own address", attributes: mandatory, outcome: .treatedAsWithdraw,
            options: CodecOptions(localAddress: address("10.0.1.102"))),
    ]

    private static let optionalAttributes = [
        Case(
            name: "MULTI_EXIT_DISC of 3 octets (section 7.4)", attributes: mandatory + "80 04 03 000001",
            outcome: .treatedAsWithdraw),
        Case(
            name: "MULTI_EXIT_DISC transitive (section 3 c)", attributes: mandatory + "c0 04 04 00000001",
            outcome: .treatedAsWithdraw),
        Case(
            name: "LOCAL_PREF from outside (section 7.5)", attributes: mandatory + "40 05 04 00000064",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "LOCAL_PREF malformed from outside (section 7.5)", attributes: mandatory + "40 05 01 64",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "LOCAL_PREF with wrong flags from outside (section 7.5)", attributes: mandatory + "c0 05 04 00000064",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "LOCAL_PREF malformed from inside (section 7.5)", attributes: mandatory + "40 05 01 64",
            outcome: .treatedAsWithdraw, options: internalPeer),
        Case(
            name: "ATOMIC_AGGREGATE of 1 octet (section 7.6)", attributes: mandatory + "40 06 01 00",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "AGGREGATOR of 6 octets from a four-octet peer (section 7.7)",
            attributes: mandatory + "c0 07 06 fde9 c0000201", outcome: .accepted([.attributeDiscard])),
        Case(
            name: "AGGREGATOR with AS 0 (RFC 7607)", attributes: mandatory + "c0 07 08 00000000 c0000201",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "AGGREGATOR not transitive (section 3 c)", attributes: mandatory + "80 07 08 0000fde9 c0000201",
            outcome: .treatedAsWithdraw),
        Case(
            name: "communities of 3 octets (section 7.8)", attributes: mandatory + "c0 08 03 fde900",
            outcome: .treatedAsWithdraw),
        Case(name: "communities empty (section 7.8)", attributes: mandatory + "c0 08 00", outcome: .treatedAsWithdraw),
        Case(
            name: "large communities of 8 octets (RFC 8092)", attributes: mandatory + "c0 20 08 0000fde9 00000001",
            outcome: .treatedAsWithdraw),
        Case(
            name: "large communities empty (RFC 8092)", attributes: mandatory + "c0 20 00", outcome: .treatedAsWithdraw),
        Case(
            name: "AS4_PATH from a four-octet peer (RFC 6793)", attributes: mandatory + "c0 11 06 02 01 0000fde9",
            outcome: .accepted([.attributeDiscard])),
        Case(
            name: "AS4_PATH malformed (RFC 6793)",
            attributes: origin + "40 02 04 02 01 fde9" + nextHop + "c0 11 06 02 02 0000fde9",
            outcome: .accepted([.attributeDiscard]), options: twoOctetPeer),
        Case(
            name: "AS4_AGGREGATOR malformed (RFC 6793)",
            attributes: origin + "40 02 04 02 01 fde9" + nextHop + "c0 12 06 fde9 c0000201",
            outcome: .accepted([.attributeDiscard]), options: twoOctetPeer),
    ]

    private static let unknownAttributes = [
        Case(
            name: "unknown optional transitive, any content", attributes: mandatory + "c0 17 03 ffffff",
            outcome: .accepted([])),
        Case(name: "prefix SID that looks broken", attributes: mandatory + "c0 28 01 ff", outcome: .accepted([])),
        Case(name: "unknown optional, not transitive", attributes: mandatory + "80 63 02 0102", outcome: .accepted([])),
        Case(
            name: "unknown well-known (RFC 4271 section 6.3)", attributes: mandatory + "40 63 01 00", outcome: .reset(2)
        ),
    ]

    private static let multiprotocol = [
        Case(name: "IPv6 announced", attributes: reachable + origin + asPath, outcome: .accepted([]), nlri: ""),
        Case(
            name: "IPv6 announced, AS_PATH malformed", attributes: reachable + origin + "40 02 02 02 00",
            outcome: .treatedAsWithdraw, nlri: ""),
        Case(
            name: "IPv6 announced, NEXT_HOP beside it malformed (RFC 4760)",
            attributes: reachable + origin + asPath + "40 03 01 00", outcome: .accepted([]), nlri: ""),
        Case(name: "MP_REACH_NLRI last", attributes: origin + asPath + reachable, outcome: .accepted([]), nlri: ""),
        Case(
            name: "MP_REACH_NLRI twice (section 3 g)", attributes: reachable + reachable + origin + asPath,
            outcome: .reset(1), nlri: ""),
        Case(
            name: "MP_UNREACH_NLRI twice (section 3 g)", attributes: "80 0f 03 0002 01 80 0f 03 0002 01",
            outcome: .reset(1), nlri: ""),
        Case(
            name: "MP_REACH_NLRI under 5 octets (section 5.3)", attributes: "80 0e 04 0002 01 00" + origin + asPath,
            outcome: .reset(9), nlri: ""),
        Case(
            name: "MP_UNREACH_NLRI under 3 octets (section 5.3)", attributes: "80 0f 02 0002", outcome: .reset(9),
            nlri: ""),
        Case(
            name: "MP_REACH_NLRI flags (section 5.3)", attributes: "c" + reachable.dropFirst() + origin + asPath,
            outcome: .reset(4), nlri: ""),
        Case(
            name: "next hop of 15 octets (section 7.11)",
            attributes: "80 0e 19 0002 01 0f 20010db80000000000000000000000 00 20 20010db8" + origin + asPath,
            outcome: .reset(9), nlri: ""),
        Case(
            name: "IPv6 prefix of 129 bits (section 5.3)",
            attributes: "80 0e 16 0002 01 10 20010db8000000000000000000000066 00 81" + origin + asPath,
            outcome: .reset(9), nlri: ""),
        Case(name: "IPv6 prefix cut (section 5.3)", attributes: "80 0f 05 0002 01 40 20", outcome: .reset(9), nlri: ""),
        Case(
            name: "MP_REACH_NLRI runs past the end", attributes: origin + asPath + "80 0e 40 0002 01",
            outcome: .reset(9), nlri: ""),
        Case(
            name: "a family nobody agreed on", attributes: "80 0e 09 0019 46 02 0000 00 aabb" + origin + asPath,
            outcome: .accepted([.ignored]), nlri: ""),
        Case(
            name: "IPv6 where IPv4 alone was agreed on", attributes: reachable + mandatory,
            outcome: .accepted([.ignored]), options: CodecOptions(families: [.ipv4])),
    ]

    private static let prefixes = [
        Case(
            name: "IPv4 prefix of 33 bits (section 5.3)", attributes: mandatory, outcome: .reset(10),
            nlri: "21 ac10010100"),
        Case(name: "IPv4 prefix cut (section 5.3)", attributes: mandatory, outcome: .reset(10), nlri: "20 ac1001"),
        Case(
            name: "withdrawn prefix of 33 bits (section 3 i)", attributes: "", outcome: .reset(10), nlri: "",
            withdrawn: "21 ac10010100"),
        Case(
            name: "attribute error without prefixes (section 5.2)", attributes: "40 01 01 03" + asPath + nextHop,
            outcome: .reset(6), nlri: ""),
        Case(
            name: "attribute error beside withdrawals alone (section 5.2)", attributes: "40 01 01 03",
            outcome: .reset(6), nlri: "", withdrawn: "18 0a0001"),
        Case(
            name: "discarded attribute without prefixes (section 5.2)", attributes: mandatory + "40 06 01 00",
            outcome: .accepted([.attributeDiscard]), nlri: ""),
        Case(
            name: "attributes without prefixes (RFC 4271 section 6.3)", attributes: mandatory, outcome: .accepted([]),
            nlri: ""),
        Case(
            name: "multicast prefix (RFC 4271 section 6.3)", attributes: mandatory, outcome: .accepted([.ignored]),
            nlri: "20 ac100101 08 e0"),
    ]

    @Test func `a thousand errors in one UPDATE are the first in full, and numbers`() throws {
        let repeated = Array(repeating: "c06300", count: 1350).joined()
        let origin = "40010103"
        let body = hex("0000" + "0fd6" + origin + repeated + "20 ac100101")
        let decoded = try DecodedUpdate(decodingBody: body.span.bytes, options: CodecOptions())
        #expect(decoded.findings.counts == [.attributeDiscard: 1349, .treatAsWithdraw: 3])
        #expect(decoded.findings.listed.count <= 4)
        #expect(
            decoded.findings.text.hasSuffix(
                "; the first of 1352: 1349 attribute discarded, 3 treated as withdraw"))
    }

    @Test(arguments: cases)
    func `a malformed UPDATE does what RFC 7606 says, and no more`(example: Case) {
        // A multicast prefix is ignored by whoever stores routes.
        let listed = ["172.16.1.1/32", "2001:db8::/32", "224.0.0.0/8"].map(prefix)
        do throws(NotificationMessage) {
            let decoded = try DecodedUpdate(decodingBody: example.body.span.bytes, options: example.options)
            let announced = Set(decoded.update.announced)
            switch example.outcome {
            case .accepted(let approaches):
                #expect(decoded.findings.listed.map(\.approach) == approaches)
                #expect(announced.isSubset(of: listed))
                #expect(!announced.isEmpty || example.nlri.isEmpty)
                #expect(decoded.update.endOfRIB == nil)
            case .treatedAsWithdraw:
                #expect(announced.isEmpty && decoded.update.attributes == nil)
                #expect(!decoded.update.withdrawn.isEmpty && Set(decoded.update.withdrawn).isSubset(of: listed))
                #expect(decoded.findings.counts[.treatAsWithdraw] != nil)
            case .reset(let subcode):
                Issue.record("NOTIFICATION 3/\(subcode) expected, got \(decoded)")
            }
        } catch {
            guard case .reset(let subcode) = example.outcome else {
                Issue.record("session reset: \(error)")
                return
            }
            #expect(error.reason.code == 3 && error.reason.subcode == subcode)
        }
    }

    @Test func `lengths that lead past the end reset the session`() {
        for body in ["", "00", "0000", "0000 00", "0005 20ac100101", "ffff 0000", "0000 ffff", "0000 0001"] {
            #expect(throws: NotificationMessage(code: 3, subcode: 1), "\(body)") {
                try DecodedUpdate(decodingBody: hex(body).span.bytes, options: CodecOptions())
            }
        }
    }

    @Test func `the NOTIFICATION carries the attribute in question`() {
        #expect(throws: NotificationMessage(code: 3, subcode: 2, data: hex("50 63 0002 abcd"))) {
            try DecodedUpdate(decodingBody: hex("0000 0006 50 63 0002 abcd").span.bytes, options: CodecOptions())
        }
        #expect(throws: NotificationMessage(code: 3, subcode: 6, data: hex("40 01 01 07"))) {
            try DecodedUpdate(decodingBody: hex("0000 0004 40 01 01 07").span.bytes, options: CodecOptions())
        }
    }
}
