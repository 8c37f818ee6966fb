// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import WireFormat

/// A discriminator from a literal that is not 0.
func discriminator(_ value: UInt32) -> Discriminator {
    guard let discriminator = Discriminator(value) else { preconditionFailure("a discriminator is not 0") }
    return discriminator
}

/// Up to 20 octets.
func data(_ octets: some Sequence<UInt8>) -> AuthenticationData {
    guard let data = AuthenticationData(octets) else { preconditionFailure("more than 20 octets") }
    return data
}

func data(_ text: String) -> AuthenticationData { data(text.utf8) }

func decode(_ octets: [UInt8]) throws(ControlPacketError) -> ControlPacket {
    try ControlPacket(decoding: octets.span.bytes)
}

func encode(_ packet: ControlPacket) -> [UInt8] {
    var writer = ByteWriter()
    packet.encode(into: &writer)
    return writer.bytes
}

func milliseconds(_ count: Int64) -> Instant { .zero + .milliseconds(count) }

/// An active session with this interval both ways when it is Up.
func configuration(
    milliseconds interval: UInt32, detectMult: UInt8 = 3, isPassive: Bool = false, authentication: Authentication? = nil
) -> BFDSessionConfiguration {
    BFDSessionConfiguration(
        desiredMinTxInterval: .milliseconds(interval), requiredMinRxInterval: .milliseconds(interval),
        detectMult: detectMult, isPassive: isPassive, authentication: authentication)
}

extension SeededGenerator {
    mutating func octets(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in .random(in: 0...255, using: &self) }
    }
}
