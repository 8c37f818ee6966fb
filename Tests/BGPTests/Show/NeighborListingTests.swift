// SPDX-License-Identifier: MIT-0
import BGP
import Testing
import WireFormat

/// What gobgp 3.10 printed for the same neighbours, line for line.
@Suite struct NeighborListingTests {
    static func configuration(_ peer: String) -> SessionConfiguration {
        SessionConfiguration(
            localASN: ASN(65001), peerASN: ASN(65000), routerID: v4("10.0.1.203"), peerAddress: address(peer))
    }

    static let active = NeighborSnapshot(
        configuration: configuration("10.0.1.136"), phase: .active, statistics: SessionStatistics(), upDownTime: nil)

    static var established: NeighborSnapshot {
        var statistics = SessionStatistics()
        statistics.sent.opens = 1
        statistics.sent.updates = 3
        statistics.sent.keepalives = 1
        statistics.received.opens = 1
        statistics.received.updates = 1
        statistics.received.keepalives = 1
        statistics.negotiated = Negotiated(
            holdTimeSeconds: 90, keepaliveIntervalSeconds: 30, families: [.ipv4], fourOctetASN: true,
            peerRouterID: v4("10.0.1.230"), localAddress: address("10.0.1.203"))
        let ipv4 = AFISAFI(unicast: .ipv4)
        let hostName = Capability.unknown(code: 73, value: [2, 0x76, 0x6D, 0])
        let nextHop = Capability.unknown(code: 5, value: [0, 1, 0, 1, 0, 2])
        statistics.localOpen = OpenMessage(
            asn: ASN(65001), holdTimeSeconds: 90, identifier: v4("10.0.1.203"),
            capabilities: [.routeRefresh, hostName, .multiprotocol(ipv4), .fourOctetASN(ASN(65001)), nextHop])
        statistics.remoteOpen = OpenMessage(
            asn: ASN(65000), holdTimeSeconds: 90, identifier: v4("10.0.1.230"),
            capabilities: [
                hostName, .multiprotocol(ipv4), .fourOctetASN(ASN(65000)),
                .gracefulRestart(
                    GracefulRestart(
                        isRestarting: false, survivesNotification: false, restartTimeSeconds: 60,
                        families: [.init(protocols: ipv4, isForwardingPreserved: false)])), nextHop, .routeRefresh,
            ])
        return NeighborSnapshot(
            configuration: configuration("10.0.1.230"), phase: .established, statistics: statistics,
            upDownTime: .seconds(14), receivedCount: 1, acceptedCount: 1, advertisedCount: 3)
    }

