// SPDX-License-Identifier: MIT-0
import TestSupport
import Testing
import WireFormat

struct InternetChecksumTests {
    @Test(
        arguments: [
            ("", 0xFFFF),
            ("0001 f203 f4f5 f6f7", 0x220D),  // the sum ddf2 of RFC 1071 section 3, complemented
            ("ff", 0x00FF),  // an odd octet counts as padded with zero
            ("4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7", 0xB861),
            ("0800 0000 0001 0001", 0xF7FD),
            ("ffff ffff", 0x0000),
        ] as [(String, UInt16)])
    func `known octets have their known checksum`(text: String, checksum: UInt16) {
        let octets = hex(text)
        #expect(InternetChecksum.of(octets.span.bytes) == checksum)
    }

    @Test func `data that contains its checksum sums to zero`() {
        let octets = hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7")
        #expect(InternetChecksum.of(octets.span.bytes) == 0)
    }

    @Test func `pieces of even length sum like the whole, and long data does not overflow`() {
        let octets = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        var pieces = InternetChecksum()
        for start in stride(from: 0, to: octets.count, by: 10_000) {
            let piece = Array(octets[start..<start + 10_000])
            pieces.add(piece.span.bytes)
        }
        #expect(pieces.value == InternetChecksum.of(octets.span.bytes))
    }
}
