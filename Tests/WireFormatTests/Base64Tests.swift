// SPDX-License-Identifier: MIT-0
import Testing
import WireFormat

@Suite struct Base64Tests {
    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the RFC's vectors, both ways`(text: String, encoded: String) {
        #expect(Base64.encode(text) == encoded)
        #expect(Base64.decode(encoded) == text)
    }

    @Test func `every octet comes back`() {
        let text = String(String.UnicodeScalarView((0x20...0x2FF).compactMap { Unicode.Scalar($0) }))
        #expect(Base64.decode(Base64.encode(text)) == text)
        #expect(Base64.decode("Zg=") == nil)
        #expect(Base64.decode("Z*==") == nil)
    }
}
