// SPDX-License-Identifier: MIT-0
package import BGP
package import Measurement
package import WireFormat

// Queries that only a speaker answers.

/// AS, router ID and listening address.
package struct ShowGlobal: NodeQuery {
    package typealias Answer = GlobalSnapshot

    package init() {}

    package var request: NodeRequest { .program(.showGlobal(self)) }
}

/// The routes received from a neighbour, or sent to it.
package struct ShowAdjacentRIB: NodeQuery {
    package enum Direction: String, Codable, Sendable {
        case received, advertised
    }

    package typealias Answer = [RIBRow]

    package var neighbor: IPAddress
    package var direction: Direction
    package var family: AddressFamily

    package init(of neighbor: IPAddress, _ direction: Direction, _ family: AddressFamily) {
        self.neighbor = neighbor
        self.direction = direction
        self.family = family
    }

    package var request: NodeRequest { .program(.showAdjacentRIB(self)) }
}

/// Advertise paths from now on.
package struct Originate: NodeQuery {
    package typealias Answer = Done

    package var announcements: [Announcement]

    package init(_ announcements: [Announcement]) {
        self.announcements = announcements
    }

    package var request: NodeRequest { .program(.originate(self)) }
}

/// Stop advertising the speaker's own paths to some prefixes.
package struct Withdraw: NodeQuery {
    package typealias Answer = Done

    package var prefixes: [IPPrefix]

    package init(_ prefixes: [IPPrefix]) {
        self.prefixes = prefixes
    }

    package var request: NodeRequest { .program(.withdraw(self)) }
}

/// Stop advertising all of its own paths.
package struct WithdrawAll: NodeQuery {
    package typealias Answer = Done

    package init() {}

    package var request: NodeRequest { .program(.withdrawAll(self)) }
}

/// Advertise a path to each prefix of a block, all with these attributes.
package struct OriginateBlock: NodeQuery {
    package typealias Answer = Done

    package var block: PrefixBlock
    package var attributes: PathAttributes

    package init(_ block: PrefixBlock, _ attributes: PathAttributes) {
        self.block = block
        self.attributes = attributes
    }

    package var request: NodeRequest { .program(.originateBlock(self)) }
}

/// Stop advertising the paths to a block's prefixes.
package struct WithdrawBlock: NodeQuery {
    package typealias Answer = Done

    package var block: PrefixBlock

    package init(_ block: PrefixBlock) {
        self.block = block
    }

    package var request: NodeRequest { .program(.withdrawBlock(self)) }
}
