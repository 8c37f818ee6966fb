// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

/// A message as octets and as a value.
struct MessageVector: Sendable, CustomTestStringConvertible {
    var name: String
    var octets: [UInt8]
    var message: Message
    var options = CodecOptions()

    var testDescription: String { name }

    /// The octets after the header.
    var body: [UInt8] { Array(octets.dropFirst(MessageHeader.octetCount)) }

    static let all = opens + updates + multiprotocolUpdates + twoOctetUpdates + others
}

private let marker = "ffffffffffffffffffffffffffffffff"

private func update(
    withdrawn: [String] = [], attributes: PathAttributes? = nil, announced: [String] = []
) -> Message {
    .update(
        DecodedUpdate(
            update: UpdateMessage(
                withdrawn: withdrawn.map(prefix), attributes: attributes, announced: announced.map(prefix))))
}

extension MessageVector {
    fileprivate static let opens = [
        MessageVector(
            name: "OPEN as a gobgpd would send it",
            octets: hex(
                """
                \(marker) 0041 01       # 65 octets, OPEN
                04 fde9 005a 0a000166  # version 4, AS 65001, 90 s, 10.0.1.102
                24                     # 36 octets of parameters
                02 22                  # capabilities
                02 00                  # route refresh
                01 04 0001 00 01       # IPv4 unicast
                41 04 0000fde9         # four-octet AS
                40 06 803c 0001 01 80  # graceful restart, R bit, 60 s, IPv4 preserved
                49 0a 0a 67772d6c6f63616c 00  # FQDN
                """),
            message: .open(
                OpenMessage(
                    asn: ASN(65001), holdTimeSeconds: 90, identifier: v4("10.0.1.102"),
                    capabilities: [
                        .routeRefresh, .multiprotocol(AFISAFI(unicast: .ipv4)), .fourOctetASN(ASN(65001)),
                        .gracefulRestart(
                            GracefulRestart(
                                isRestarting: true, survivesNotification: false, restartTimeSeconds: 60,
                                families: [
                                    .init(protocols: AFISAFI(unicast: .ipv4), isForwardingPreserved: true)
                                ])),
                        .unknown(code: 73, value: hex("0a 67772d6c6f63616c 00")),
                    ]))),
        MessageVector(
            name: "OPEN of an AS that needs four octets",
            octets: hex(
                """
                \(marker) 0025 01
                04 5ba0 00b4 c0000201  # AS_TRANS, 180 s, 192.0.2.1
                08 02 06 41 04 fa56ea01
                """),
            message: .open(
                OpenMessage(
                    asn: ASN(4_200_000_001), holdTimeSeconds: 180, identifier: v4("192.0.2.1"),
                    capabilities: [.fourOctetASN(ASN(4_200_000_001))]))),
        MessageVector(
            name: "OPEN without capabilities",
            octets: hex("\(marker) 001d 01 04 fde8 0000 0a0001e6 00"),
            message: .open(
                OpenMessage(
                    asn: ASN(65000), holdTimeSeconds: 0, identifier: v4("10.0.1.230"), capabilities: []))),
        MessageVector(
            name: "OPEN with extended optional parameters",
            octets: hex(
                "\(marker) 0125 01 04 fde8 005a 0a0001e6 ff ff 0105 02 0102 f0 64 "
                    + String(repeating: "aa", count: 100) + " f1 9a " + String(repeating: "bb", count: 154)),
            message: .open(
                OpenMessage(
                    asn: ASN(65000), holdTimeSeconds: 90, identifier: v4("10.0.1.230"),
                    capabilities: [
                        .unknown(code: 240, value: [UInt8](repeating: 0xAA, count: 100)),
                        .unknown(code: 241, value: [UInt8](repeating: 0xBB, count: 154)),
                    ]))),
    ]

    fileprivate static let updates = [
        MessageVector(
            name: "UPDATE that announces one host route",
            octets: hex(
                """
                \(marker) 0030 02 0000 0014
                40 01 01 00            # ORIGIN IGP
                40 02 06 02 01 0000fde9  # AS_PATH 65001
                40 03 04 0a000166      # NEXT_HOP
                20 ac100101
                """),
            message: update(
                attributes: PathAttributes(
                    origin: .igp, asPath: ASPath(sequence: [ASN(65001)]), nextHop: address("10.0.1.102")),
                announced: ["172.16.1.1/32"])),
        MessageVector(
            name: "UPDATE with every attribute that is understood, and one that is not",
            octets: hex(
                """
                \(marker) 007c 02 0000 005b
                40 01 01 02
                40 02 10 02 02 0000fde9 0000fde9 01 01 fa56ea01  # 65001 65001 {4200000001}
                40 03 04 0a000166
                80 04 04 0000000a                # MULTI_EXIT_DISC 10
                40 05 04 0000006e                # LOCAL_PREF 110
                40 06 00                         # ATOMIC_AGGREGATE
                c0 07 08 fa56ea01 c0000201       # AGGREGATOR
                c0 08 08 fde90064 ffffff01       # 65001:100 no-export
                c0 20 0c 0000fde9 00000001 00000002
                e0 63 04 deadbeef                # type 99, partial
                00 08 0a 10 ac10 15 c0a800
                """),
            message: update(
                attributes: PathAttributes(
                    origin: .incomplete,
                    asPath: ASPath(segments: [
                        .sequence([ASN(65001), ASN(65001)]), .set([ASN(4_200_000_001)]),
                    ]),
                    nextHop: address("10.0.1.102"), multiExitDiscriminator: 10, localPreference: 110,
                    isAtomicAggregate: true,
                    aggregator: Aggregator(asn: ASN(4_200_000_001), routerID: v4("192.0.2.1")),
                    communities: [Community(0xFDE9_0064), Community(0xFFFF_FF01)],
                    largeCommunities: [
                        LargeCommunity(globalAdministrator: 65001, localData1: 1, localData2: 2)
                    ],
                    unrecognized: [
                        UnrecognizedAttribute(flags: 0xE0, typeCode: 99, value: [0xDE, 0xAD, 0xBE, 0xEF])
                    ]),
                announced: ["0.0.0.0/0", "10.0.0.0/8", "172.16.0.0/16", "192.168.0.0/21"]),
            options: CodecOptions(isExternal: false)),
        MessageVector(
            name: "UPDATE that withdraws",
            octets: hex("\(marker) 0021 02 000a 20 ac100101 18 0a0001 00 0000"),
            message: update(withdrawn: ["172.16.1.1/32", "10.0.1.0/24", "0.0.0.0/0"])),
        MessageVector(
            name: "End-of-RIB for IPv4", octets: hex("\(marker) 0017 02 0000 0000"),
            message: .update(DecodedUpdate(update: .endOfRIB(.ipv4)))),
        MessageVector(
            name: "UPDATE with an empty AS_PATH from inside the AS",
            octets: hex(
                "\(marker) 0031 02 0000 0015 40 01 01 00 40 02 00 40 03 04 0a000166 40 05 04 00000064 20 ac100101"),
            message: update(
                attributes: PathAttributes(
                    origin: .igp, asPath: ASPath(), nextHop: address("10.0.1.102"), localPreference: 100),
                announced: ["172.16.1.1/32"]),
            options: CodecOptions(isExternal: false)),
    ]

