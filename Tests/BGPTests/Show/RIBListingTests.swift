// SPDX-License-Identifier: MIT-0
import BGP
import Testing
import WireFormat

/// What gobgp 3.10 printed for the same tables, line for line.
@Suite struct RIBListingTests {
    static let global = [
        RIBRow(
            prefix: prefix("10.33.0.0/16"),
            attributes: PathAttributes(
                origin: .igp, asPath: ASPath(), nextHop: address("10.0.1.203"), multiExitDiscriminator: 10,
                localPreference: 110, communities: [Community(65001 << 16 | 100), .noExport],
                largeCommunities: [LargeCommunity(globalAdministrator: 65001, localData1: 1, localData2: 2)]),
            age: .seconds(4), isBest: true),
        RIBRow(
            prefix: prefix("172.16.1.1/32"), attributes: route([65001, 65001]), age: .milliseconds(4999), isBest: true),
        RIBRow(prefix: prefix("172.16.1.2/32"), attributes: route(), age: .seconds(4), isBest: true),
        RIBRow(
            prefix: prefix("192.0.2.0/24"), attributes: route([65000], nextHop: "10.0.1.230"), age: .seconds(2),
            isBest: true, neighbor: address("10.0.1.230")),
    ]

    @Test func `global rib`() {
        #expect(
            RIBListing.globalRIB(RIBListingTests.global) == """
                   Network              Next Hop             AS_PATH              Age        Attrs
                *> 10.33.0.0/16         10.0.1.203                                00:00:04   [{Origin: i} {Med: 10} \
                {LocalPref: 110} {Communities: 65001:100, no-export} {LargeCommunity: [ 65001:1:2]}]
                *> 172.16.1.1/32        0.0.0.0              65001 65001          00:00:04   [{Origin: ?}]
                *> 172.16.1.2/32        0.0.0.0                                   00:00:04   [{Origin: ?}]
                *> 192.0.2.0/24         10.0.1.230           65000                00:00:02   [{Origin: ?}]

                """)
    }

    @Test func `global rib of IPv6`() {
        let row = RIBRow(
            prefix: prefix("2001:db8:1::/48"), attributes: route(nextHop: "::"), age: .seconds(4), isBest: true)
        #expect(
            RIBListing.globalRIB([row]) == """
                   Network              Next Hop             AS_PATH              Age        Attrs
                *> 2001:db8:1::/48      ::                                        00:00:04   [{Origin: ?}]

                """)
    }

    @Test func `a longer cell widens its column`() {
        let row = RIBRow(
            prefix: prefix("2001:db8:aaaa:bbbb::/64"),
            attributes: route(Array(repeating: 65001, count: 4), nextHop: "::"),
            age: .seconds(86400 * 3 + 3661), isBest: true)
        #expect(
            RIBListing.globalRIB([row]) == """
                   Network                 Next Hop             AS_PATH                 Age        Attrs
                *> 2001:db8:aaaa:bbbb::/64 ::                   65001 65001 65001 65001 3d 01:01:01 [{Origin: ?}]

                """)
    }

    @Test func `an empty table is no error`() {
        #expect(RIBListing.globalRIB([]) == "Network not in table\n")
    }

    @Test func `adj-in and adj-out`() {
        #expect(
            RIBListing.adjRIBIn([
                RIBRow(
                    prefix: prefix("192.0.2.0/24"), attributes: route([65000], nextHop: "10.0.1.230"),
                    age: .seconds(3), isBest: false)
            ]) == """
                   ID  Network              Next Hop             AS_PATH              Age        Attrs
                   0   192.0.2.0/24         10.0.1.230           65000                00:00:03   [{Origin: ?}]

                """)
        #expect(
            RIBListing.adjRIBOut([
                RIBRow(
                    prefix: prefix("172.16.1.1/32"), attributes: route([65001, 65001, 65001], nextHop: "10.0.1.203"),
                    age: .seconds(3), isBest: false)
            ]) == """
                   ID  Network              Next Hop             AS_PATH              Attrs
                   1   172.16.1.1/32        10.0.1.203           65001 65001 65001    [{Origin: ?}]

                """)
        #expect(
            RIBListing.notEstablished(address("10.0.1.203"))
                == "neighbor 10.0.1.203's BGP session is not established")
    }

    @Test func `summary counts prefixes and paths`() {
        #expect(
            RIBListing.summary(RIBListingTests.global, .ipv4)
                == "Table afi:AFI_IP safi:SAFI_UNICAST\nDestination: 4, Path: 4\n")
        #expect(
            RIBListing.summary([RIBListingTests.global[1], RIBListingTests.global[1]], .ipv6)
                == "Table afi:AFI_IP6 safi:SAFI_UNICAST\nDestination: 1, Path: 2\n")
    }

    @Test func `a route server's RIB marks the winner and names peer and endpoint`() {
        let rows = [("10.0.1.203", "RSE-1", true, 1), ("10.0.2.65", "RSE-3-AZ2", false, 3)].map {
            peer, endpoint, best, count in
            RIBRow(
                prefix: prefix("172.16.1.1/32"),
                attributes: route(Array(repeating: 65001, count: count), nextHop: peer), age: .seconds(7), isBest: best,
                neighbor: address(peer), endpoint: endpoint)
        }
        var unresolved = rows[1]
        unresolved.isValid = false
        unresolved.endpoint = "RSE-4"
        #expect(
            RIBListing.routeServerRIB(rows + [unresolved]) == """
                   Network              Next Hop             AS_PATH              Age        Attrs         Peer       Endpoint
                *> 172.16.1.1/32        10.0.1.203           65001                00:00:07   [{Origin: ?}] 10.0.1.203 RSE-1
                *  172.16.1.1/32        10.0.2.65            65001 65001 65001    00:00:07   [{Origin: ?}] 10.0.2.65  RSE-3-AZ2
                   172.16.1.1/32        10.0.2.65            65001 65001 65001    00:00:07   [{Origin: ?}] 10.0.2.65  RSE-4

                """)
    }

    @Test(arguments: [
        (["172.16.1.1/32"], ["172.16.1.1/32"]), (["172.16.1.1"], ["172.16.1.1/32"]), (["192.0.2.77"], ["192.0.2.0/24"]),
        (["172.16.0.0/12", "longer-prefixes"], ["172.16.1.1/32", "172.16.1.2/32"]), (["172.16.0.0/12"], []),
        (["10.33.1.1/24", "shorter-prefixes"], ["10.33.0.0/16"]), (["9.9.9.9"], []), (["2001:db8::1"], []),
        (["10.33.1.1", "shorter-prefixes"], ["10.33.0.0/16"]),
    ])
    func `a filter selects rows`(words: [String], expected: [String]) throws {
        let filter = try #require(try RIBFilter.parse(words))
        #expect(filter.select(RIBListingTests.global).map(\.prefix.description) == expected)
    }

    @Test func `words that are no filter are refused, no words are none`() throws {
        for target in [
            "nonsense", "172.16.1.1/33", "172.16.1.1/", "/8", "172.16.1.1/+8", "1.2.3.4/99999999999999999999",
        ] {
            #expect(throws: RIBFilter.ParseError.notAPrefix) { try RIBFilter.parse([target]) }
        }
        #expect(throws: RIBFilter.ParseError.unknownOption) { try RIBFilter.parse(["10.0.0.0/8", "longer"]) }
        #expect(try RIBFilter.parse([]) == nil)
        #expect(try RIBFilter.parse(["2001:db8::/32"])?.family == .ipv6)
    }

    @Test func `all attributes have a text`() {
        var attributes = route(med: 0)
        attributes.asPath = ASPath(segments: [.sequence([ASN(1), ASN(4_200_000_000)]), .set([ASN(2), ASN(3)])])
        attributes.isAtomicAggregate = true
        attributes.aggregator = Aggregator(asn: ASN(65001), routerID: v4("10.0.0.1"))
        attributes.unrecognized = [UnrecognizedAttribute(flags: 0xE0, typeCode: 99, value: [0x0A, 0xFF])]
        #expect(attributes.asPath.text == "1 4200000000 {2,3}")
        #expect(
            attributes.text
                == "[{Origin: ?} {Med: 0} {AtomicAggregate} {Aggregate: {AS: 65001, Address: 10.0.0.1}} "
                + "{Type: 99, Value: 0x0aff}]")
    }

    @Test func `extended communities are shown as an administrator and a number`() {
        var attributes = route(med: nil)
        attributes.unrecognized = [
            UnrecognizedAttribute(
                flags: 0xC0, typeCode: 16,
                value: [
                    0x00, 0x02, 0xFD, 0xE9, 0, 0, 0, 100, 0x01, 0x02, 192, 0, 2, 1, 0, 7, 0x02, 0x02, 0, 1, 0, 2, 0, 3,
                    0x43, 0x00, 0, 0, 0, 0, 0, 9,
                ])
        ]
        #expect(attributes.text == "[{Origin: ?} {Extcomms: [65001:100, 192.0.2.1:7, 1.2:3, 9]}]")
        attributes.unrecognized[0].value.removeLast()
        #expect(attributes.text.contains("{Type: 16, Value: 0x"))
    }
}
