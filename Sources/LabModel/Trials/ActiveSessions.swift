// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
package import Measurement
package import RouteServer
package import WireFormat

/// The active instance's sessions before a fault, as the route server sees them.
package struct ActiveSessions {
    /// The Established ones.
    private let neighbors: [NeighborSnapshot]
    /// The slowest pair of BFD timers; nil if BFD is not up.
    private let bfd: BFDSessionSnapshot?

    /// Those of a route server's sessions that end at some addresses.
    package init(at addresses: Set<IPAddress>, neighbors: [NeighborSnapshot], bfd: [BFDSessionSnapshot]) {
        self.neighbors = neighbors.filter { addresses.contains($0.address) && $0.phase == .established }
        // The last of an instance's sessions to go down decides, so the slowest pair of timers counts.
        self.bfd = bfd.filter { $0.isUp && addresses.contains($0.peerAddress) }
            .max { $0.detectionTimeMicroseconds < $1.detectionTimeMicroseconds }
    }

    package var names: [TrialSubject.Session] { neighbors.map { .init(endpoint: $0.endpoint ?? "", peer: $0.address) } }

    /// The negotiated timers, and the route server's deliberate delays.
    package func timers(delays: ProgrammingDelays) -> SessionTimers {
        let negotiated = neighbors.compactMap(\.statistics.negotiated).first
        // A hold time of 0 switches both timers off (RFC 4271 section 4.2).
        let timed = negotiated.flatMap { $0.holdTimeSeconds > 0 ? $0 : nil }
        var timers = SessionTimers(
            holdTime: timed.map { Milliseconds(Double($0.holdTimeSeconds) * 1000) },
            keepaliveInterval: timed.map { Milliseconds(Double($0.keepaliveIntervalSeconds) * 1000) })
        if delays.ribToTable > .zero { timers.programmingDelay = Milliseconds(delays.ribToTable) }
        if delays.failback > .zero { timers.failBackDelay = Milliseconds(delays.failback) }
        if let bfd {
            timers.bfdInterval = Milliseconds(nanoseconds: bfd.receiveInterval.nanoseconds)
            timers.bfdMultiplier = Int(bfd.remoteDetectMult)
            timers.bfdReverseInterval = Milliseconds(nanoseconds: bfd.transmitInterval.nanoseconds)
            timers.bfdReverseMultiplier = Int(bfd.detectMult)
        }
        return timers
    }
}
