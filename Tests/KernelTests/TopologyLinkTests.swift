// SPDX-License-Identifier: MIT-0
import LinuxSystem
import NetlinkTopology
import TestSupport
import Testing
import WireFormat

@Suite(.requiresNetworkAdmin, .sideBySide, .serialized, .timeLimit(.minutes(1)))
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

    @Test func `a far end without a requested index gets one of the kernel's choice`() throws {
        let one = try NetworkNamespace.create(name: "one")
        let two = try NetworkNamespace.create(name: "two")
        let inOne = try TopologySocket(in: one)
        // Through a third namespace: both ends' namespaces are in the request.
        let elsewhere = try TopologySocket(in: try NetworkNamespace.create(name: "elsewhere"))
        try elsewhere.addVeth(
            VethEnd(name: InterfaceName(literal: "a"), index: nil), in: one, isUp: false,
            to: VethEnd(name: InterfaceName(literal: "b"), index: nil), in: two)
        let near = try #require(try inOne.links().first { $0.name == "a" })
        let far = try #require(try TopologySocket(in: two).links().first { $0.name == "b" })
        #expect(!near.isUp)
        #expect(near.peerIndex == far.index && far.peerIndex == near.index)
        #expect(try elsewhere.links().map(\.name) == ["lo"])
    }

    @Test func `a link goes down and up, gets an alias, leaves its bridge, and is deleted with its other end`() throws {
        let fixture = try BridgedPair()
        try fixture.inSubnet.setAlias(index: 11, "port of instance-rs-az1 in subnet-az1")
        try fixture.inInstance.setDown(index: 2)
        var port = try #require(try fixture.inSubnet.links().first { $0.index == 11 })
        #expect(port.alias == "port of instance-rs-az1 in subnet-az1")
        #expect(port.isUp && !port.hasCarrier)
        try fixture.inInstance.setUp(index: 2)
        try fixture.inSubnet.setMaster(index: 11, master: nil)
        port = try #require(try fixture.inSubnet.links().first { $0.index == 11 })
        #expect(port.hasCarrier)
        #expect(port.master == nil)
        try fixture.inSubnet.setMaster(index: 11, master: 10)
        port = try #require(try fixture.inSubnet.links().first { $0.index == 11 })
        #expect(port.master == 10)
        try fixture.inSubnet.delete(index: 11)
        #expect(try fixture.inInstance.links().map(\.name) == ["lo"])
        try fixture.inSubnet.delete(index: 10)
        #expect(try fixture.inSubnet.links().map(\.name) == ["lo"])
    }

    @Test func `a failure carries operation, names, errno and the kernel's words`() throws {
        let fixture = try BridgedPair()
        let taken = #expect(throws: SystemError.self) {
            try fixture.inSubnet.addBridge(BridgeSpecification(name: InterfaceName(literal: "other"), index: 10))
        }
        #expect(taken?.operation == "add bridge")
        #expect(taken?.subject == "other in subnet")
        #expect(taken?.code == 17)  // EEXIST

        let unknown = #expect(throws: SystemError.self) { try fixture.inSubnet.setUp(index: 99) }
        #expect(unknown?.operation == "set up link")
        #expect(unknown?.subject == "99 in subnet")
        #expect(unknown?.code == 19)  // ENODEV

        let twice = #expect(throws: SystemError.self) {
            try fixture.inSubnet.addVeth(
                VethEnd(name: InterfaceName(literal: "port-1"), index: 40), in: fixture.subnet,
                to: VethEnd(name: InterfaceName(literal: "eth1"), index: 3), in: fixture.instance)
        }
        #expect(twice?.operation == "add veth")
        #expect(twice?.subject == "port-1@subnet to eth1@instance in subnet")
        #expect(twice?.code == 17)  // EEXIST

        let noBridge = #expect(throws: SystemError.self) {
            try fixture.inSubnet.addVeth(
                VethEnd(name: InterfaceName(literal: "port-2"), index: 41), in: fixture.subnet, master: 77,
                to: VethEnd(name: InterfaceName(literal: "eth1"), index: 3), in: fixture.instance)
        }
        #expect(noBridge?.code == 22)  // EINVAL
        // Nothing remains of a failed request.
        #expect(try fixture.inSubnet.links().map(\.name) == ["lo", "bridge", "port-1"])
        #expect(try fixture.inInstance.links().map(\.name) == ["lo", "eth0"])

        let notAPort = #expect(throws: SystemError.self) {
            try fixture.inInstance.setForwarding(port: 2, false)
        }
        #expect(notAPort?.operation == "disable bridge port")
        #expect(notAPort?.code == 95)  // EOPNOTSUPP
    }

    @Test func `nothing of the host changes while namespaces are built and vanish`() throws {
        func hostState() throws -> [String] {
            let devices = try readTextFile("/proc/net/dev").split(separator: "\n").compactMap {
                $0.split(separator: ":").first.map(String.init)
            }
            return [
                devices.joined(), try readTextFile("/proc/net/route"), try readTextFile("/proc/net/fib_trie"),
                try readTextFile("/proc/net/ipv6_route").split(separator: "\n").count.description,
            ]
        }
        let before = try hostState()
        do {
            let fixture = try BridgedPair()
            try fixture.inInstance.addAddress(try address("10.0.0.10"), prefixLength: 24, index: 2)
            #expect(try hostState() == before)
        }
        #expect(try hostState() == before)
    }
}
