// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import LabModel
internal import NodeProtocol
internal import Report
internal import RouteServer
internal import VPC
internal import WireFormat

/// Examines a running lab: what does not work, and which rule of which interface is the reason.
package struct LabExamination {
    private let lab: Lab
    private var checks: [HostCheck] = []

    /// All checks; sessions that work share one check per protocol.
    package static func run(_ lab: Lab) throws -> [HostCheck] {
        var examination = LabExamination(lab: lab)
        let dead = try lab.deadServices()
        examination.checks.append(
            HostCheck(
                "programs", dead.isEmpty ? .ok : .failed,
                dead.isEmpty ? "all run" : dead.map(\.text).joined(separator: "; "),
                advice: dead.isEmpty ? nil : "run 'rslab restore --name \(lab.name)', which starts them again"))
        let drops = try lab.interfaceDrops()
        let problems = lab.interfaceProblems(drops)
        try examination.lookAtSessions(besides: Set(dead.map(\.node)))
        examination.checks += problems.map {
            HostCheck("interface rules", .failed, $0.text, advice: advice(for: $0.refusal))
        }
        let told = Set(problems.map(\.refusal))
        // A drop need not be a problem: an answer that came late is no mistake of the template's.
        examination.checks += drops.filter { !told.contains($0.refusal) }.map {
            HostCheck("interface rules", .note, $0.text)
        }
        if problems.isEmpty, drops.isEmpty {
            examination.checks.append(HostCheck("interface rules", .ok, "nothing was dropped"))
        }
        return examination.checks
    }

    private mutating func lookAtSessions(besides dead: Set<String>) throws {
        var bgp: [(name: String, isUp: Bool, state: String)] = []
        var bfd: [(name: String, isUp: Bool, state: String)] = []
        for node in lab.layout.routeServerNodes where !dead.contains(node) {
            let client = try NodeClient(node, in: lab.directory)
            let announced = lab.layout.model.routeServers.flatMap { lab.layout.expectedPathCounts(at: $0).keys }
            checks += try client.ask(GetRoutingDatabase(of: announced)).droppedRoutes.map {
                HostCheck("routes", .failed, $0.text)
            }
            bgp += try client.ask(ListNeighbors()).map {
                ("\($0.endpoint ?? node) with \($0.address)", $0.phase == .established, $0.condition)
            }
            bfd += try client.ask(ListBFDSessions()).map {
                ("\($0.endpoint ?? node) with \($0.peerAddress)", $0.isUp, $0.state)
            }
        }
        let segments = bgp.allSatisfy(\.isUp) ? [] : try lab.segmentDrops()
        checks += segments.map { HostCheck("BGP", .failed, $0) }
        checks += [Self.check("BGP", of: bgp), Self.check("BFD", of: bfd)].compactMap(\.self)
    }

    /// What a protocol's sessions come to; nil without a session.
    static func check(_ title: String, of sessions: [(name: String, isUp: Bool, state: String)]) -> HostCheck? {
        guard !sessions.isEmpty else { return nil }
        let down = sessions.filter { !$0.isUp }
        let finding = "\(sessions.count - down.count) of \(sessions.count) sessions up"
        return HostCheck(
            title, down.isEmpty ? .ok : .failed,
            ([finding] + down.map { "\($0.name) is \($0.state)" }).joined(separator: "; "))
    }

    static func advice(for refusal: InterfaceRefusal) -> String {
        switch (refusal.cause, refusal.direction) {
        case (.sourceDestinationCheck, _):
            "set SourceDestCheck of \(refusal.owner) to false"
        case (.securityGroups, .ingress):
            "add an ingress rule for \(refusal.traffic.service) from \(refusal.traffic.source)"
                + " to \(refusal.groups.map(\.name).joined(separator: " or "))"
        case (.securityGroups, .egress):
            "add an egress rule for \(refusal.traffic.service) to \(refusal.traffic.destination)"
                + " to \(refusal.groups.map(\.name).joined(separator: " or "))"
        }
    }
}
