// SPDX-License-Identifier: MIT-0
import Testing
import VPC
import WireFormat

@Suite struct ResourceIDTests {
    @Test func `ids have AWS's form and never change`() {
        // Once published, these values are in users' notes and scripts.
        #expect(ResourceKind.routeServerEndpoint.id(of: "RouteServerEndpoint1") == "rse-09d84757e9dcf69b4")
        #expect(ResourceKind.instance.id(of: "MyInstanceAZ1") == "i-06edbdbcbd2e0da0a")
        for kind in ResourceKind.allCases {
            let id = kind.id(of: "X")
            #expect(id.hasPrefix("\(kind.rawValue)-0"))
            #expect(id.dropFirst(kind.rawValue.count + 1).count == 17)
        }
    }

    @Test func `ids differ by kind and by logical id`() {
        var seen: Set<String> = []
        for kind in ResourceKind.allCases {
            for number in 0..<1000 {
                let id = kind.id(of: "Resource\(number)")
                #expect(seen.insert(String(id.drop { $0 != "-" })).inserted)
            }
        }
    }

    @Test func `MAC addresses are locally administered, no multicast, and differ`() {
        let addresses = (0..<10_000).map { MACAddress(networkInterface: "Instance\($0).Eni0") }
        #expect(addresses.allSatisfy { $0.octets[0] == 0x0a })
        #expect(Set(addresses).count == addresses.count)
    }
}
