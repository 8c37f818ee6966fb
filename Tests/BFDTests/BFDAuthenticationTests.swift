// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Testing
import WireFormat

@Suite struct BFDAuthenticationTests {
    /// Takes the place of MD5 and SHA1, which the caller supplies: each input octet changes each octet of the result.
    private static func digestFunction(_ algorithm: DigestFunction.Algorithm) -> DigestFunction {
        DigestFunction(algorithm) { input in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for offset in 0..<input.byteCount { hash = (hash ^ UInt64(input[offset])) &* 0x100_0000_01B3 }
            var result = AuthenticationData()
            for _ in 0..<algorithm.octetCount {
                hash = (hash ^ hash >> 29) &* 0x100_0000_01B3
                result.append(UInt8(truncatingIfNeeded: hash >> 32))
            }
            return result
        }
    }

    private static func authentication(
        _ type: AuthenticationType, id: UInt8 = 7, secret: String = "not so secret", others: [Authentication.Key] = []
    ) -> Authentication {
        let method: Authentication.Method =
            switch type {
            case .keyedMD5: .keyed(digestFunction(.md5), isMeticulous: false)
            case .meticulousKeyedMD5: .keyed(digestFunction(.md5), isMeticulous: true)
            case .keyedSHA1: .keyed(digestFunction(.sha1), isMeticulous: false)
            case .meticulousKeyedSHA1: .keyed(digestFunction(.sha1), isMeticulous: true)
            default: .simplePassword
            }
        return Authentication(
            method, sendingKey: .init(id: id, secret: data(secret)), otherKeys: others)
    }

    private static func authenticated(_ authentication: Authentication?) -> BFDSessionConfiguration {
        configuration(milliseconds: 20, authentication: authentication)
    }

    static let types: [AuthenticationType] = [
        .simplePassword, .keyedMD5, .meticulousKeyedMD5, .keyedSHA1, .meticulousKeyedSHA1,
    ]
    static let keyedTypes = Array(types.dropFirst())

    private static func sequenceNumber(_ packet: ControlPacket) -> UInt32? {
        guard case .digest(let digest) = packet.authentication else { return nil }
        return digest.sequenceNumber
    }

    @Test(arguments: types)
    func `two that share a key come up and stay up`(type: AuthenticationType) throws {
        var pair = BFDPair(Self.authenticated(Self.authentication(type)))
        #expect(pair[.left].authType == type)
        try pair.runUntilSettled()
        pair.run(for: .seconds(8))
        for side in BFDPair.Side.allCases {
            #expect(pair[side].statistics.downs == 0)
            #expect(pair[side].statistics.discardedPackets == 0)
            #expect(pair.transmissions(of: side).allSatisfy { $0.packet.authentication?.type == type })
        }
        #expect(pair.violations == [])
    }

