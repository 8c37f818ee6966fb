// SPDX-License-Identifier: MIT-0
import LinuxSystem
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

@Suite(.requiresNetworkAdmin, .serialized, .timeLimit(.minutes(1)))
struct TopologyLinkTests {
    @Test func `one request makes a veth with names, indexes and addresses, the near end up and enslaved`() throws {
        let subnet = try NetworkNamespace.create(name: "subnet")
        let instance = try NetworkNamespace.create(name: "instance")
        let inSubnet = try TopologySocket(in: subnet)
        let inInstance = try TopologySocket(in: instance)
        let bridgeAddress = try #require(MACAddress("02:00:00:00:00:01"))
        let nearAddress = try #require(MACAddress("02:00:00:00:00:02"))
        let farAddress = try #require(MACAddress("02:00:00:00:00:03"))
        try inSubnet.addBridge(
            BridgeSpecification(name: InterfaceName(literal: "bridge"), index: 10, macAddress: bridgeAddress))
        try inSubnet.addVeth(
            VethEnd(name: InterfaceName(literal: "port-1"), index: 11, macAddress: nearAddress),
            in: subnet, master: 10,
            to: VethEnd(
                name: InterfaceName(literal: "eth0"), index: 2, macAddress: farAddress, maximumTransmissionUnit: 9000),
            in: instance)

        var near = try #require(try inSubnet.links().first { $0.index == 11 })
        #expect(near.name == "port-1")
        #expect(near.kind == "veth")
        #expect(near.macAddress == nearAddress)
        #expect(near.master == 10)
        #expect(near.isUp)
        #expect(!near.hasCarrier)
        #expect(near.peerIndex == 2)
        #expect(near.maximumTransmissionUnit == 1500)
        var far = try #require(try inInstance.links().first { $0.index == 2 })
        #expect(far.name == "eth0")
        #expect(far.macAddress == farAddress)
        #expect(far.master == nil)
        #expect(!far.isUp)
        #expect(far.peerIndex == 11)
        #expect(far.maximumTransmissionUnit == 9000)

        try inInstance.setUp(index: 2)
        near = try #require(try inSubnet.links().first { $0.index == 11 })
        far = try #require(try inInstance.links().first { $0.index == 2 })
        #expect(near.hasCarrier)
        #expect(far.isUp && far.hasCarrier)
        let bridge = try #require(try inSubnet.links().first { $0.index == 10 })
        #expect(bridge.kind == "bridge")
        #expect(bridge.macAddress == bridgeAddress)
        #expect(bridge.isUp)
    }
}
