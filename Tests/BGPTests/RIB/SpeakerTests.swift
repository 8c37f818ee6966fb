// SPDX-License-Identifier: MIT-0
import BGP
import Testing
import WireFormat

@Suite struct SpeakerTests {
    static let floatingIP = prefix("172.16.1.1/32")

    /// A third speaker behind the right one.
    static func addOnward(_ pair: inout SpeakerPair, asn: UInt32) {
        let onward = NeighborID(7)
        pair.right.addNeighbor(onward, asn: ASN(asn), address: address("10.0.9.2"))
        pair.right.sessionEstablished(
            onward, localAddress: address("10.0.9.1"), families: [.ipv4], peerRouterID: v4("10.0.9.2"), at: pair.now)
        pair.exchange()
        pair.forget()
    }

    @Test func `a prepended route leaves with the own ASN once more and the session's address as next hop`() throws {
        var pair = SpeakerPair()
        pair.left.originate(
            Announcement(prefix: SpeakerTests.floatingIP, attributes: route([65001, 65001], localPreference: 300)),
            at: pair.now)
        pair.establish()
        let row = try #require(pair.rightRIB.first)
        #expect(row.attributes == route([65001, 65001, 65001], nextHop: "10.0.1.203"))
        #expect(row.isBest)
        #expect(row.neighbor == SpeakerPair.leftAddress)
    }

    @Test func `establishment sends the table grouped by attributes, then End-of-RIB for each family`() {
        var pair = SpeakerPair()
        for number in 0..<10 {
            pair.left.originate(
                Announcement(prefix: prefix("10.\(number).0.0/16"), attributes: route()), at: pair.now)
            pair.left.originate(
                Announcement(prefix: prefix("10.\(number).0.0/24"), attributes: route(med: 5)), at: pair.now)
        }
        pair.establish(families: [.ipv6, .ipv4])
        #expect(pair.toRight.count == 4)
        #expect(pair.toRight.prefix(2).map(\.announced.count) == [10, 10])
        #expect(pair.toRight.suffix(2).map(\.endOfRIB) == [.ipv4, .ipv6])
        #expect(pair.toLeft.map(\.endOfRIB) == [.ipv4, .ipv6])
        #expect(pair.left.routeCounts(of: SpeakerPair.link)?.advertised == 20)
        #expect(pair.right.routeCounts(of: SpeakerPair.link)?.received == 20)
    }

    @Test func `an IPv6 route over an IPv4 session leaves with the IPv6 address as next hop, or not at all`() throws {
        let route = Announcement(prefix: prefix("2001:db8:ffff::1/128"), attributes: route(nextHop: "::"))
        for local in [address("2001:db8:0:1a01::10"), nil] {
            var speaker = Speaker(asn: ASN(65001), routerID: v4("10.0.1.203"))
            let neighbor = NeighborID(1)
            speaker.addNeighbor(neighbor, asn: ASN(65000), address: address("10.0.1.4"))
            speaker.originate(route, at: .zero)
            speaker.sessionEstablished(
                neighbor, localAddress: address("10.0.1.203"), localIPv6Address: local, families: [.ipv4, .ipv6],
                peerRouterID: v4("10.0.1.4"), at: .zero)
            var updates: [UpdateMessage] = []
            while case .send(_, let update) = speaker.nextOutput() { updates.append(update) }
            let announced = updates.filter { !$0.announced.isEmpty }
            #expect(announced.map(\.announced) == (local == nil ? [] : [[route.prefix]]))
            #expect(announced.first?.attributes?.nextHop == local)
        }
    }

    @Test func `attributes that leave no room for a prefix are not advertised`() {
        var pair = SpeakerPair()
        for (prefix, count) in [(SpeakerTests.floatingIP, 1100), (prefix("10.0.0.0/8"), 200)] {
            let attributes = route(communities: (0..<count).map { Community(UInt32($0)) })
            pair.left.originate(Announcement(prefix: prefix, attributes: attributes), at: pair.now)
        }
        pair.establish()
        #expect(pair.rightRIB.map(\.prefix) == [prefix("10.0.0.0/8")])
        #expect(pair.left.routeCounts(of: SpeakerPair.link)?.advertised == 1)
    }

    @Test func `a burst of withdrawals is one UPDATE`() {
        var pair = SpeakerPair()
        for number in 0..<3000 {
            pair.left.originate(
                Announcement(prefix: prefix("10.\(number / 256).\(number % 256).1/32"), attributes: route()),
                at: pair.now)
        }
        pair.establish()
        #expect(pair.rightRIB.count == 3000)
        pair.forget()
        pair.left.withdrawAll()
        pair.exchange()
        #expect(pair.toRight.map(\.withdrawn.count) == [3000])
        #expect(pair.rightRIB.isEmpty)
    }

