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
    /// Those that are up.
    private let bfd: [BFDSessionSnapshot]

    /// Those of a route server's sessions that end at some addresses.
    package init(at addresses: Set<IPAddress>, neighbors: [NeighborSnapshot], bfd: [BFDSessionSnapshot]) {
        self.neighbors = neighbors.filter { addresses.contains($0.address) && $0.phase == .established }
        self.bfd = bfd.filter { $0.isUp && addresses.contains($0.peerAddress) }
    }

    package var names: [TrialSubject.Session] { neighbors.map { .init(endpoint: $0.endpoint ?? "", peer: $0.address) } }

    /// Whether a session's timers are not those of another.
    private var differ: Bool {
        let hold = neighbors.map(\.statistics.negotiated).map { [$0?.holdTimeSeconds, $0?.keepaliveIntervalSeconds] }
        let pairs = bfd.map {
            [
                $0.receiveInterval.nanoseconds, Int64($0.remoteDetectMult), $0.transmitInterval.nanoseconds,
                Int64($0.detectMult),
            ]
        }
        let isMixed = !bfd.isEmpty && bfd.count != neighbors.count
        return isMixed || Set(hold).count > 1 || Set(pairs).count > 1
    }

    /// The negotiated timers, and the route server's deliberate delays; `sender` is the instance's speaker.
    package func timers(delays: ProgrammingDelays, sender: SessionTimers.Sender) -> SessionTimers {
        let negotiated = neighbors.compactMap(\.statistics.negotiated).first
        // A hold time of 0 switches both timers off (RFC 4271 section 4.2).
        let timed = negotiated.flatMap { $0.holdTimeSeconds > 0 ? $0 : nil }
        var timers = SessionTimers(
            holdTime: timed.map { Milliseconds(Double($0.holdTimeSeconds) * 1000) },
            keepaliveInterval: timed.map { Milliseconds(Double($0.keepaliveIntervalSeconds) * 1000) })
        timers.sender = sender
        timers.sessionsDiffer = differ ? true : nil
        if delays.ribToTable > .zero { timers.programmingDelay = Milliseconds(delays.ribToTable) }
        if delays.failback > .zero { timers.failBackDelay = Milliseconds(delays.failback) }
        // The last of an instance's sessions to go down decides, so the slowest pair of timers counts.
        if let bfd = bfd.max(by: { $0.detectionTimeMicroseconds < $1.detectionTimeMicroseconds }) {
            timers.bfdInterval = Milliseconds(nanoseconds: bfd.receiveInterval.nanoseconds)
            timers.bfdMultiplier = Int(bfd.remoteDetectMult)
            timers.bfdReverseInterval = Milliseconds(nanoseconds: bfd.transmitInterval.nanoseconds)
            timers.bfdReverseMultiplier = Int(bfd.detectMult)
        }
        return timers
    }
}