    fileprivate static let multiprotocolUpdates = [
        MessageVector(
            name: "UPDATE that announces IPv6",
            octets: hex(
                """
                \(marker) 005c 02 0000 0045
                90 0e 0034 0002 01 10 20010db8000000000000000000000066 00
                20 20010db8 80 20010db8000000000000000000000001 40 20010db800000001
                40 01 01 00
                40 02 06 02 01 0000fde9
                """),
            message: update(
                attributes: PathAttributes(
                    origin: .igp, asPath: ASPath(sequence: [ASN(65001)]), nextHop: address("2001:db8::66")),
                announced: ["2001:db8::/32", "2001:db8::1/128", "2001:db8:0:1::/64"])),
        MessageVector(
            name: "UPDATE that withdraws IPv6",
            octets: hex("\(marker) 0027 02 0000 0010 90 0f 000c 0002 01 40 20010db800000001"),
            message: update(withdrawn: ["2001:db8:0:1::/64"])),
        MessageVector(
            name: "End-of-RIB for IPv6", octets: hex("\(marker) 001d 02 0000 0006 80 0f 03 0002 01"),
            message: .update(DecodedUpdate(update: .endOfRIB(.ipv6)))),
    ]

    fileprivate static let twoOctetUpdates = [
        MessageVector(
            name: "UPDATE for a peer with two-octet AS numbers",
            octets: hex(
                """
                \(marker) 0051 02 0000 0035
                40 01 01 00
                40 02 06 02 02 fde9 5ba0          # 65001 AS_TRANS
                40 03 04 0a000166
                c0 07 06 5ba0 c0000201
                c0 11 0a 02 02 0000fde9 fa56ea01  # AS4_PATH
                c0 12 08 fa56ea01 c0000201        # AS4_AGGREGATOR
                20 ac100101
                """),
            message: update(
                attributes: PathAttributes(
                    origin: .igp, asPath: ASPath(sequence: [ASN(65001), ASN(4_200_000_001)]),
                    nextHop: address("10.0.1.102"),
                    aggregator: Aggregator(asn: ASN(4_200_000_001), routerID: v4("192.0.2.1"))),
                announced: ["172.16.1.1/32"]),
            options: CodecOptions(fourOctetASN: false)),
        MessageVector(
            name: "UPDATE with small numbers for a peer with two-octet AS numbers",
            octets: hex(
                "\(marker) 002e 02 0000 0012 40 01 01 00 40 02 04 02 01 fde9 40 03 04 0a000166 20 ac100101"),
            message: update(
                attributes: PathAttributes(
                    origin: .igp, asPath: ASPath(sequence: [ASN(65001)]), nextHop: address("10.0.1.102")),
                announced: ["172.16.1.1/32"]),
            options: CodecOptions(fourOctetASN: false)),
    ]

    fileprivate static let others = [
        MessageVector(name: "KEEPALIVE", octets: hex("\(marker) 0013 04"), message: .keepalive),
        MessageVector(
            name: "NOTIFICATION Hold Timer Expired", octets: hex("\(marker) 0015 03 04 00"),
            message: .notification(NotificationMessage(.holdTimerExpired))),
        MessageVector(
            name: "NOTIFICATION Bad Peer AS with data", octets: hex("\(marker) 0017 03 02 02 fde8"),
            message: .notification(NotificationMessage(.openMessageError(.badPeerAS), data: [0xFD, 0xE8]))),
        MessageVector(
            name: "NOTIFICATION with a shutdown communication",
            octets: hex("\(marker) 001a 03 06 02 04 62796521"),
            message: .notification(.cease(.administrativeShutdown, communication: "bye!"))),
        MessageVector(
            name: "NOTIFICATION with numbers nobody knows", octets: hex("\(marker) 0015 03 63 07"),
            message: .notification(NotificationMessage(.other(code: 99, subcode: 7)))),
        MessageVector(
            name: "ROUTE-REFRESH", octets: hex("\(marker) 0017 05 0002 00 01"),
            message: .routeRefresh(RouteRefreshMessage(protocols: AFISAFI(unicast: .ipv6)))),
    ]
}
