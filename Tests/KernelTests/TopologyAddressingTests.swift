// SPDX-License-Identifier: MIT-0
import LinuxSystem
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(1)))
struct TopologyAddressingTests {
    @Test(arguments: [("10.0.0.10", 24), ("172.16.1.1", 32), ("fd00::10", 64), ("fd00:1::1", 128)])
    func `an address is there at once, with its host bits, and goes again`(text: String, length: Int) throws {
        let fixture = try BridgedPair()
        let wanted = try address(text)
        try fixture.inInstance.addAddress(wanted, prefixLength: length, index: 2)
        let row = try #require(try fixture.inInstance.addresses().first { $0.address == wanted })
        #expect(row == AddressRow(index: 2, address: wanted, prefixLength: length, scope: 0, isTentative: false))
        let twice = #expect(throws: SystemError.self) {
            try fixture.inInstance.addAddress(wanted, prefixLength: length, index: 2)
        }
        #expect(twice?.operation == "add address")
        #expect(twice?.subject == "\(wanted)/\(length) on link 2 in instance")
        #expect(twice?.code == 17)  // EEXIST
        try fixture.inInstance.deleteAddress(wanted, prefixLength: length, index: 2)
        #expect(try !fixture.inInstance.addresses().contains { $0.address == wanted })
    }

    @Test func `routes of every kind that we write are read back`() throws {
        let fixture = try BridgedPair()
        try fixture.inInstance.addAddress(try address("10.0.0.10"), prefixLength: 24, index: 2)
        try fixture.inInstance.addAddress(try address("fd00::10"), prefixLength: 64, index: 2)
        let routes = [
            TopologyRoute(destination: try prefix("0.0.0.0/0"), gateway: try address("10.0.0.1"), index: 2, table: 300),
            TopologyRoute(destination: try prefix("10.0.1.0/24"), index: 2, table: 300),
            TopologyRoute(
                destination: try prefix("10.0.2.0/24"), gateway: try address("10.0.0.1"), index: 2, table: 300,
                preferredSource: try address("10.0.0.10")),
            TopologyRoute(destination: try prefix("10.0.3.0/24"), table: 300, kind: .unreachable),
            TopologyRoute(destination: try prefix("10.0.4.0/24"), table: 300, kind: .blackhole),
            TopologyRoute(destination: try prefix("::/0"), gateway: try address("fd00::1"), index: 2, table: 300),
            TopologyRoute(destination: try prefix("fd00:1::/64"), index: 2, table: 300),
        ]
        for route in routes {
            try fixture.inInstance.addRoute(route)
        }
        #expect(Set(try fixture.inInstance.routes(table: 300).map(\.route)) == Set(routes))
        for route in routes {
            try fixture.inInstance.deleteRoute(route)
        }
        #expect(try fixture.inInstance.routes(table: 300).isEmpty)
    }

    @Test func `a route that exists or cannot be is refused in the kernel's words`() throws {
        let fixture = try BridgedPair()
        try fixture.inInstance.addAddress(try address("10.0.0.10"), prefixLength: 24, index: 2)
        let route = TopologyRoute(destination: try prefix("172.16.1.1/32"), gateway: try address("192.0.2.1"))
        let error = #expect(throws: SystemError.self) { try fixture.inInstance.addRoute(route) }
        #expect(error?.operation == "add route")
        #expect(error?.subject == "172.16.1.1/32 via 192.0.2.1 table 254 in instance")
        #expect(error?.code == 101)  // ENETUNREACH
        #expect(error?.detail == "Nexthop has invalid gateway")
        let mixed = TopologyRoute(destination: try prefix("172.16.1.1/32"), gateway: try address("fd00::1"))
        #expect(throws: SystemError.self) { try fixture.inInstance.addRoute(mixed) }
    }

    @Test func `rules choose a table by input interface, and are read back in order`() throws {
        let fixture = try BridgedPair()
        let leg = InterfaceName(literal: "eth0")
        let rules = [
            RoutingRule(family: .ipv4, inputInterface: leg, table: 1000, priority: 100),
            RoutingRule(family: .ipv4, inputInterface: InterfaceName(literal: "not-there-yet"), table: 7, priority: 50),
            RoutingRule(family: .ipv6, inputInterface: leg, table: 1000, priority: 100),
        ]
        let before = try fixture.inInstance.rules()
        for rule in rules {
            try fixture.inInstance.addRule(rule)
        }
        let read = try fixture.inInstance.rules().filter { $0.inputInterface != nil }
        #expect(
            read == [
                RuleRow(family: .ipv4, priority: 50, inputInterface: "not-there-yet", table: 7),
                RuleRow(family: .ipv4, priority: 100, inputInterface: "eth0", table: 1000),
                RuleRow(family: .ipv6, priority: 100, inputInterface: "eth0", table: 1000),
            ])
        #expect(before.map(\.priority) == [0, 32766, 32767, 0, 32766])
        for rule in rules {
            try fixture.inInstance.deleteRule(rule)
        }
        #expect(try fixture.inInstance.rules() == before)
    }

    @Test func `a permanent neighbour is written, replaced and forgotten`() throws {
        let fixture = try BridgedPair()
        try fixture.inInstance.addAddress(try address("10.0.0.10"), prefixLength: 24, index: 2)
        for neighbor in [try address("10.0.0.1"), try address("fd00::1")] {
            for text in ["02:00:00:00:00:07", "02:00:00:00:00:08"] {
                let macAddress = try #require(MACAddress(text))
                try fixture.inInstance.addPermanentNeighbor(neighbor, macAddress: macAddress, index: 2)
                let row = try #require(try fixture.inInstance.neighbors().first { $0.address == neighbor })
                #expect(row == NeighborRow(address: neighbor, macAddress: macAddress, index: 2, isPermanent: true))
            }
            try fixture.inInstance.deleteNeighbor(neighbor, index: 2)
            #expect(try !fixture.inInstance.neighbors().contains { $0.address == neighbor && $0.isPermanent })
        }
    }

    @Test func `500 routes are read whole, over many datagrams`() throws {
        let fixture = try BridgedPair()
        let routes = (0..<500).map { number in
            TopologyRoute(
                destination: IPPrefix(host: .v4(IPv4Address(bits: 0x0A80_0000 + UInt32(number)))), table: 300,
                kind: .blackhole)
        }
        for route in routes {
            try fixture.inSubnet.addRoute(route)
        }
        #expect(Set(try fixture.inSubnet.routes(table: 300).map(\.route)) == Set(routes))
    }
}
