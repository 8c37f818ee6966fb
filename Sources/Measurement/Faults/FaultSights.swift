// SPDX-License-Identifier: MIT-0

extension FaultDescription {
    /// What the route server and the network see of a fault.
    package struct Sights: Hashable, Sendable {
        package var bgp: BGPSight
        package var bfd: BFDSight
        package var connection: ConnectionSight
        package var carrier: CarrierSight

        init(
            bgp: BGPSight, bfd: BFDSight, connection: ConnectionSight, carrier: CarrierSight = .keeps
        ) {
            self.bgp = bgp
            self.bfd = bfd
            self.connection = connection
            self.carrier = carrier
        }
    }

    /// What BGP at the route server sees; the raw value is for tables.
    package enum BGPSight: String, Hashable, Sendable, Codable, CaseIterable {
        /// FIN or RST (RFC 4271 section 8.2.2, TcpConnectionFails).
        case connectionClosed = "FIN or RST"
        /// A NOTIFICATION message with the error code Cease (RFC 4271 section 6.7).
        case cease = "Cease"
        /// The instance detects the fault by its own timer, and only then sends Cease.
        case lateCease = "Cease, late"
        /// BGP itself is unaffected; BFD ends the session (RFC 5882 section 4.2).
        case ceaseByBFD = "Cease, by BFD"
        /// An UPDATE message that withdraws or replaces the path.
        case update = "UPDATE"
        case updateThenCease = "UPDATE, Cease"
        case silence
        /// One of the sessions falls silent.
        case oneSilent = "one silent"
        case gap = "a gap"
        case gaps
        /// The route server itself ends.
        case ownEnd = "its own end"
        /// What a daemon announces when it reads its configuration again: nothing, or the same paths once more.
        case refresh = "an UPDATE at most"
        case nothing

        package var words: String { rawValue }
    }

    /// What BFD at the route server sees, if it is used; the raw value is for tables.
    package enum BFDSight: String, Hashable, Sendable, Codable, CaseIterable {
        case silence
        /// A control packet with state AdminDown (RFC 5880 section 6.8.16).
        case adminDown = "AdminDown"
        /// The instance hears nothing and reports Down (RFC 5880 section 6.8.6).
        case down = "Down"
        case oneSilent = "one silent"
        case gap = "a gap"
        case gaps
        case nothing

        package var words: String { rawValue }
    }

    /// What happens to the sessions' TCP connections; the raw value is for tables.
    package enum ConnectionSight: String, Hashable, Sendable, Codable, CaseIterable {
        case closed
        case openSilent = "open, silent"
        case oneSilent = "one silent"
        case openLate = "open, late"
        case retransmits
        case open

        package var words: String { rawValue }
    }

    /// What happens to the carrier of the target's interfaces; the raw value is for tables.
    package enum CarrierSight: String, Hashable, Sendable, Codable, CaseIterable {
        case keeps
        case gone
        case comesAndGoes = "comes, goes"

        package var words: String { rawValue }
    }
}

extension FaultName {
    /// What the remote end of a BGP session notices.
    package enum Signal: String, Hashable, Sendable, Codable {
        /// A NOTIFICATION message (RFC 4271 section 4.5).
        case notification
        /// An UPDATE message that withdraws or replaces the path.
        case update
        /// FIN or RST (RFC 4271 section 8.2.2, TcpConnectionFails).
        case connectionClosed = "connection-closed"
        /// Nothing at all: only a timer detects it.
        case silence
    }

    package var signal: Signal { description.sights.bgp.signal }
}

extension FaultDescription.BGPSight {
    package var signal: FaultName.Signal {
        switch self {
        case .connectionClosed, .ownEnd: .connectionClosed
        case .cease: .notification
        case .update, .updateThenCease: .update
        case .lateCease, .ceaseByBFD, .silence, .oneSilent, .gap, .gaps, .refresh, .nothing: .silence
        }
    }
}