    @Test(arguments: keyedTypes)
    func `the sequence number grows as the type prescribes`(type: AuthenticationType) throws {
        var pair = BFDPair(Self.authenticated(Self.authentication(type)))
        try pair.runUntilSettled()
        let packets = pair.transmissions(of: .left).map(\.packet)
        for (earlier, later) in zip(packets, packets.dropFirst()) {
            let before = try #require(Self.sequenceNumber(earlier))
            let after = try #require(Self.sequenceNumber(later))
            let isNews = earlier.state != later.state || earlier.desiredMinTxInterval != later.desiredMinTxInterval
            #expect(after &- before <= 1)
            if type.isMeticulous || isNews { #expect(after &- before == 1) }
        }
        let last = try #require(packets.last.flatMap(Self.sequenceNumber))
        let first = try #require(packets.first.flatMap(Self.sequenceNumber))
        if !type.isMeticulous { #expect(last &- first < 6) }
        // The key itself is not in any packet.
        let key = data("not so secret").octets
        for packet in packets {
            guard case .digest(let digest) = packet.authentication else {
                Issue.record("not authenticated: \(packet)")
                continue
            }
            #expect(Array(digest.digest.octets.prefix(key.count)) != key)
        }
    }

    @Test(arguments: types)
    func `packets that fail authentication are discarded, and the reason is reported once`(type: AuthenticationType) {
        let other = type == .simplePassword ? AuthenticationType.keyedSHA1 : .simplePassword
        let wrongSecret: DiscardReason = type == .simplePassword ? .wrongPassword : .wrongDigest
        let cases: [(Authentication?, DiscardReason)] = [
            (nil, .missingAuthentication), (Self.authentication(other), .wrongAuthenticationType(other)),
            (Self.authentication(type, id: 8), .unknownKeyID(8)),
            (Self.authentication(type, secret: "not so SECRET"), wrongSecret),
        ]
        for (wrong, reason) in cases {
            var pair = BFDPair(
                left: Self.authenticated(Self.authentication(type)), right: Self.authenticated(wrong))
            pair.run(for: .seconds(20))
            #expect(pair[.left].sessionState == .down)
            #expect(pair[.left].remoteDiscr == nil)
            #expect(pair[.left].statistics.receivedPackets == 0)
            #expect(pair[.left].statistics.discardedPackets >= 20)
            #expect(pair.findings(of: .left) == [.discarded(reason)])
            if wrong == nil { #expect(pair.findings(of: .right) == [.discarded(.unexpectedAuthentication)]) }
        }
    }

    @Test func `a password is compared to its end`() {
        for secret in ["not so secre", "not so secret!", "x"] {
            var pair = BFDPair(
                left: Self.authenticated(Self.authentication(.simplePassword)),
                right: Self.authenticated(Self.authentication(.simplePassword, secret: secret)))
            pair.run(for: .seconds(5))
            #expect(pair[.left].sessionState == .down && pair[.right].sessionState == .down)
        }
    }

    @Test(arguments: keyedTypes)
    func `replayed packets are discarded`(type: AuthenticationType) throws {
        var pair = BFDPair(Self.authenticated(Self.authentication(type)))
        try pair.runUntilSettled()
        let recorded = try #require(pair.arrivals[.right])
        let downs = recorded.filter { $0.packet.state == .down || $0.packet.state == .initializing }
        try #require(!downs.isEmpty)
        pair.handle(.setDetectMult(4), on: .left)
        pair.run(for: .seconds(1))
        pair.forgetRecords()
        for old in downs {
            pair.deliver(encode(old.packet), to: .right)
            #expect(pair[.right].sessionState == .up)
        }
        #expect(pair[.right].statistics.discardedPackets == UInt64(downs.count))
        guard case .discarded(.sequenceNumberOutOfRange)? = pair.findings(of: .right).first else {
            Issue.record("a replay is to be found, not \(pair.findings(of: .right))")
            return
        }
        // The last one again: only the meticulous types can detect it.
        let last = try #require(pair.arrivals[.right]?.last { $0.packet.state == .up } ?? recorded.last)
        pair.run(for: .milliseconds(100))
        let newest = try #require(pair.arrivals[.right]?.last ?? last)
        let before = pair[.right].statistics.discardedPackets
        pair.deliver(encode(newest.packet), to: .right)
        #expect(pair[.right].statistics.discardedPackets == before + (type.isMeticulous ? 1 : 0))
        pair.run(for: .seconds(5))
        #expect(pair.areBothUp && pair[.right].statistics.downs == 0)
        #expect(pair.violations == [])
    }

    @Test(arguments: keyedTypes)
    func `a forged sequence number changes nothing`(type: AuthenticationType) throws {
        var pair = BFDPair(Self.authenticated(Self.authentication(type)))
        try pair.runUntilSettled()
        let expected = pair[.right].rcvAuthSeq
        var forged = try #require(pair.arrivals[.right]?.last?.packet)
        guard case .digest(var digest) = forged.authentication else {
            Issue.record("the packet is not authenticated")
            return
        }
        digest.sequenceNumber &+= 5
        forged.authentication = .digest(digest)
        pair.deliver(encode(forged), to: .right)
        #expect(pair[.right].rcvAuthSeq == expected)
        #expect(pair.findings(of: .right) == [.discarded(.wrongDigest)])

        // Nor while no number is known.
        var fresh = BFDPair(Self.authenticated(Self.authentication(type)))
        forged.yourDiscriminator = nil
        forged.state = .down
        fresh.deliver(encode(forged), to: .right)
        #expect(!fresh[.right].authSeqKnown)
        try fresh.run { $0.areBothUp }
    }

    @Test(arguments: keyedTypes)
    func `a flipped bit anywhere is noticed`(type: AuthenticationType) throws {
        var pair = BFDPair(Self.authenticated(Self.authentication(type)))
        try pair.runUntilSettled()
        let good = encode(try #require(pair.arrivals[.right]?.last?.packet))
        var judgedCount = 0
        for bit in 0..<good.count * 8 {
            var octets = good
            octets[bit / 8] ^= 1 << UInt8(bit % 8)
            // What is no packet any more does not reach the session.
            guard let packet = try? decode(octets) else { continue }
            judgedCount += 1
            let received = pair[.right].statistics.receivedPackets
            pair.handle(.packet(packet), on: .right)
            #expect(pair[.right].statistics.receivedPackets == received, "bit \(bit)")
        }
        // At least the bits of the digest, which may have any value.
        #expect(judgedCount >= 16 * 8)
        #expect(pair[.right].sessionState == .up)
    }

    @Test(arguments: keyedTypes)
    func `sequence numbers wrap around`(type: AuthenticationType) throws {
        let authentication = Self.authentication(type)
        var lone = LoneSession(Self.authenticated(authentication))
        let last: [UInt32] = [.max - 1, .max, 0, 1]
        for number in last {
            lone.receive(try Self.signed(lone.packet(.down), by: authentication, number: number))
            #expect(lone.session.rcvAuthSeq == number)
        }
        #expect(lone.findings.isEmpty)
        // At most three times the Detect Mult of 3 may be skipped.
        lone.receive(try Self.signed(lone.packet(.down), by: authentication, number: 11))
        #expect(lone.findings == [.discarded(.sequenceNumberOutOfRange(11, last: 1))])
        lone.receive(try Self.signed(lone.packet(.down), by: authentication, number: 10))
        #expect(lone.session.rcvAuthSeq == 10)
    }

    @Test(arguments: keyedTypes)
    func `after twice the detection time any sequence number is accepted`(type: AuthenticationType) throws {
        let authentication = Self.authentication(type)
        var lone = LoneSession(Self.authenticated(authentication))
        lone.receive(try Self.signed(lone.packet(.down), by: authentication, number: 1000))
        #expect(lone.session.authSeqKnown)
        let heard = lone.now
        while lone.session.authSeqKnown, lone.now < heard + .seconds(10) { lone.runToDeadline() }
        #expect(lone.now - heard == .milliseconds(120))
        lone.receive(try Self.signed(lone.packet(.down), by: authentication, number: 5))
        #expect(lone.session.rcvAuthSeq == 5)
    }

    @Test(arguments: types)
    func `a key is replaced without going down`(type: AuthenticationType) throws {
        let old = Authentication.Key(id: 1, secret: data("old"))
        var pair = BFDPair(
            left: Self.authenticated(Self.authentication(type, id: 2, secret: "new", others: [old])),
            right: Self.authenticated(
                Self.authentication(type, id: 1, secret: "old", others: [.init(id: 2, secret: data("new"))])))
        try pair.runUntilSettled()
        #expect(pair[.left].statistics.discardedPackets == 0 && pair[.right].statistics.discardedPackets == 0)
    }

    @Test func `keys that no authentication type can use are named in the error`() {
        func problems(_ type: AuthenticationType, _ secret: String, others: [Authentication.Key] = []) -> [String] {
            Self.authenticated(Self.authentication(type, secret: secret, others: others)).problems
        }
        #expect(problems(.simplePassword, "sixteen octets!!") == [])
        #expect(
            problems(.simplePassword, "seventeen octets!")
                == ["key 7 has 17 octets: 1 to 16 are allowed for Simple Password"])
        #expect(problems(.keyedMD5, "seventeen octets!").count == 1)
        #expect(problems(.keyedSHA1, "exactly twenty octet") == [])
        #expect(problems(.keyedSHA1, "").count == 1)
        #expect(
            problems(.keyedSHA1, "a", others: [.init(id: 7, secret: data("b"))]) == ["two keys have the same ID"])
    }

    /// The packet as a peer with that key would send it.
    private static func signed(
        _ packet: ControlPacket, by authentication: Authentication, number: UInt32
    ) throws -> ControlPacket {
        guard case .keyed(let function, _) = authentication.method else { return packet }
        var digest = try #require(
            DigestAuthentication(
                type: authentication.type, keyID: authentication.sendingKey.id, sequenceNumber: number,
                digest: authentication.sendingKey.secret))
        var packet = packet
        packet.authentication = .digest(digest)
        digest.digest = function(encode(packet).span.bytes)
        packet.authentication = .digest(digest)
        return packet
    }
}
