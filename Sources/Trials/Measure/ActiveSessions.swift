// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import LabHost
internal import LabModel
internal import Measurement
internal import NodeProtocol
internal import RouteServer
internal import WireFormat

/// The active instance's sessions before a fault, as the route server sees them.
struct ActiveSessions {
    /// The Established ones.
    private let neighbors: [NeighborSnapshot]
    /// The slowest pair of BFD timers; nil if BFD is not up.
    private let bfd: BFDSessionSnapshot?

    /// Asks a route server for the sessions that end at some addresses.
    init(at addresses: Set<IPAddress>, on node: String, in lab: Lab) throws {
        let client = try NodeClient(node, in: lab.directory)
        neighbors = try client.ask(ListNeighbors()).filter {
            addresses.contains($0.address) && $0.phase == .established
        }
        // The last of an instance's sessions to go down decides, so the slowest pair of timers counts.
        bfd = try client.ask(ListBFDSessions()).filter { $0.isUp && addresses.contains($0.peerAddress) }
            .max { $0.detectionTimeMicroseconds < $1.detectionTimeMicroseconds }
    }

    var names: [TrialSubject.Session] { neighbors.map { .init(endpoint: $0.endpoint ?? "", peer: $0.address) } }

    /// The negotiated timers, and the route server's deliberate delays.
    func timers(delays: ProgrammingDelays) -> SessionTimers {
        let negotiated = neighbors.compactMap(\.statistics.negotiated).first
        var timers = SessionTimers(
            holdTime: negotiated.map { Milliseconds(Double($0.holdTimeSeconds) * 1000) },
            keepaliveInterval: negotiated.map { Milliseconds(Double($0.keepaliveIntervalSeconds) * 1000) })
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
