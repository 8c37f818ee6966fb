// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import Measurement
internal import NodeRuntime
internal import RouteServer
internal import WireFormat

/// Who is active and who stands by, as the route server has it now.
struct Scene {
    var subject: TrialSubject
    var timers: SessionTimers

    init(lab: Lab, fault: FaultName) throws {
        guard let prefix = lab.floatingAddresses.first else {
            throw LabError(
                "no instance both announces an address and has it on lo, so there is no floating IP to probe",
                advice: "see the template's user data")
        }
        guard let node = lab.routeServerNodes.first else { throw LabError("the template has no route server") }
        let client = try NodeClient(node, in: lab.directory)
        guard case .database(let database) = try client.ask(.routingDatabase),
            case .neighbors(let neighbors) = try client.ask(.neighbors)
        else { throw LabError("\(node) answered something else than asked") }
        let routes = database.routes.filter { $0.prefix == prefix }
        guard let active = routes.first(where: { $0.status == .inFIB })?.instance else {
            throw LabError("no path for \(prefix) is in the FIB", advice: "see 'rslab rib' and 'rslab neighbors'")
        }
        guard let standby = routes.first(where: { $0.instance != nil && $0.instance != active })?.instance else {
            throw LabError(
                "only \(active) announces \(prefix), so nobody could take over", advice: "see 'rslab rib'")
        }
        let activeAddresses = Set(routes.filter { $0.instance == active }.map(\.peerAddress))
        let sessions = neighbors.filter { activeAddresses.contains($0.address) && $0.phase == .established }
        subject = TrialSubject(
            fault: fault, active: active, standby: standby,
            sessions: sessions.map { .init(endpoint: $0.endpoint ?? "", peer: $0.address) },
            standbyNextHops: Array(Set(routes.filter { $0.instance == standby }.map(\.nextHop))),
            activeNextHops: Array(Set(routes.filter { $0.instance == active }.map(\.nextHop))),
            prefix: prefix, table: try lab.propagatedTableOfTestHost(), routeServerNode: node,
            proberNode: try lab.testHost())
        let negotiated = sessions.compactMap(\.statistics.negotiated).first
        timers = SessionTimers(
            holdTime: negotiated.map { Milliseconds(Double($0.holdTimeSeconds) * 1000) },
            keepaliveInterval: negotiated.map { Milliseconds(Double($0.keepaliveIntervalSeconds) * 1000) })
        guard case .bfdSessions(let bfdSessions) = try client.ask(.bfdSessions) else {
            throw LabError("\(node) answered something else than asked")
        }
        // The last of an instance's sessions to go down decides, so the slowest pair of timers counts.
        let slowest = bfdSessions.filter { $0.isUp && activeAddresses.contains($0.peerAddress) }
            .max { $0.detectionTimeMicroseconds < $1.detectionTimeMicroseconds }
        if let slowest {
            timers.bfdInterval = Milliseconds(nanoseconds: slowest.receiveInterval.nanoseconds)
            timers.bfdMultiplier = Int(slowest.remoteDetectMult)
            timers.bfdReverseInterval = Milliseconds(nanoseconds: slowest.transmitInterval.nanoseconds)
            timers.bfdReverseMultiplier = Int(slowest.detectMult)
        }
    }
}
