// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Finds the session for a packet (RFC 5880 section 6.3, RFC 5881 sections 3 and 5), and assigns discriminators to
/// sessions.
package struct BFDDemultiplexer: Sendable {
    /// The other end of a single hop: its address, and the link to it.
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

    /// Why a packet belongs to no session.
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

    /// Assigns a discriminator for a new session with `neighbor`: random, and unique among those in use.
    ///
    /// Nil if there already is a session with it.
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

    /// Removes a session; does nothing if there is none.
    package mutating func remove(_ discriminator: Discriminator) {
        guard let neighbor = neighbors.removeValue(forKey: discriminator) else { return }
        discriminators[neighbor] = nil
    }

    /// The local discriminator of the session for a packet.
    ///
    /// If Your Discriminator is not zero, only it selects the session, wherever the packet came from (RFC 5880 section
    /// 6.3). Otherwise, in Down and AdminDown, source address and link do. Decoding has checked that a zero comes in no
    /// other state.
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
