// SPDX-License-Identifier: MIT-0
import Foundation
import Testing
import WireFormat

struct IPPrefixTests {
    @Test(arguments: [
        "0.0.0.0/0", "10.0.0.0/16", "172.16.1.1/32", "128.0.0.0/1", "::/0", "2001:db8::/32", "2001:db8::1/128",
        "8000::/1", "2001:db8:0:1::/64", "2001:db8:0:0:8000::/65",
    ])
    func `a block is its text`(text: String) throws {
        #expect(try #require(IPPrefix(text)).description == text)
        #expect(IPPrefix(text.uppercased()) == IPPrefix(text))
    }

    @Test(arguments: [
        "", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.1/24", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8",
        "::/129", "::1/64", "2001:db8::/1x", "10.0.0.0/99999999999999999999", "10.0.0.0/ 8",
    ])
    func `anything that is not a block is refused`(text: String) {
        #expect(IPPrefix(text) == nil)
    }

    @Test(arguments: 0...32)
    func `masking clears the bits after every IPv4 length`(length: Int) {
        let block = IPPrefix(masking: .v4(IPv4Address(bits: .max)), length: length)
        let bits = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
        #expect(block.address == .v4(IPv4Address(bits: bits)))
        #expect(block.length == length)
    }

    @Test(arguments: 0...128)
    func `masking clears the bits after every IPv6 length`(length: Int) {
        let block = IPPrefix(masking: .v6(IPv6Address(high: .max, low: .max)), length: length)
        let ones = block.address.octets.reduce(0) { $0 + $1.nonzeroBitCount }
        let leading = block.address.octets.prefix { $0 == 0xFF }.count
        #expect(ones == length)
        #expect(leading == length / 8)
    }

    @Test func `a block contains its addresses and its parts, only of its own family`() throws {
        let block = try #require(IPPrefix("10.0.1.0/24"))
        #expect(block.contains(try #require(IPAddress("10.0.1.255"))))
        #expect(!block.contains(try #require(IPAddress("10.0.2.0"))))
        #expect(!block.contains(try #require(IPAddress("::a00:100"))))
        #expect(block.contains(try #require(IPPrefix("10.0.1.128/25"))))
        #expect(block.contains(block))
        #expect(!block.contains(try #require(IPPrefix("10.0.0.0/16"))))
        #expect(block.overlaps(try #require(IPPrefix("10.0.0.0/16"))))
        #expect(!block.overlaps(try #require(IPPrefix("10.0.2.0/24"))))
        let all = try #require(IPPrefix("::/0"))
        #expect(all.contains(try #require(IPAddress("2001:db8::1"))))
        #expect(!all.overlaps(block))
    }

    @Test func `blocks sort by address, then by length`() throws {
        let texts = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "::/0", "2001:db8::/32"]
        let blocks = try texts.map { try #require(IPPrefix($0)) }
        #expect(blocks.reversed().sorted() == blocks)
        #expect(IPPrefix(host: try #require(IPAddress("10.0.0.1"))).isHost)
    }

    @Test func `JSON holds the text, and refuses another`() throws {
        let block = try #require(IPPrefix("2001:db8::/32"))
        let encoded = try JSONEncoder().encode([block])
        #expect(try JSONDecoder().decode([IPPrefix].self, from: encoded) == [block])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([IPPrefix].self, from: Data(#"["10.0.0.1/8"]"#.utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([IPAddress].self, from: Data(#"["10.0.0"]"#.utf8))
        }
    }
}
