// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Finds the session that a packet is for (RFC 5880 section 6.3, RFC 5881 sections 3 and 5), and gives sessions their
/// discriminators.
package struct BFDDemultiplexer: Sendable {
    /// The other end of a single hop: its address, and the link that it is reached over.
    package struct Neighbor: Hashable, Sendable, CustomStringConvertible {
        package var address: IPAddress
        /// The interface index.
        package var link: UInt32

        package init(address: IPAddress, link: UInt32) {
            self.address = address
            self.link = link
        }

        package var description: String { "\(address) on link \(link)" }
    }

    /// Why a packet is for no session.
    package enum SelectionError: Error, Hashable, Sendable, CustomStringConvertible {
        /// It came through a router, or was forged behind one (RFC 5881 section 5).
        case badHopLimit(UInt8)
        case unknownDiscriminator(Discriminator)
        case unknownNeighbor(Neighbor)

        package var description: String {
            switch self {
            case .badHopLimit(let hopLimit): "a received TTL of \(hopLimit) is not 255"
            case .unknownDiscriminator(let discriminator): "no session has the discriminator \(discriminator)"
            case .unknownNeighbor(let neighbor): "no session is with \(neighbor)"
            }
        }
    }

    /// The TTL or Hop Limit of every packet over a single hop, sent and received (RFC 5881 section 5).
    package static let hopLimit: UInt8 = 255

    private var neighbors: [Discriminator: Neighbor] = [:]
    private var discriminators: [Neighbor: Discriminator] = [:]

    package init() {}

    /// A discriminator for a new session with that neighbor: random, and unique among those given out and not removed.
    ///
    /// Nil if there is a session with it already.
    package mutating func register(
        _ neighbor: Neighbor, using generator: inout some RandomNumberGenerator
    ) -> Discriminator? {
        guard discriminators[neighbor] == nil else { return nil }
        var discriminator = Discriminator.random(using: &generator)
        while neighbors[discriminator] != nil { discriminator = discriminator.next }
        neighbors[discriminator] = neighbor
        discriminators[neighbor] = discriminator
        return discriminator
    }

    /// Forgets a session; without effect if there is none.
    package mutating func remove(_ discriminator: Discriminator) {
        guard let neighbor = neighbors.removeValue(forKey: discriminator) else { return }
        discriminators[neighbor] = nil
    }

    /// The local discriminator of the session that a packet is for.
    ///
    /// Your Discriminator alone selects it if it is not zero, wherever the packet came from (RFC 5880 section 6.3); only
    /// then, in Down and AdminDown, source address and link do. That a zero comes in no other state, decoding has checked.
    package func session(
        for packet: ControlPacket, from neighbor: Neighbor, receivedHopLimit: UInt8
    ) throws(SelectionError) -> Discriminator {
        guard receivedHopLimit == Self.hopLimit else { throw .badHopLimit(receivedHopLimit) }
        if let discriminator = packet.yourDiscriminator {
            guard neighbors[discriminator] != nil else { throw .unknownDiscriminator(discriminator) }
            return discriminator
        }
        guard let discriminator = discriminators[neighbor] else { throw .unknownNeighbor(neighbor) }
        return discriminator
    }
}
