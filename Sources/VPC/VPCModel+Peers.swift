// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Where the peers of route servers are.
extension VPCModel {
    /// The network interface that has an address; nil if none has it.
    package func networkInterface(owning address: IPAddress) -> NetworkInterface? {
        networkInterfaces.first { $0.addresses.contains(address) }
    }

    /// Whether any peer is in another subnet than its endpoint, so that its session crosses the router.
    package var hasPeersInOtherSubnets: Bool {
        routeServers.contains { server in
            server.peers.contains { peer in
                let endpoint = server.endpoints.first { $0.logicalID == peer.endpoint }
                let subnet = endpoint.flatMap { networkInterface($0.networkInterface)?.subnet }
                guard let subnet, let owner = networkInterface(owning: peer.address) else { return false }
                return owner.subnet != subnet
            }
        }
    }
}
