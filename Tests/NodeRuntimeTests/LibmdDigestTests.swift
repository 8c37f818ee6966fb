// SPDX-License-Identifier: MIT-0
import BFD
import NodeRuntime
import TestSupport
import Testing

@Suite struct LibmdDigestTests {
    private func digest(_ algorithm: DigestFunction.Algorithm, _ text: String) -> String {
        let octets = Array(text.utf8)
        return DigestFunction.libmd(algorithm)(octets.span.bytes).octets.map { octet in
            (octet < 16 ? "0" : "") + String(octet, radix: 16)
        }.joined()
    }

    /// RFC 1321 appendix A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func `MD5 is RFC 1321's`(text: String, expected: String) {
        #expect(digest(.md5, text) == expected)
    }

    /// RFC 3174 section 7.3.
    @Test(arguments: [
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ])
    func `SHA1 is RFC 3174's`(text: String, expected: String) {
        #expect(digest(.sha1, text) == expected)
    }
}
