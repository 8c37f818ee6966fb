// SPDX-License-Identifier: MIT-0

// Faults of links that lose or delay some packets.

extension FaultName {
    /// Packets are lost at random on the link, both ways.
    package static let loss = FaultName(describing: "loss")
    /// The link loses its carrier and gets it back, several times.
    package static let flap = FaultName(describing: "flap")
    /// All packets on the target's link are delayed by the same time, both ways; nothing is lost.
    package static let delay = FaultName(describing: "delay")
    /// The same with a different delay for each packet: packets may overtake each other.
    package static let jitter = FaultName(describing: "jitter")
}

extension FaultDescription {
    /// When the carrier goes, Linux forgets its neighbours and asks for each again, at once and then once a second
    /// (`retrans_time_ms`; RFC 1122 section 2.3.2.1): a request made without carrier is repeated that late.
    static let neighborRetransmission = Milliseconds(1000)

    static let impairmentFaults = [
        FaultDescription(
            .loss, "packets dropped at random", targets: FaultTarget.Kind.allCases,
            parameters: FaultParameters(lossShare: 0.2),
            steps: [FaultStep(.drop(.atRandom))], undo: .removeFilters,
            sights: Sights(bgp: .gaps, bfd: .gaps, connection: .retransmits),
            answering: .mostly, sessions: .none, movement: .chance),
        FaultDescription(
            .flap, "carrier gone and back, N times", rfc7747: "5.2.2", targets: FaultTarget.Kind.allCases,
            parameters: FaultParameters(count: 3, period: Milliseconds(1000)),
            steps: [FaultStep(.flapCarrier)], undo: .giveCarrierBack,
            sights: Sights(bgp: .gaps, bfd: .gaps, connection: .retransmits, carrier: .comesAndGoes),
            answering: .atTimes, sessions: .none, movement: .staysForShortGap,
            longestGap: { $0.downTime + neighborRetransmission }, isRepeated: true),
        FaultDescription(
            .delay, "packets late, both ways", targets: FaultTarget.Kind.allCases,
            parameters: FaultParameters(delay: Milliseconds(50)),
            steps: [FaultStep(.delayPackets)], undo: .removeDelay,
            sights: Sights(bgp: .gap, bfd: .gap, connection: .openLate),
            answering: .late, sessions: .none, movement: .staysForShortGap, longestGap: { $0.delay ?? .zero }),
        FaultDescription(
            .jitter, "packets late by chance, both ways", targets: FaultTarget.Kind.allCases,
            parameters: FaultParameters(delay: Milliseconds(50), jitter: Milliseconds(10)),
            steps: [FaultStep(.delayPackets)], undo: .removeDelay,
            sights: Sights(bgp: .gaps, bfd: .gaps, connection: .openLate),
            answering: .late, sessions: .none, movement: .staysForShortGap,
            longestGap: { ($0.delay ?? .zero) + ($0.jitter ?? .zero) }),
    ]
}

extension FaultParameters {
    /// For `flap`: how long the carrier is gone each time.
    package var downTime: Milliseconds { Milliseconds(nanoseconds: (period ?? .zero).nanoseconds / 2) }

    /// For `flap`: from the first loss of the carrier to the last time that it is back.
    package var flapTime: Milliseconds { (period ?? .zero).times(max((count ?? 1) - 1, 0)) + downTime }
}
