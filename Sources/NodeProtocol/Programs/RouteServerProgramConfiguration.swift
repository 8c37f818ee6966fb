// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
package import Causes
package import RouteServer
package import WireFormat

/// The configuration of a route server's program.
package struct RouteServerProgramConfiguration: Codable, Hashable, Sendable {
    package struct PeerSession: Codable, Hashable, Sendable {
        package var peer: PeerID
        package var endpoint: String
        package var endpointAddress: IPAddress
        /// The link that is the endpoint's network interface.
        package var link: String
        package var session: SessionConfiguration
        /// Nil if the peer's liveness is left to BGP.
        package var bfd: BFDSessionSettings?

        package init(
            peer: PeerID, endpoint: String, endpointAddress: IPAddress, link: String, session: SessionConfiguration,
            bfd: BFDSessionSettings? = nil
        ) {
            self.peer = peer
            self.endpoint = endpoint
            self.endpointAddress = endpointAddress
            self.link = link
            self.session = session
            self.bfd = bfd
        }
    }

    package struct Endpoint: Codable, Hashable, Sendable {
        package var name: String
        package var address: IPAddress
        package var link: String

        package init(name: String, address: IPAddress, link: String) {
            self.name = name
            self.address = address
            self.link = link
        }
    }

    package var node: String
    package var machine: RouteServerConfiguration
    package var endpoints: [Endpoint]
    package var sessions: [PeerSession]
    /// Nil for no peer log.
    package var peerLog: PeerLogSettings?
    /// Nil if no other route server writes any of its tables.
    package var sharedTables: SharedRouteTables?

    package init(
        node: String, machine: RouteServerConfiguration, endpoints: [Endpoint], sessions: [PeerSession],
        peerLog: PeerLogSettings? = nil, sharedTables: SharedRouteTables? = nil
    ) {
        self.peerLog = peerLog
        self.node = node
        self.machine = machine
        self.endpoints = endpoints
        self.sessions = sessions
        self.sharedTables = sharedTables
    }
}
