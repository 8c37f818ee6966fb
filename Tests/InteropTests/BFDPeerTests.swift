// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Foundation
import LinuxSystem
import Measurement
import NodeProtocol
import NodeRuntime
import TestSupport
import Testing
import WireFormat

extension InteropTests {
    /// BFD between our route server and one peer, rslab's own speaker or bird, without a lab.
    @Suite(.requires(daemon: .bird), .measures, .timeLimit(.minutes(3)))
    struct BFDPeerTests {
        private static func settings(
            milliseconds: UInt32 = 50, isPassive: Bool = false, authentication: String? = nil
        ) throws -> BFDSessionSettings {
            BFDSessionSettings(
                timers: BFDTimers(interval: .milliseconds(milliseconds), multiplier: 3), isPassive: isPassive,
                authentication: try authentication.map { try BFDAuthentication($0) })
        }

        // MARK: Authentication

        @Test(arguments: BFDAuthentication.Kind.allCases)
        func `bird comes up with the right key, and not with a wrong one, another type or none`(
            kind: BFDAuthentication.Kind
        ) throws {
            let scene = try BFDScene()
            // Shorter than the digest: it is padded (RFC 5880 sections 6.7.3 and 6.7.4).
            let right = try Self.settings(authentication: "\(kind.rawValue):7:not so secret")
            try scene.startRouteServer(right)
            try scene.start(.bird, right)
            try scene.waitUntilUp(milliseconds: 50)
            let session = try #require(try scene.session())
            #expect(session.authentication == kind.type.description)
            #expect(session.downs == 0 && session.discardedPackets == 0)
            try eventually("BGP") { try scene.isEstablished() }

            let other: BFDAuthentication.Kind = kind == .keyedSHA1 ? .keyedMD5 : .keyedSHA1
            let wrong = [
                try Self.settings(authentication: "\(kind.rawValue):7:not so SECRET"),
                try Self.settings(authentication: "\(kind.rawValue):8:not so secret"),
                try Self.settings(authentication: "\(other.rawValue):7:not so secret"), try Self.settings(),
            ]
            // One mistake for each type, and a wrong key for all of them.
            let number = try #require(BFDAuthentication.Kind.allCases.firstIndex(of: kind))
            for settings in Set([wrong[0], wrong[number % wrong.count]]) {
                let former = try #require(try scene.session())
                try scene.start(.bird, settings)
                try eventually("packets to be discarded") {
                    guard let session = try scene.session() else { return false }
                    return !session.isUp && session.discardedPackets >= former.discardedPackets + 2
                }
                #expect(try scene.session()?.ups == former.ups)
                #expect(try scene.askBird("show", "bfd", "sessions").contains(" Up ") == false)
            }
            try scene.start(.bird, right)
            try scene.waitUntilUp(milliseconds: 50)
        }

        @Test func `our own speaker and the route server share a key`() throws {
            let scene = try BFDScene()
            let settings = try Self.settings(authentication: "meticulous-keyed-sha1:0:exactly twenty octet")
            try scene.startRouteServer(settings)
            try scene.start(.builtin, settings)
            try scene.waitUntilUp(milliseconds: 50)
            #expect(try scene.session()?.discardedPackets == 0)
        }

        // MARK: Roles

        @Test(arguments: BFDScene.Peer.allCases)
        func `one passive end is spoken to, and two passive ends wait for ever`(peer: BFDScene.Peer) throws {
            let scene = try BFDScene()
            try scene.startRouteServer(try Self.settings(isPassive: true))
            try scene.start(peer, try Self.settings(isPassive: true))
            Thread.sleep(forTimeInterval: 1.5)
            let session = try #require(try scene.session())
            #expect(session.role == "passive")
            #expect(session.state == "Down" && session.sentPackets == 0 && session.receivedPackets == 0)

            try scene.start(peer, try Self.settings())
            try scene.waitUntilUp(milliseconds: 50)

            let turned = try BFDScene()
            try turned.startRouteServer(try Self.settings())
            try turned.start(peer, try Self.settings(isPassive: true))
            try turned.waitUntilUp(milliseconds: 50)
            #expect(try turned.session()?.role == "active")
        }

        // MARK: Changes while Up

        @Test(arguments: BFDScene.Peer.allCases)
        func `when either end restarts, the other recognises it by its new discriminator`(
            peer: BFDScene.Peer
        ) throws {
            let scene = try BFDScene()
            let settings = try Self.settings()
            try scene.startRouteServer(settings)
            try scene.start(peer, settings)
            try scene.waitUntilUp(milliseconds: 50)
            try eventually("BGP") { try scene.isEstablished() }
            let first = try #require(try scene.session())

            try scene.start(peer, settings)
            try eventually("the new peer") {
                try scene.session()?.remoteDiscriminator != first.remoteDiscriminator
            }
            try scene.waitUntilUp(milliseconds: 50)
            let second = try #require(try scene.session())
            #expect(second.localDiscriminator == first.localDiscriminator)
            #expect(second.downs == 1)

            try scene.stopRouteServer()
            try scene.startRouteServer(settings)
            try scene.waitUntilUp(milliseconds: 50)
            let third = try #require(try scene.session())
            #expect(third.localDiscriminator != first.localDiscriminator)
            // bird ends its BFD session with its BGP session, and that can be after the new route server's came Up.
            let isTakenDown = peer == .bird && third.localDiagnostic == "Neighbor Signaled Session Down"
            #expect(third.downs == (isTakenDown ? 1 : 0), "\(third.localDiagnostic)")
            try eventually("BGP again", within: .seconds(20)) { try scene.isEstablished() }
        }

