// SPDX-License-Identifier: MIT-0
import Testing
import VPC
import WireFormat

@Suite struct AddressChoiceTests {
    private func choice(_ block: String) throws -> AddressChoice {
        let block = try #require(IPPrefix(block))
        return AddressChoice(block)
    }

    private func address(_ text: String) throws -> IPAddress {
        try #require(IPAddress(text))
    }

    @Test func `endpoints begin at 4 and instances at 10`() throws {
        var choice = try choice("10.0.1.0/24")
        #expect(choice.routerAddress == (try address("10.0.1.1")))
        #expect(choice.chooseForEndpoint() == (try address("10.0.1.4")))
        #expect(choice.chooseForEndpoint() == (try address("10.0.1.5")))
        #expect(choice.chooseForInstance() == (try address("10.0.1.10")))
        #expect(choice.chooseForInstance() == (try address("10.0.1.11")))
    }

    @Test func `a fixed address is not chosen again`() throws {
        var choice = try choice("10.0.1.0/24")
        try choice.claim(try address("10.0.1.4"))
        try choice.claim(try address("10.0.1.10"))
        #expect(choice.chooseForEndpoint() == (try address("10.0.1.5")))
        #expect(choice.chooseForInstance() == (try address("10.0.1.11")))
        let taken = try address("10.0.1.11")
        #expect(throws: AddressChoice.Refusal.taken) { try choice.claim(taken) }
    }

    @Test(arguments: ["10.0.1.0", "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.255"])
    func `the first four addresses and the last are reserved`(text: String) throws {
        var choice = try choice("10.0.1.0/24")
        let address = try address(text)
        #expect(throws: AddressChoice.Refusal.reserved) { try choice.claim(address) }
    }

    @Test(arguments: ["10.0.0.255", "10.0.2.0", "2001:db8::4"])
    func `an address outside the subnet is refused`(text: String) throws {
        var choice = try choice("10.0.1.0/24")
        let address = try address(text)
        #expect(throws: AddressChoice.Refusal.outsideSubnet) { try choice.claim(address) }
    }

    @Test func `a full subnet gives nothing, after the addresses below 10 were used too`() throws {
        var choice = try choice("10.0.1.0/28")
        let chosen = (0..<12).map { _ in choice.chooseForInstance()?.description }
        #expect(
            chosen == [10, 11, 12, 13, 14, 4, 5, 6, 7, 8, 9].map { "10.0.1.\($0)" } + [nil])
        #expect(choice.chooseForEndpoint() == nil)
    }

    @Test func `blocks of every length are safe`() throws {
        for length in 0...32 {
            var choice = AddressChoice(IPPrefix(masking: .v4(IPv4Address(bits: .max)), length: length))
            #expect((choice.routerAddress == nil) == (length == 32))
            #expect((choice.chooseForEndpoint() == nil) == (length > 29))
        }
        for length in 0...128 {
            var choice = AddressChoice(IPPrefix(masking: .v6(IPv6Address(high: .max, low: .max)), length: length))
            #expect((choice.routerAddress == nil) == (length == 128))
            #expect((choice.chooseForEndpoint() == nil) == (length > 125))
        }
    }

    @Test func `an IPv6 block is given out as an IPv4 block is, with instances from 10 in hexadecimal on`() throws {
        var choice = try choice("2001:db8:0:1a01::/64")
        try choice.claim(try address("2001:db8:0:1a01::11"))
        #expect(choice.routerAddress == (try address("2001:db8:0:1a01::1")))
        #expect(choice.chooseForInstance() == (try address("2001:db8:0:1a01::10")))
        #expect(choice.chooseForInstance() == (try address("2001:db8:0:1a01::12")))
        for text in ["2001:db8:0:1a01::", "2001:db8:0:1a01::3", "2001:db8:0:1a01:ffff:ffff:ffff:ffff"] {
            let reserved = try address(text)
            #expect(throws: AddressChoice.Refusal.reserved) { try choice.claim(reserved) }
        }
        let elsewhere = try address("2001:db8:0:1a02::10")
        #expect(throws: AddressChoice.Refusal.outsideSubnet) { try choice.claim(elsewhere) }
    }
}
