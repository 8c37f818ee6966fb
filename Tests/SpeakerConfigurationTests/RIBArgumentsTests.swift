// SPDX-License-Identifier: MIT-0
import BGP
import SpeakerConfiguration
import TestSupport
import Testing
import WireFormat

@Suite struct RIBArgumentsTests {
    private func announcement(_ prefix: String, _ change: (inout PathAttributes) -> Void) throws -> Announcement {
        let prefix = try #require(IPPrefix(prefix))
        var attributes = PathAttributes(
            origin: .incomplete, asPath: ASPath(), nextHop: prefix.family == .ipv4 ? .v4(.any) : .v6(.any))
        change(&attributes)
        return Announcement(prefix: prefix, attributes: attributes)
    }

    @Test func `the sample's two lines`() throws {
        #expect(
            try RIBArguments.parse(["172.16.1.1/32", "-a", "ipv4"]) == announcement("172.16.1.1/32") { _ in })
        #expect(
            try RIBArguments.parse(["172.16.1.1/32", "aspath", "65001 65001", "-a", "ipv4"])
                == announcement("172.16.1.1/32") { $0.asPath = ASPath(sequence: [ASN(65001), ASN(65001)]) })
    }

    @Test func `every attribute in any order`() throws {
        let words = [
            "-a", "ipv4", "10.33.0.0/16", "large-community", "65001:1:2,3:4:5", "med", "10", "nexthop", "10.0.1.203",
            "local-pref", "110", "community", "65001:100,no-export,4294901762", "aggregator", "65001:1.2.3.4",
            "identifier", "7", "aspath", "1.5,3", "origin", "igp",
        ]
        #expect(
            try RIBArguments.parse(words)
                == announcement("10.33.0.0/16") {
                    $0.origin = .igp
                    $0.asPath = ASPath(sequence: [ASN(65541), ASN(3)])
                    $0.nextHop = .v4(IPv4Address(bits: 0x0A00_01CB))
                    $0.multiExitDiscriminator = 10
                    $0.localPreference = 110
                    $0.communities = [Community(4_259_905_636), Community(0xFFFF_FF01), Community(0xFFFF_0002)]
                    $0.largeCommunities = [
                        LargeCommunity(globalAdministrator: 65001, localData1: 1, localData2: 2),
                        LargeCommunity(globalAdministrator: 3, localData1: 4, localData2: 5),
                    ]
                    $0.aggregator = Aggregator(asn: ASN(65001), routerID: IPv4Address(bits: 0x0102_0304))
                })
    }

    @Test(arguments: [
        ("1, 2,3", [ASPath.Segment.sequence([ASN(1), ASN(2), ASN(3)])]),
        ("1 2 {3,4} 5", [.sequence([ASN(1), ASN(2)]), .set([ASN(3), ASN(4)]), .sequence([ASN(5)])]),
        ("{1,2}{3 4}", [.set([ASN(1), ASN(2)]), .set([ASN(3), ASN(4)])]),
        ("", []),
    ])
    func `an AS path takes commas, spaces and sets`(text: String, segments: [ASPath.Segment]) throws {
        #expect(
            try RIBArguments.parse(["10.0.0.0/8", "aspath", text]).attributes.asPath == ASPath(segments: segments))
    }

    @Test func `a host bit is cleared and IPv6 needs its flag`() throws {
        #expect(try RIBArguments.parse(["10.0.0.1/24"]) == announcement("10.0.0.0/24") { _ in })
        #expect(try RIBArguments.parse(["2001:db8::/32", "-aipv6"]) == announcement("2001:db8::/32") { _ in })
    }

    /// Each text was printed by gobgp 3.10 for the same words, unless a comment says otherwise.
    @Test(arguments: [
        ([], "error: invalid format"),
        (["nonsense"], "error: invalid CIDR address: nonsense"),
        (["10.0.0.0/33"], "error: invalid CIDR address: 10.0.0.0/33"),
        (["10.0.0.1"], "error: invalid CIDR address: 10.0.0.1"),
        (["2001:db8::/32"], "error: invalid ipv4 prefix"),
        (["10.1.0.0/16", "origin", "foo"], "error: invalid origin type. expect [igp|egp|incomplete] but foo"),
        (["10.1.0.0/16", "origin"], "error: failed to parse [origin]"),
        (["10.1.0.0/16", "med", "x"], "error: strconv.ParseUint: parsing \"x\": invalid syntax"),
        (
            ["10.1.0.0/16", "local-pref", "4294967296"],
            "error: strconv.ParseUint: parsing \"4294967296\": value out of range"
        ),
        (["10.1.0.0/16", "nexthop", "abc"], "error: invalid nexthop address"),
        (["10.1.0.0/16", "community", "foo"], "error: failed to parse foo as community"),
        (["10.1.0.0/16", "community", ""], "error: failed to parse  as community"),
        (["10.1.0.0/16", "large-community", "1:2"], "error: invalid large community format"),
        (["10.1.0.0/16", "aspath", "foo"], "error: strconv.ParseUint: parsing \"foo\": invalid syntax"),
        (
            ["10.1.0.0/16", "aspath", "4294967296"],
            "error: strconv.ParseUint: parsing \"4294967296\": value out of range"
        ),
        (["10.1.0.0/16", "aggregator", "foo"], "error: invalid aggregator format"),
        (["10.1.0.0/16", "bogus", "1"], "error: failed to parse [bogus 1]"),
        (["10.1.0.0/16", "origin", "igp", "origin", "egp"], "error: failed to parse [origin egp]"),
        (["10.1.0.0/16", "med", "4", "5"], "error: failed to parse [5]"),
        (["10.1.0.0/16", "aspath", "65001", "65001"], "error: failed to parse [65001]"),
        (["10.1.0.0/16", "-a", "foo"], "error: unsupported address family: foo"),
        (["10.1.0.0/16", "med", "-1"], "error: unknown shorthand flag: '1' in -1"),
        // GoBGP accepts these: the number wraps, the mixed families are sent as they are, and AIGP exists.
        (["10.1.0.0/16", "community", "65536:1"], "error: failed to parse 65536:1 as community"),
        (["10.1.0.0/16", "nexthop", "2001:db8::1"], "error: invalid nexthop address"),
        (["10.1.0.0/16", "-a", "ipv6"], "error: invalid ipv6 prefix"),
        (["10.1.0.0/16", "aigp", "metric", "10"], "error: aigp is not supported"),
        (["10.1.0.0/16", "aspath", "{1"], "error: failed to parse {1 as aspath"),
    ])
    func `wrong arguments are refused in GoBGP's words`(words: [String], text: String) {
        let error = #expect(throws: RIBArguments.ArgumentError.self) { try RIBArguments.parse(words) }
        #expect(error?.description == text)
    }

    @Test func `random words never trap`() {
        let vocabulary = [
            "10.0.0.0/8", "2001:db8::/32", "-a", "ipv4", "ipv6", "origin", "igp", "aspath", "{1,2}", "1.2.3", "+5",
            "nexthop", "10.0.0.1", "::1", "med", "4294967295", "community", "1:2", "::", ",", "large-community",
            "1:2:3", "aggregator", "1:1.2.3.4", "", "-", "--", "identifier", "\u{0}", "é",
        ]
        var generator = Mutation(seed: 7)
        var accepted = 0
        for _ in 0..<TestLength.rounds(5_000, long: 20_000) {
            let words = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                vocabulary[Int.random(in: vocabulary.indices, using: &generator)]
            }
            do throws(RIBArguments.ArgumentError) {
                _ = try RIBArguments.parse(words)
                accepted += 1
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(accepted > 0)
    }
}
