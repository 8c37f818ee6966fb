// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import RouteServer
import Testing
import WireFormat

/// The sample's route server: two instances with two sessions each, the standby's path prepended.
struct SampleRouteServer {
    static let floatingIP = prefix("172.16.1.1/32")
    static let active = address("10.0.1.203")
    static let standby = address("10.0.2.65")
    static let activePeers = [PeerID("Peer1"), PeerID("Peer2")]
    static let standbyPeers = [PeerID("Peer3"), PeerID("Peer4")]

    var machine: RouteServerMachine
    var now = Instant.zero

    init(change: (inout RouteServerConfiguration) -> Void = { _ in }) {
        var configuration = SampleRouteServer.configuration
        change(&configuration)
        machine = RouteServerMachine(configuration: configuration)
    }

    static let configuration = RouteServerConfiguration(
        name: "RouteServer", asn: ASN(65000),
        peers: [
            peer("Peer1", "Endpoint1", "10.0.1.230", device: active),
            peer("Peer2", "Endpoint2", "10.0.1.136", device: active),
            peer("Peer3", "Endpoint3", "10.0.2.41", device: standby),
            peer("Peer4", "Endpoint4", "10.0.2.187", device: standby),
        ],
        owners: [
            .init(address: active, networkInterface: "eni-az1", instance: "instance-rs-az1"),
            .init(address: standby, networkInterface: "eni-az2", instance: "instance-rs-az2"),
        ],
        propagations: [.init(name: "RouteTable", kernelTable: 100, staticPrefixes: [prefix("0.0.0.0/0")])])

    private static func peer(
        _ id: String, _ endpoint: String, _ endpointAddress: String, device: IPAddress
    ) -> RouteServerConfiguration.Peer {
        .init(
            id: PeerID(id), endpoint: endpoint, endpointAddress: address(endpointAddress), address: device,
            asn: ASN(65001))
    }

    static func attributes(_ path: [UInt32], nextHop: IPAddress, med: UInt32? = nil) -> PathAttributes {
        PathAttributes(
            origin: .incomplete, asPath: ASPath(sequence: path.map(ASN.init)), nextHop: nextHop,
            multiExitDiscriminator: med)
    }

    /// Brings up all four sessions and lets each announce the floating IP as in the sample.
    mutating func start() {
        for peer in SampleRouteServer.activePeers {
            establishActive(peer)
        }
        for peer in SampleRouteServer.standbyPeers {
            machine.sessionEstablished(peer, routerID: v4(SampleRouteServer.standby), at: now)
            announce([65001, 65001, 65001], nextHop: SampleRouteServer.standby, from: peer)
        }
        confirmAll(drain())
    }

    mutating func establishActive(_ peer: PeerID) {
        machine.sessionEstablished(peer, routerID: v4(SampleRouteServer.active), at: now)
        announce([65001], nextHop: SampleRouteServer.active, from: peer)
    }

    mutating func announce(
        _ path: [UInt32], nextHop: IPAddress, med: UInt32? = nil, prefixes: [IPPrefix] = [floatingIP],
        from peer: PeerID
    ) {
        machine.received(
            UpdateMessage(
                attributes: SampleRouteServer.attributes(path, nextHop: nextHop, med: med), announced: prefixes),
            from: peer, at: now)
    }

    mutating func withdraw(_ prefixes: [IPPrefix] = [floatingIP], from peer: PeerID) {
        machine.received(UpdateMessage(withdrawn: prefixes), from: peer, at: now)
    }

    mutating func drain() -> [RouteServerMachine.Output] {
        var outputs: [RouteServerMachine.Output] = []
        while let output = machine.nextOutput() {
            outputs.append(output)
        }
        return outputs
    }

    mutating func confirmAll(_ outputs: [RouteServerMachine.Output]) {
        for change in tableChanges(outputs) {
            machine.confirmWritten(change, error: nil)
        }
    }
}

func tableChanges(_ outputs: [RouteServerMachine.Output]) -> [TableChange] {
    outputs.compactMap { output in
        if case .tableChange(let change) = output { change } else { nil }
    }
}

func bestPathChanges(_ outputs: [RouteServerMachine.Output]) -> [BestPathChange] {
    outputs.compactMap { output in
        if case .bestPathChanged(let change) = output { change } else { nil }
    }
}

/// An address written as a literal in a test.
func address(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("\(text) is not an address") }
    return address
}

func prefix(_ text: String) -> IPPrefix {
    guard let prefix = IPPrefix(text) else { preconditionFailure("\(text) is not a prefix") }
    return prefix
}

func v4(_ address: IPAddress) -> IPv4Address {
    guard case .v4(let address) = address else { preconditionFailure("\(address) is not an IPv4 address") }
    return address
}
