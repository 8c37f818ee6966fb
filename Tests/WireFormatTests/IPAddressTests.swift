// SPDX-License-Identifier: MIT-0
import Testing
import WireFormat

struct IPAddressTests {
    @Test(
        arguments: [
            ("0.0.0.0", 0), ("10.0.1.230", 0x0A00_01E6), ("172.16.1.1", 0xAC10_0101), ("255.255.255.255", 0xFFFF_FFFF),
        ] as [(String, UInt32)])
    func `an IPv4 address is its text and its bits`(text: String, bits: UInt32) throws {
        let address = try #require(IPv4Address(text))
        #expect(address.bits == bits)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.", " 1.2.3.4", "1.2.3.4 ", "1.2.3.-4", "1..3.4",
        "a.b.c.d", "1.2.3.4/32", "1.2.3.٤", "+1.2.3.4", "1.2.3.9999999999999999999",
    ])
    func `anything that is not an IPv4 address is refused`(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    /// Permitted spellings, and the canonical text of RFC 5952.
    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:db8::1", "2001:db8::1"),
        ("2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),  // section 4.1 and 4.3
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),  // section 4.2.2: one group is not shortened
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),  // section 4.2.3: the first of equal runs
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),  // section 4.2.3: the longest run
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"),
        ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"), ("::ffff:a00:102", "::ffff:10.0.1.2"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("fe80::AbCd", "fe80::abcd"),
    ])
    func `an IPv6 address is written as RFC 5952 says`(text: String, canonical: String) throws {
        let address = try #require(IPv6Address(text))
        #expect(address.description == canonical)
        #expect(IPv6Address(canonical) == address)
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", "1:", ":1", "::1%eth0", "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
        "+1::", "::-1",
    ])
    func `anything that is not an IPv6 address is refused`(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test func `addresses of both families go through their octets`() throws {
        for text in ["10.0.1.2", "0.0.0.0", "2001:db8::ff", "::"] {
            let address = try #require(IPAddress(text))
            #expect(IPAddress(octets: address.octets) == address)
            #expect(address.octets.count * 8 == address.family.bitWidth)
        }
        let octets: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 10) + [1, 2]
        #expect(IPAddress("2001:db8::102")?.octets == octets)
        #expect(IPAddress(octets: [1, 2, 3] as [UInt8]) == nil)
        #expect(IPAddress(octets: [] as [UInt8]) == nil)
    }

    @Test func `IPv4 sorts before IPv6, and addresses by their value`() throws {
        let texts = ["9.0.0.1", "10.0.0.1", "10.0.0.2", "::", "::1", "1::", "2001:db8::"]
        let addresses = try texts.map { try #require(IPAddress($0)) }
        #expect(addresses.reversed().sorted() == addresses)
    }

    @Test(arguments: [("0A:58:a9:fe:00:01", "0a:58:a9:fe:00:01"), ("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff")])
    func `an Ethernet address is written in lower case`(text: String, canonical: String) throws {
        let address = try #require(MACAddress(text))
        #expect(address.description == canonical)
        #expect(address.octets.count == 6)
    }

    @Test(arguments: [
        "", "0a:58", "0a:58:a9:fe:00:1", "0a:58:a9:fe:00:0g", "0a-58-a9-fe-00-01", "0a:58:a9:fe:00:01:02",
    ])
    func `anything that is not an Ethernet address is refused`(text: String) {
        #expect(MACAddress(text) == nil)
    }
}