    @Test func `neighbors that never were up`() {
        var other = NeighborListingTests.active
        other.configuration.peerAddress = address("10.0.1.230")
        #expect(
            NeighborListing.table([other, NeighborListingTests.active]) == """
                Peer          AS Up/Down State       |#Received  Accepted
                10.0.1.136 65000   never Active      |        0         0
                10.0.1.230 65000   never Active      |        0         0

                """)
    }

    @Test func `neighbors with one up`() {
        #expect(
            NeighborListing.table([NeighborListingTests.established, NeighborListingTests.active]) == """
                Peer          AS  Up/Down State       |#Received  Accepted
                10.0.1.136 65000    never Active      |        0         0
                10.0.1.230 65000 00:00:14 Establ      |        1         1

                """)
    }

    @Test func `neighbors are in the order of their addresses as numbers`() {
        var nine = NeighborListingTests.active
        nine.configuration.peerAddress = address("10.0.1.99")
        nine.configuration.peerASN = ASN(65010)
        var six = NeighborListingTests.active
        six.configuration.peerAddress = address("::1")
        #expect(
            NeighborListing.table([six, NeighborListingTests.active, nine]) == """
                Peer          AS Up/Down State       |#Received  Accepted
                10.0.1.99  65010   never Active      |        0         0
                10.0.1.136 65000   never Active      |        0         0
                ::1        65000   never Active      |        0         0

                """)
        #expect(NeighborListing.addresses([nine, six]) == "10.0.1.99\n::1\n")
        #expect(NeighborListing.notFound("10.9.9.9") == "not found neighbor 10.9.9.9")
    }

    @Test func `a route server's neighbors begin with their endpoint`() {
        var first = NeighborListingTests.established
        first.endpoint = "RSE-2"
        var second = NeighborListingTests.active
        second.endpoint = "RSE-10-AZ1"
        #expect(
            NeighborListing.routeServerTable([first, second]) == """
                Endpoint   Peer          AS  Up/Down State       |#Received  Accepted
                RSE-10-AZ1 10.0.1.136 65000    never Active      |        0         0
                RSE-2      10.0.1.230 65000 00:00:14 Establ      |        1         1

                """)
    }

    @Test func `all about an established neighbor`() {
        #expect(
            NeighborListing.detail(NeighborListingTests.established) == """
                BGP neighbor is 10.0.1.230, remote AS 65000
                  BGP version 4, remote router ID 10.0.1.230
                  BGP state = ESTABLISHED, up for 00:00:14
                  BGP OutQ = 0, Flops = 0
                  Hold time is 90, keepalive interval is 30 seconds
                  Configured hold time is 90, keepalive interval is 30 seconds
                \u{20}\u{20}
                  Neighbor capabilities:
                    multiprotocol:
                        ipv4-unicast:\tadvertised and received
                    route-refresh:\tadvertised and received
                    extended-nexthop:\tadvertised and received
                        Local:  nlri: ipv4-unicast, nexthop: ipv6
                        Remote: nlri: ipv4-unicast, nexthop: ipv6
                    graceful-restart:\treceived
                        Remote: restart time 60 sec
                \t    ipv4-unicast
                    4-octet-as:\tadvertised and received
                    fqdn:\tadvertised and received
                      Local:
                         name: vm, domain:\u{20}
                      Remote:
                         name: vm, domain:\u{20}
                  Message statistics:
                                         Sent       Rcvd
                    Opens:                  1          1
                    Notifications:          0          0
                    Updates:                3          1
                    Keepalives:             1          1
                    Route Refresh:          0          0
                    Discarded:              0          0
                    Total:                  5          3
                  Route statistics:
                    Advertised:             3
                    Received:               1
                    Accepted:               1

                """)
    }

    @Test func `all about a neighbor that is not up`() {
        #expect(
            NeighborListing.detail(NeighborListingTests.active).hasPrefix(
                """
                BGP neighbor is 10.0.1.136, remote AS 65000
                  BGP version 4, remote router ID unknown
                  BGP state = ACTIVE
                  BGP OutQ = 0, Flops = 0
                  Hold time is 0, keepalive interval is 0 seconds
                  Configured hold time is 90, keepalive interval is 30 seconds
                \u{20}\u{20}
                  Neighbor capabilities:
                    multiprotocol:
                        ipv4-unicast:\tadvertised
                    route-refresh:\tadvertised
                    4-octet-as:\tadvertised
                  Message statistics:

                """))
        var down = NeighborListingTests.established
        down.phase = .openSent
        #expect(NeighborListing.detail(down).contains("  BGP state = OPENSENT\n"))
        #expect(NeighborListing.detail(down).contains("remote router ID unknown\n"))
    }

    @Test func `a neighbor's host name cannot control the terminal`() {
        var neighbor = NeighborListingTests.established
        neighbor.statistics.remoteOpen?.capabilities = [.unknown(code: 73, value: [200, 0x1B, 0x5B, 0x41])]
        #expect(NeighborListing.detail(neighbor).contains("name: ?[A, domain: \n"))
    }

    @Test(arguments: [
        (Duration.zero, "00:00:00"), (.milliseconds(59_999), "00:00:59"),
        (.seconds(22 * 3600 + 43 * 60 + 7), "22:43:07"),
        (.seconds(86_400), "1d 00:00:00"), (.seconds(-5), "00:00:00"),
    ])
    func `ages are clock times`(duration: Duration, expected: String) {
        #expect(duration.clockText == expected)
    }

    @Test func `global`() {
        let snapshot = GlobalSnapshot(
            asn: ASN(65001), routerID: v4("10.0.1.203"), listeningPort: 179,
            listeningAddresses: [address("0.0.0.0"), address("::")])
        #expect(
            snapshot.text == """
                AS:        65001
                Router-ID: 10.0.1.203
                Listening Port: 179, Addresses: 0.0.0.0, ::

                """)
    }
}