        @Test(arguments: BFDScene.Peer.allCases)
        func `the route server changes its intervals and holds down on purpose, and BGP stays`(
            peer: BFDScene.Peer
        ) throws {
            let scene = try BFDScene()
            let settings = try Self.settings()
            try scene.startRouteServer(settings)
            try scene.start(peer, settings)
            try scene.waitUntilUp(milliseconds: 50)
            try eventually("BGP") { try scene.isEstablished() }

            // Slower by a Poll Sequence, faster at once, and slower than the former detection time.
            for milliseconds: UInt32 in [200, 50, 300, 50] {
                let timers = BFDTimers(interval: .milliseconds(milliseconds), multiplier: 3)
                try scene.change(.setTimers(timers), at: .routeServer)
                try scene.waitUntilUp(milliseconds: max(milliseconds, 50))
            }
            #expect(try scene.session()?.downs == 0)

            try scene.change(.adminDown, at: .routeServer)
            // What is shown is of the moment in which it is asked for.
            #expect(try scene.session()?.state == "AdminDown")
            try eventually("the peer to know") { try scene.session()?.remoteState == "Down" }
            Thread.sleep(forTimeInterval: 0.5)
            // bird 2 reports a peer in AdminDown to its BGP just like a lost one.
            if peer != .bird { #expect(try scene.isEstablished()) }
            try scene.change(.adminUp, at: .routeServer)
            try scene.waitUntilUp(milliseconds: 50)
        }

        @Test func `our own speaker changes its intervals and holds down on purpose, and BGP stays`() throws {
            let scene = try BFDScene()
            let settings = try Self.settings()
            try scene.startRouteServer(settings)
            try scene.start(.builtin, settings)
            try scene.waitUntilUp(milliseconds: 50)
            try eventually("BGP") { try scene.isEstablished() }
            let timers = BFDTimers(interval: .milliseconds(120), multiplier: 5)
            try scene.change(.setTimers(timers), at: .speaker)
            try scene.waitUntilUp(milliseconds: 120)
            #expect(try scene.session()?.detectionTimeMicroseconds == 600_000)
            #expect(try scene.session()?.downs == 0)

            try scene.change(.adminDown, at: .speaker)
            try eventually("AdminDown of the peer") { try scene.session()?.remoteState == "AdminDown" }
            Thread.sleep(forTimeInterval: 0.5)
            #expect(try scene.isEstablished())
            #expect(try scene.session()?.localDiagnostic == "Neighbor Signaled Session Down")
            try scene.change(.adminUp, at: .speaker)
            try scene.waitUntilUp(milliseconds: 120)
        }

        // MARK: Load

        @Test func `a full table in the same process keeps no session waiting`() throws {
            let scene = try BFDScene()
            let settings = try Self.settings()
            try scene.startRouteServer(settings)
            try scene.start(.builtin, settings)
            try scene.waitUntilUp(milliseconds: 50)
            let speaker = try #require(scene.speaker).connection
            let routeServer = try #require(scene.routeServer).connection
            try eventually("BGP") { try scene.isEstablished() }
            _ = try routeServer.ask(TakeLateness())
            let before = try #require(try scene.session())

            let block = try #require(PrefixBlock(count: PrefixBlock.maximumCount))
            _ = try speaker.ask(
                OriginateBlock(
                    block, PathAttributes(origin: .igp, asPath: ASPath(segments: []), nextHop: .v4(.any))))
            let start = Instant.now
            try eventually("all routes", within: .seconds(100)) {
                try routeServer.neighbor().receivedCount == block.count
            }
            _ = try speaker.ask(WithdrawBlock(block))
            try eventually("none of them", within: .seconds(60)) {
                try routeServer.neighbor().receivedCount == 0
            }
            let took = Instant.now - start
            let session = try #require(try scene.session())
            #expect(session.isUp && session.downs == 0)
            // 75 to 100 % of the interval between two packets (RFC 5880 section 6.8.7).
            let sent = session.sentPackets - before.sentPackets
            #expect(Double(sent) >= max(took.milliseconds - 200, 0) / 50 * 0.9, "\(sent) packets in \(took)")
            #expect(try speaker.ask(ListBFDSessions()).allSatisfy { $0.isUp && $0.downs == 0 })
            let lateness = try routeServer.ask(TakeLateness())
            #expect(try #require(lateness.bfd).count > 0)
        }
    }
}
