// SPDX-License-Identifier: MIT-0
package import RouteServer
package import WireFormat

// Queries that only a route server answers.

/// Its objects and their states.
package struct DescribeRouteServer: NodeQuery {
    package typealias Answer = RouteServerDescription

    package init() {}

    package var request: NodeRequest { .program(.describeRouteServer(self)) }
}

/// Create, delete or modify one of its objects.
package struct ChangeRouteServer: NodeQuery {
    package enum Answer: Codable, Sendable {
        /// The change has begun; these are the objects now.
        case begun(RouteServerDescription)
        /// AWS would answer with an error.
        case refused(RouteServerRefusal)
    }

    package var change: RouteServerChange

    package init(_ change: RouteServerChange) {
        self.change = change
    }

    package var request: NodeRequest { .program(.changeRouteServer(self)) }
}

/// Every path, and its outcome.
package struct GetRoutingDatabase: NodeQuery {
    package typealias Answer = RoutingDatabase

    /// Only paths to these prefixes; nil: to all.
    package var prefixes: [IPPrefix]?

    package init(of prefixes: [IPPrefix]? = nil) {
        self.prefixes = prefixes
    }

    package var request: NodeRequest { .program(.getRoutingDatabase(self)) }
}
