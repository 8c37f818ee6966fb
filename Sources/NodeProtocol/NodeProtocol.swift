// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
package import Measurement
package import RouteServer
package import WireFormat

/// What a node's program is asked for, on the socket `NODE.sock` of the lab's run directory.
package enum NodeRequest: Codable, Sendable {
    /// Send every event from now on, after those since the given instant that are still remembered.
    case subscribe(since: Instant)
    /// The BGP sessions.
    case neighbors
    /// The BFD sessions, as they were up to a second ago.
    case bfdSessions
    /// Other timers for BFD sessions, or AdminDown and back.
    case changeBFD(BFDChange)
    /// How late the threads were woken for their timers since this was asked last.
    case timerLateness
    /// Speaker: AS, router ID and listening address.
    case global
    /// Speaker: the table that `gobgp global rib` shows; route server: the paths of all peers.
    case globalRIB(AddressFamily)
    /// Speaker: what came from one neighbour, or went to it.
    case adjacentRIB(neighbor: IPAddress, AdjacentDirection, AddressFamily)
    /// Route server: every path, and what became of it.
    case routingDatabase
    /// The same for some prefixes alone.
    case routesTo([IPPrefix])
    /// Route server: its objects and their states.
    case describeRouteServer
    /// Route server: create, delete or modify one of its objects.
    case changeRouteServer(RouteServerChange)
    /// Speaker: advertise and withdraw.
    case originate([Announcement])
    case withdraw([IPPrefix])
    case withdrawAll
    /// Speaker: the same for a block of prefixes, which all get these attributes.
    case originateBlock(PrefixBlock, PathAttributes)
    case withdrawBlock(PrefixBlock)
    /// Watcher and route server: tell no longer of each prefix of a block, but of all together; nil: of each again.
    case observeBlock(PrefixBlock?)
    /// Watcher and route server: forget when the block's prefixes changed.
    case beginBlock
    /// Watcher and route server: what became of the block.
    case blockReport
    /// Watcher: when each of the block's prefixes changed in a route table.
    case blockChanges(table: String)
}

package enum AdjacentDirection: String, Codable, Sendable {
    case received, advertised
}

/// What a node answers, and what it sends to subscribers.
package enum NodeReply: Codable, Sendable {
    case done
    case failed(reason: String)
    case event(TraceEvent)
    case neighbors([NeighborSnapshot])
    case bfdSessions([BFDSessionSnapshot])
    case bfdChanged(sessionCount: Int)
    case timerLateness(NodeLateness)
    case rib([RIBRow])
    case global(GlobalSnapshot)
    case database(RoutingDatabase)
    /// The objects: as they are, or as a change that was begun has made them.
    case routeServer(RouteServerDescription)
    /// The route server does not do what it was asked to.
    case refused(RouteServerRefusal)
    case blockReport(BlockReport)
    case blockChanges(BlockChanges)
}
