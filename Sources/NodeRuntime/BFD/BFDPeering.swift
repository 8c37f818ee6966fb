// SPDX-License-Identifier: MIT-0
package import BFD
package import WireFormat

/// One BFD session of a node: with whom, over what, and how fast.
package struct BFDPeering: Codable, Hashable, Sendable {
    package var peerAddress: IPAddress
    /// The address that packets are sent from and arrive at; nil: the one that the kernel chooses, and any.
    package var localAddress: IPAddress?
    /// The only link that it is heard on; nil where the node has but one.
    package var link: String?
    /// The route server endpoint that has the session.
    package var endpoint: String?
    package var timers: BFDTimers
    /// Sends nothing before the peer was heard; RFC 5881 section 3 wants both ends active.
    package var isPassive: Bool

    package init(
        peerAddress: IPAddress, localAddress: IPAddress? = nil, link: String? = nil, endpoint: String? = nil,
        timers: BFDTimers, isPassive: Bool = false
    ) {
        self.peerAddress = peerAddress
        self.localAddress = localAddress
        self.link = link
        self.endpoint = endpoint
        self.timers = timers
        self.isPassive = isPassive
    }

    var session: BFDSessionConfiguration {
        BFDSessionConfiguration(
            desiredMinTxInterval: timers.interval, requiredMinRxInterval: timers.interval,
            detectMult: timers.multiplier, isPassive: isPassive)
    }
}
