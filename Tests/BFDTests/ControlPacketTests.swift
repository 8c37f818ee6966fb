// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Causes
import TestSupport
import Testing
import WireFormat

@Suite struct ControlPacketTests {
    /// Octets and their values, for both directions.
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var octets: [UInt8]
        var packet: ControlPacket
        var testDescription: String { name }
    }

    static let vectors: [Vector] = [
        Vector(
            name: "first packet of a session",
            octets: hex("20 40 03 18  0000002a 00000000  000f4240 000f4240 00000000"),
            packet: ControlPacket(state: .down, myDiscriminator: discriminator(42))),
        Vector(
            name: "Up with a Poll, C and Echo",
            octets: hex("20 e8 05 18  deadbeef 00000001  00004e20 0000c350 00000007"),
            packet: ControlPacket(
                state: .up, isPoll: true, isControlPlaneIndependent: true, detectMult: 5,
                myDiscriminator: discriminator(0xDEAD_BEEF), yourDiscriminator: discriminator(1),
                desiredMinTxInterval: .milliseconds(20), requiredMinRxInterval: .milliseconds(50),
                requiredMinEchoRxInterval: Microseconds(7))),
        Vector(
            name: "Up with Final and Demand",
            octets: hex("20 d2 01 18  00000001 ffffffff  00002710 00000000 00000000"),
            packet: ControlPacket(
                state: .up, isFinal: true, isDemand: true, detectMult: 1, myDiscriminator: discriminator(1),
                yourDiscriminator: discriminator(.max), desiredMinTxInterval: .milliseconds(10),
                requiredMinRxInterval: .zero)),
        Vector(
            name: "AdminDown",
            octets: hex("27 00 ff 18  00000009 00000008  000f4240 00000001 00000000"),
            packet: ControlPacket(
                diagnostic: .administrativelyDown, state: .adminDown, detectMult: 255,
                myDiscriminator: discriminator(9), yourDiscriminator: discriminator(8),
                requiredMinRxInterval: Microseconds(1))),
        Vector(
            name: "reserved diagnostic in Init",
            octets: hex("3f 80 03 18  00000009 00000008  00000000 000f4240 00000000"),
            packet: ControlPacket(
                diagnostic: Diagnostic(code: 31), state: .initializing, myDiscriminator: discriminator(9),
                yourDiscriminator: discriminator(8), desiredMinTxInterval: .zero)),
        Vector(
            name: "simple password",
            octets: hex("20 44 03 21  00000009 00000000  000f4240 000f4240 00000000  01 09 07 73 65 63 72 65 74"),
            packet: ControlPacket(
                state: .down, myDiscriminator: discriminator(9),
                authentication: .simplePassword(keyID: 7, password: data("secret")))),
        Vector(
            name: "keyed MD5",
            octets: hex(
                """
                20 44 03 30  00000009 00000000  000f4240 000f4240 00000000
                02 18 01 00 fffffffe  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f
                """),
            packet: digestPacket(.keyedMD5, sequenceNumber: 0xFFFF_FFFE)),
        Vector(
            name: "meticulous keyed MD5",
            octets: hex(
                """
                20 44 03 30  00000009 00000000  000f4240 000f4240 00000000
                03 18 01 00 00000001  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f
                """),
            packet: digestPacket(.meticulousKeyedMD5, sequenceNumber: 1)),
        Vector(
            name: "keyed SHA1 with its reserved octet set",
            octets: hex(
                """
                20 44 03 34  00000009 00000000  000f4240 000f4240 00000000
                04 1c 01 aa 00000002  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13
                """),
            packet: digestPacket(.keyedSHA1, sequenceNumber: 2, reserved: 0xAA)),
        Vector(
            name: "meticulous keyed SHA1",
            octets: hex(
                """
                20 44 03 34  00000009 00000000  000f4240 000f4240 00000000
                05 1c 01 00 00000003  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13
                """),
            packet: digestPacket(.meticulousKeyedSHA1, sequenceNumber: 3)),
        Vector(
            name: "reserved authentication type",
            octets: hex("20 44 03 1c  00000009 00000000  000f4240 000f4240 00000000  c8 04 12 34"),
            packet: ControlPacket(
                state: .down, myDiscriminator: discriminator(9),
                authentication: .other(AuthenticationType(rawValue: 200), data: [0x12, 0x34]))),
    ]

    @Test(arguments: vectors)
    func `octets become a packet, and the packet the same octets`(vector: Vector) throws {
        #expect(try decode(vector.octets) == vector.packet)
        #expect(encode(vector.packet) == vector.octets)
        #expect(vector.packet.encodedOctetCount == vector.octets.count)
    }

    @Test(arguments: vectors)
    func `a packet that is cut short at any octet is rejected`(vector: Vector) {
        for count in 0..<vector.octets.count {
            let expected: ControlPacketError =
                count < 4
                ? .truncated(TruncatedError(neededByteCount: 1, availableByteCount: 0))
                : .lengthBeyondPayload(vector.octets[3], payload: count)
            #expect(throws: expected) { try decode(Array(vector.octets.prefix(count))) }
        }
    }

    @Test(arguments: vectors)
    func `octets beyond the Length are ignored`(vector: Vector) throws {
        #expect(try decode(vector.octets + [1, 2, 3]) == vector.packet)
    }

    @Test func `a Length above 24 without the A bit is no error`() throws {
        var octets = Self.vectors[0].octets + [1, 2, 3]
        octets[3] = 27
        #expect(try decode(octets) == Self.vectors[0].packet)
    }

    /// Octets, and the check of RFC 5880 section 6.8.6 that rejects them.
    static let rejected: [(String, ControlPacketError)] = [
        ("00 40 03 18  0000002a 00000000  000f4240 000f4240 00000000", .badVersion(0)),
        ("40 40 03 18  0000002a 00000000  000f4240 000f4240 00000000", .badVersion(2)),
        ("e0 40 03 18  0000002a 00000000  000f4240 000f4240 00000000", .badVersion(7)),
        ("20 40 03 17  0000002a 00000000  000f4240 000f4240 00000000", .lengthTooSmall(23)),
        ("20 40 03 00  0000002a 00000000  000f4240 000f4240 00000000", .lengthTooSmall(0)),
        ("20 44 03 19  0000002a 00000000  000f4240 000f4240 00000000 0103", .lengthTooSmall(25)),
        ("20 40 03 19  0000002a 00000000  000f4240 000f4240 00000000", .lengthBeyondPayload(25, payload: 24)),
        ("20 40 03 ff  0000002a 00000000  000f4240 000f4240 00000000", .lengthBeyondPayload(255, payload: 24)),
        ("20 40 00 18  0000002a 00000000  000f4240 000f4240 00000000", .zeroDetectMult),
        ("20 41 03 18  0000002a 00000000  000f4240 000f4240 00000000", .multipointBitSet),
        ("20 40 03 18  00000000 00000000  000f4240 000f4240 00000000", .zeroMyDiscriminator),
        ("20 80 03 18  0000002a 00000000  000f4240 000f4240 00000000", .zeroYourDiscriminator(.initializing)),
        ("20 c0 03 18  0000002a 00000000  000f4240 000f4240 00000000", .zeroYourDiscriminator(.up)),
        // In the section's order: the first failed check counts.
        ("40 41 00 17  00000000 00000000  000f4240 000f4240 00000000", .badVersion(2)),
        ("20 41 00 17  00000000 00000000  000f4240 000f4240 00000000", .lengthTooSmall(23)),
        ("20 c1 00 18  00000000 00000000  000f4240 000f4240 00000000", .zeroDetectMult),
        ("20 c1 01 18  00000000 00000000  000f4240 000f4240 00000000", .multipointBitSet),
        ("20 c0 01 18  00000000 00000000  000f4240 000f4240 00000000", .zeroMyDiscriminator),
        // Authentication Sections.
        (
            "20 44 03 1a  0000002a 00000000  000f4240 000f4240 00000000  01 03",
            .authenticationLengthMismatch(authLength: 3, available: 2)
        ),
        (
            "20 44 03 1c  0000002a 00000000  000f4240 000f4240 00000000  01 03 07 00",
            .authenticationLengthMismatch(authLength: 3, available: 4)
        ),
        (
            "20 44 03 1b  0000002a 00000000  000f4240 000f4240 00000000  01 03 07",
            .badAuthenticationLength(.simplePassword, length: 3)
        ),
        (
            "20 44 03 1a  0000002a 00000000  000f4240 000f4240 00000000  01 02",
            .badAuthenticationLength(.simplePassword, length: 2)
        ),
        (
            "20 44 03 2c  0000002a 00000000  000f4240 000f4240 00000000  01 14" + String(repeating: " 61", count: 18),
            .badAuthenticationLength(.simplePassword, length: 20)
        ),
        (
            "20 44 03 2f  0000002a 00000000  000f4240 000f4240 00000000  02 17" + String(repeating: " 61", count: 21),
            .badAuthenticationLength(.keyedMD5, length: 23)
        ),
        (
            "20 44 03 30  0000002a 00000000  000f4240 000f4240 00000000  04 18" + String(repeating: " 61", count: 22),
            .badAuthenticationLength(.keyedSHA1, length: 24)
        ),
        (
            "20 44 03 34  0000002a 00000000  000f4240 000f4240 00000000  03 1c" + String(repeating: " 61", count: 26),
            .badAuthenticationLength(.meticulousKeyedMD5, length: 28)
        ),
    ]

    @Test(arguments: rejected)
    func `packets that every session discards are rejected with a reason`(text: String, expected: ControlPacketError) {
        #expect(throws: expected) { try decode(hex(text)) }
        #expect(!expected.description.isEmpty)
    }

    @Test func `any octets either are rejected or come back as they were`() throws {
        var random = SeededGenerator(seed: 5880)
        var accepted = 0
        let rounds = TestLength.rounds(10_000, long: 40_000)
        for round in 0..<rounds {
            var octets = random.octets(upTo: 60)
            // Half of them get a header with the right length.
            if round.isMultiple(of: 2), octets.count >= 24 {
                octets[0] = 0x20 | octets[0] & 0x1F
                octets[3] = UInt8(octets.count)
                if octets.count > 25 { octets[25] = UInt8(octets.count - 24) }
            }
            do throws(ControlPacketError) {
                let packet = try decode(octets)
                accepted += 1
                let again = encode(packet)
                #expect(again[0...2] == octets[0...2])
                #expect(again[4...] == octets[4..<again.count])
                #expect(try decode(again) == packet)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        #expect(accepted > rounds / 40)
    }

    @Test func `a packet reads as one line`() {
        #expect(
            Self.vectors[1].packet.description
                == "Up [PC] 0xdeadbeef > 0x00000001, tx 20 ms, rx 50 ms, x5, No Diagnostic")
        #expect(
            Self.vectors[5].packet.description
                == "Down [A] 0x00000009 > 0, tx 1000 ms, rx 1000 ms, x3, No Diagnostic")
    }

    @Test(arguments: [
        (Duration.seconds(1), UInt32(1_000_000)), (.nanoseconds(1999), 1), (.seconds(-1), 0), (.seconds(4295), .max),
        (.seconds(Int64.max), .max), (.seconds(Int64.min), 0), (.milliseconds(20), 20_000),
    ])
    func `a duration that does not fit becomes the nearest interval`(duration: Duration, expected: UInt32) {
        #expect(Microseconds(clamping: duration).value == expected)
    }

    @Test func `authentication data holds 20 octets and no more`() {
        #expect(AuthenticationData(Array(repeating: 1, count: 20))?.count == 20)
        #expect(AuthenticationData(Array(repeating: 1, count: 21)) == nil)
        #expect(data("abc") != data("abc\0"))
        #expect(data("abc").octets == [0x61, 0x62, 0x63])
    }
}

private func digestPacket(
    _ type: AuthenticationType, sequenceNumber: UInt32, reserved: UInt8 = 0
) -> ControlPacket {
    let octets = (0..<UInt8(type.digestOctetCount ?? 0)).map { $0 }
    return ControlPacket(
        state: .down, myDiscriminator: discriminator(9),
        authentication: DigestAuthentication(
            type: type, keyID: 1, reserved: reserved, sequenceNumber: sequenceNumber, digest: data(octets)
        ).map { .digest($0) })
}
