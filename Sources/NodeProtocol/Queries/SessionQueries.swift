// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
package import WireFormat

// Queries that both ends of a session answer: the route server and the speakers.

/// The BGP sessions.
package struct ListNeighbors: NodeQuery {
    package typealias Answer = [NeighborSnapshot]

    package init() {}

    package var request: NodeRequest { .program(.listNeighbors(self)) }
}

/// The BFD sessions, as they are at this moment.
package struct ListBFDSessions: NodeQuery {
    package typealias Answer = [BFDSessionSnapshot]

    package init() {}

    package var request: NodeRequest { .program(.listBFDSessions(self)) }
}

/// Change the timers of BFD sessions, or set AdminDown and back.
package struct ChangeBFDSessions: NodeQuery {
    /// The number of sessions concerned.
    package typealias Answer = Int

    package var change: BFDChange

    package init(_ change: BFDChange) {
        self.change = change
    }

    package var request: NodeRequest { .program(.changeBFDSessions(self)) }
}

/// The table that `gobgp global rib` shows; for the route server, the paths of all peers.
package struct ShowGlobalRIB: NodeQuery {
    package typealias Answer = [RIBRow]

    package var family: AddressFamily

    package init(_ family: AddressFamily) {
        self.family = family
    }

    package var request: NodeRequest { .program(.showGlobalRIB(self)) }
}
