// SPDX-License-Identifier: MIT-0
package import BFD

/// Whether both ends of a BFD session have heard each other since some moment: a packet was sent after it, and another
/// one received after that.
///
/// The peer's packet says what state it is in (RFC 5880 section 6.8.7), so a peer whose detection time had expired is not
/// taken to be Up.
package struct PacketExchange: Hashable, Sendable {
    private enum Stage: Hashable {
        /// Until more packets than these were sent.
        case sending(UInt64)
        /// Until more packets than these were received.
        case receiving(UInt64)
        case complete
    }

    private var stage: Stage

    /// Begins now.
    package init(_ session: BFDSessionSnapshot) {
        stage = .sending(session.sentPackets)
    }

    package var isComplete: Bool { stage == .complete }

    /// Takes a later snapshot of the same session into account.
    package mutating func note(_ session: BFDSessionSnapshot) {
        switch stage {
        case .sending(let before) where session.sentPackets > before: stage = .receiving(session.receivedPackets)
        case .receiving(let before) where session.receivedPackets > before: stage = .complete
        case .sending, .receiving, .complete: break
        }
    }
}