    @Test func `many routes with the same attributes are announced, changed and withdrawn in one UPDATE each`() {
        var pair = SpeakerPair()
        pair.establish()
        pair.forget()
        let prefixes = (0..<3000).map { prefix("10.\($0 / 256).\($0 % 256).1/32") }
        pair.left.originate(prefixes, attributes: route(), at: pair.now)
        pair.exchange()
        #expect(pair.toRight.map(\.announced) == [prefixes])
        #expect(pair.rightRIB.count == 3000)
        // Originating the same again changes nothing.
        pair.left.originate(prefixes, attributes: route(), at: pair.now)
        pair.exchange()
        #expect(pair.toRight.count == 1)
        pair.left.originate(prefixes, attributes: route([65001]), at: pair.now)
        pair.exchange()
        #expect(pair.toRight.count == 2)
        // A missing route is ignored.
        pair.left.withdraw(prefixes + [SpeakerTests.floatingIP])
        pair.exchange()
        #expect(pair.toRight.map(\.withdrawn.count) == [0, 0, 3000])
        #expect(pair.rightRIB.isEmpty)
    }

    @Test func `only what changed is sent`() {
        var pair = SpeakerPair()
        pair.establish()
        pair.forget()
        let announcement = Announcement(prefix: SpeakerTests.floatingIP, attributes: route())
        pair.left.originate(announcement, at: pair.now)
        pair.exchange()
        #expect(
            pair.toRight == [
                UpdateMessage(
                    attributes: route([65001], nextHop: "10.0.1.203"), announced: [SpeakerTests.floatingIP])
            ])
        pair.forget()
        pair.left.originate(announcement, at: pair.now + .seconds(1))
        pair.exchange()
        #expect(pair.toRight.isEmpty)
        let wasThere = pair.left.withdraw(SpeakerTests.floatingIP)
        #expect(wasThere)
        pair.exchange()
        #expect(pair.toRight == [UpdateMessage(withdrawn: [SpeakerTests.floatingIP])])
        #expect(pair.rightRIB.isEmpty)
        let isStillThere = pair.left.withdraw(SpeakerTests.floatingIP)
        #expect(!isStillThere)
        pair.exchange()
        #expect(pair.toRight.count == 1)
    }

    @Test func `a third-party next hop of our own route is left unchanged`() {
        var pair = SpeakerPair()
        pair.left.originate(
            Announcement(prefix: SpeakerTests.floatingIP, attributes: route(nextHop: "10.0.1.99", med: 10)),
            at: pair.now)
        pair.establish()
        #expect(pair.rightRIB.map(\.attributes) == [route([65001], nextHop: "10.0.1.99", med: 10)])
    }

    @Test func `a received route is passed on without its MED and with a new next hop`() {
        var pair = SpeakerPair()
        pair.establish()
        SpeakerTests.addOnward(&pair, asn: 65009)
        pair.left.originate(
            Announcement(prefix: SpeakerTests.floatingIP, attributes: route(med: 10)), at: pair.now)
        pair.exchange()
        #expect(pair.rightRIB.map(\.attributes.multiExitDiscriminator) == [10])
        #expect(
            pair.onward == [
                UpdateMessage(
                    attributes: route([65000, 65001], nextHop: "10.0.9.1"), announced: [SpeakerTests.floatingIP])
            ])
        #expect(pair.toLeft.isEmpty)
    }

    @Test func `a change that a neighbour cannot see is not sent to it`() {
        var pair = SpeakerPair()
        pair.establish()
        SpeakerTests.addOnward(&pair, asn: 65009)
        for med: UInt32 in [10, 20] {
            pair.left.originate(
                Announcement(prefix: SpeakerTests.floatingIP, attributes: route(med: med)), at: pair.now)
            pair.exchange()
        }
        #expect(pair.toRight.count == 2)
        #expect(pair.onward.count == 1)
    }

    @Test func `an internal neighbour gets LOCAL_PREF and the path as it is`() {
        var pair = SpeakerPair(leftASN: 65000, rightASN: 65000)
        pair.left.originate(Announcement(prefix: SpeakerTests.floatingIP, attributes: route()), at: pair.now)
        pair.left.originate(
            Announcement(prefix: prefix("10.0.0.0/8"), attributes: route(localPreference: 300)), at: pair.now)
        pair.establish()
        #expect(
            pair.rightRIB.map(\.attributes) == [
                route(nextHop: "10.0.1.203", localPreference: 300), route(nextHop: "10.0.1.203", localPreference: 100),
            ])
    }

    @Test func `routes from an internal neighbour are not passed on to another internal one`() {
        var pair = SpeakerPair(leftASN: 65000, rightASN: 65000)
        pair.establish()
        SpeakerTests.addOnward(&pair, asn: 65000)
        pair.left.originate(Announcement(prefix: SpeakerTests.floatingIP, attributes: route()), at: pair.now)
        pair.exchange()
        #expect(pair.rightRIB.count == 1)
        #expect(pair.onward.isEmpty)
    }

    @Test(arguments: [
        (Community.noExport, UInt32(65009), false), (.noExport, 65000, true), (.noAdvertise, 65000, false),
        (.noAdvertise, 65009, false), (.noExportSubconfed, 65009, false), (Community(65001 << 16 | 100), 65009, true),
    ])
    func `well-known communities are obeyed`(
        community: Community, onwardASN: UInt32, isPassedOn: Bool
    ) {
        var pair = SpeakerPair()
        pair.establish()
        SpeakerTests.addOnward(&pair, asn: onwardASN)
        pair.left.originate(
            Announcement(prefix: SpeakerTests.floatingIP, attributes: route(communities: [community])), at: pair.now)
        pair.exchange()
        #expect(pair.rightRIB.map(\.attributes.communities) == [[community]])
        #expect(pair.onward.isEmpty == !isPassedOn)
    }

    @Test func `a path with the own ASN is counted as received and not used`() {
        var pair = SpeakerPair()
        pair.left.originate(
            Announcement(prefix: SpeakerTests.floatingIP, attributes: route([65000])), at: pair.now)
        pair.establish()
        #expect(pair.rightRIB.isEmpty)
        #expect(pair.right.routeCounts(of: SpeakerPair.link)?.received == 1)
        #expect(pair.right.routeCounts(of: SpeakerPair.link)?.accepted == 0)
        #expect(pair.right.adjRIBIn(SpeakerPair.link, .ipv4, at: pair.now)?.map(\.isValid) == [false])
    }

    @Test func `the end of a session takes its routes away here and further on`() {
        var pair = SpeakerPair()
        pair.left.originate(Announcement(prefix: SpeakerTests.floatingIP, attributes: route()), at: pair.now)
        pair.establish()
        SpeakerTests.addOnward(&pair, asn: 65009)
        pair.end()
        #expect(pair.rightRIB.isEmpty)
        #expect(pair.onward == [UpdateMessage(withdrawn: [SpeakerTests.floatingIP])])
        #expect(pair.right.adjRIBIn(SpeakerPair.link, .ipv4, at: pair.now) == nil)
        #expect(pair.left.routeCounts(of: SpeakerPair.link)?.advertised == 0)
        pair.establish()
        #expect(pair.rightRIB.count == 1)
    }

    @Test func `a route refresh sends the family's routes again`() {
        var pair = SpeakerPair()
        pair.left.originate(Announcement(prefix: SpeakerTests.floatingIP, attributes: route()), at: pair.now)
        pair.establish()
        pair.forget()
        pair.left.routeRefreshRequested(.ipv6, from: SpeakerPair.link)
        pair.exchange()
        #expect(pair.toRight.isEmpty)
        pair.left.routeRefreshRequested(.ipv4, from: SpeakerPair.link)
        pair.exchange()
        #expect(pair.toRight.map(\.announced) == [[SpeakerTests.floatingIP]])
        #expect(pair.left.routeCounts(of: SpeakerPair.link)?.advertised == 1)
    }

    @Test func `what is asked for again and again is sent once`() {
        var pair = SpeakerPair()
        pair.left.originate(Announcement(prefix: SpeakerTests.floatingIP, attributes: route()), at: pair.now)
        pair.establish()
        pair.forget()
        pair.left.sendBacklogFull(SpeakerPair.link)
        for _ in 0..<1000 { pair.left.routeRefreshRequested(.ipv4, from: SpeakerPair.link) }
        pair.exchange()
        #expect(pair.toRight.isEmpty)
        pair.left.sendBacklogDrained(SpeakerPair.link)
        pair.exchange()
        #expect(pair.toRight.map(\.announced) == [[SpeakerTests.floatingIP]])
    }

    @Test func `what changes often while a neighbour does not read is told once, as it is then`() {
        var pair = SpeakerPair()
        let prefixes = (0..<6).map { prefix("10.\($0).0.0/16") }
        for prefix in prefixes[..<4] {
            pair.left.originate(Announcement(prefix: prefix, attributes: route()), at: pair.now)
        }
        pair.establish()
        pair.forget()
        pair.left.sendBacklogFull(SpeakerPair.link)
        for flap in 0..<100 {
            for prefix in prefixes {
                _ = pair.left.withdraw(prefix)
                pair.left.originate(Announcement(prefix: prefix, attributes: route(med: UInt32(flap))), at: pair.now)
            }
        }
        // In the end one is as before, one is gone, two are others, one is new, and one has come and gone.
        pair.left.originate(Announcement(prefix: prefixes[0], attributes: route()), at: pair.now)
        _ = pair.left.withdraw(prefixes[1])
        _ = pair.left.withdraw(prefixes[5])
        pair.exchange()
        #expect(pair.toRight.isEmpty)
        #expect(pair.left.routeCounts(of: SpeakerPair.link)?.advertised == 4)
        pair.left.sendBacklogDrained(SpeakerPair.link)
        pair.exchange()
        #expect(pair.toRight.map(\.withdrawn) == [[prefixes[1]], []])
        #expect(pair.toRight.map(\.announced) == [[], Array(prefixes[2...4])])
        #expect(pair.left.routeCounts(of: SpeakerPair.link)?.advertised == 4)
        #expect(pair.rightRIB.map(\.prefix) == [0, 2, 3, 4].map { prefixes[$0] })
    }

    @Test func `a table stops where a neighbour stops reading, and goes on with what has changed meanwhile`() {
        var pair = SpeakerPair()
        let prefixes = (0..<20_000).map { IPPrefix(host: .v4(IPv4Address(bits: 0x0B00_0000 + UInt32($0)))) }
        pair.left.originate(prefixes, attributes: route(), at: pair.now)
        pair.left.sessionEstablished(
            SpeakerPair.link, localAddress: SpeakerPair.leftAddress, families: [.ipv4],
            peerRouterID: pair.right.routerID, at: pair.now)
        var told: [UpdateMessage] = []
        func take() { while case .send(_, let update)? = pair.left.nextOutput() { told.append(update) } }
        take()
        #expect(told.map(\.announced.count) == [4096], "one part at a time: others have their turn between them")
        #expect(pair.left.hasMore)
        pair.left.sendBacklogFull(SpeakerPair.link)
        #expect(!pair.left.hasMore)
        pair.left.resume()
        take()
        #expect(told.count == 1)
        pair.left.withdraw(prefixes[5000..<5002])
        pair.left.originate(prefixes[6000..<6001], attributes: route(med: 1), at: pair.now)
        pair.left.sendBacklogDrained(SpeakerPair.link)
        while pair.left.hasMore {
            pair.left.resume()
            take()
        }
        take()
        #expect(told.last?.endOfRIB == .ipv4)
        var known: [IPPrefix: PathAttributes] = [:]
        for update in told {
            update.withdrawn.forEach { known[$0] = nil }
            update.announced.forEach { known[$0] = update.attributes }
        }
        #expect(known.count == 19_998)
        #expect(known[prefixes[5000]] == nil && known[prefixes[5001]] == nil)
        #expect(known[prefixes[6000]]?.multiExitDiscriminator == 1)
        #expect(pair.left.routeCounts(of: SpeakerPair.link)?.advertised == 19_998)
    }

    @Test func `a prefix both withdrawn and announced in one UPDATE is announced`() {
        var pair = SpeakerPair()
        pair.establish()
        pair.right.received(
            UpdateMessage(
                withdrawn: [SpeakerTests.floatingIP], attributes: route([65001], nextHop: "10.0.1.203"),
                announced: [SpeakerTests.floatingIP]), from: SpeakerPair.link, at: pair.now)
        #expect(pair.rightRIB.count == 1)
    }

    @Test func `a multicast prefix is no route`() {
        var pair = SpeakerPair()
        pair.establish()
        pair.right.received(
            UpdateMessage(
                attributes: route([65001], nextHop: "10.0.1.203"),
                announced: [prefix("224.0.0.0/4"), SpeakerTests.floatingIP]), from: SpeakerPair.link, at: pair.now)
        #expect(pair.rightRIB.map(\.prefix) == [SpeakerTests.floatingIP])
        let counts = pair.right.routeCounts(of: SpeakerPair.link)
        #expect(counts?.received == 2 && counts?.accepted == 1)
    }

    @Test func `Adj-RIB-Out lists the routes as they were sent`() {
        var pair = SpeakerPair()
        pair.left.originate(
            Announcement(
                prefix: SpeakerTests.floatingIP, attributes: route([65001, 65001], communities: [.noExport])),
            at: pair.now)
        pair.establish()
        let rows = pair.left.adjRIBOut(SpeakerPair.link, .ipv4, at: pair.now)
        #expect(
            rows?.map(\.attributes) == [
                route([65001, 65001, 65001], nextHop: "10.0.1.203", communities: [.noExport])
            ])
    }

    @Test func `a path of 255 numbers gets a second segment`() {
        let path = ASPath(sequence: Array(repeating: ASN(1), count: 255)).prepending(ASN(2))
        #expect(path.segments.first == .sequence([ASN(2)]))
        #expect(path.length == 256)
    }
}
