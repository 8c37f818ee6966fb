// SPDX-License-Identifier: MIT-0
internal import BFD
internal import LabHost
internal import LabModel
internal import Measurement
internal import Report
internal import RouteServer
internal import VPC
internal import WireFormat

/// What a lab consists of, for `up` and `status`.
struct LabSummary: Encodable {
    struct Node: Encodable {
        var name: String
        var role: LabPlan.NamespaceRole
        var addresses: [String]
        /// Programs that run there, with their process ids on this machine.
        var programs: [Program]
        var note: String?
    }

    struct Program: Encodable {
        var name: String
        var process_id: Int32?
    }

    /// The route servers' BFD sessions.
    struct BFDSummary: Encodable {
        var sessions: Int
        var sessions_up: Int
        /// The negotiated detection times, each once: the slowest while sessions come up.
        var detection_time_ms: [Double]
        var roles: [String]
        /// In the RFC's words; empty without authentication.
        var authentication: [String]
        /// Why sessions are not Up.
        var diagnostics: [String]

        init(_ sessions: [BFDSessionSnapshot]) {
            self.sessions = sessions.count
            sessions_up = sessions.filter(\.isUp).count
            detection_time_ms = Set(sessions.filter(\.isUp).map { Double($0.detectionTimeMicroseconds) / 1000 })
                .sorted()
            roles = Set(sessions.map(\.role)).sorted()
            authentication = Set(sessions.compactMap(\.authentication)).sorted()
            diagnostics = Set(sessions.filter { !$0.isUp }.map(\.localDiagnostic)).sorted()
        }

        var text: String {
            var text = "BFD sessions Up: \(sessions_up) of \(sessions)"
            if !detection_time_ms.isEmpty {
                text += ", detection time \(detection_time_ms.map { "\($0)" }.joined(separator: " and ")) ms"
            }
            text += ", \(roles.joined(separator: " and ")), authentication: "
            text += authentication.isEmpty ? "none" : authentication.joined(separator: " and ")
            if !diagnostics.isEmpty { text += "; not Up: \(diagnostics.joined(separator: ", "))" }
            return text
        }
    }

    /// A route server, with AWS's words for its states.
    struct RouteServerSummary: Encodable {
        var id: String
        var name: String
        var state: RouteServerObjectState
        var persist_routes_state: PersistRoutes.State
        var persist_routes_duration_min: Int
        /// AWS's AreRoutesPersisted: RIB and FIB are what they were when the last session ended.
        var routes_persisted: Bool
        /// Where its peers' log is, in AWS's format; absent if there is none.
        var peer_log: String?

        init(_ description: RouteServerDescription, peerLog: String?) {
            id = description.resourceID
            name = description.name
            state = description.state
            persist_routes_state = description.persistRoutesState
            persist_routes_duration_min = description.persistRoutesDurationMinutes
            routes_persisted = description.areRoutesPersisted
            peer_log = peerLog
        }

        var text: String {
            let isEnabled = [.enabled, .enabling, .modifying, .resetting].contains(persist_routes_state)
            let duration = isEnabled ? " (\(persist_routes_duration_min) min)" : ""
            return "route server \(name), \(id): \(state.rawValue), persist routes \(persist_routes_state.rawValue)"
                + "\(duration), routes are \(routes_persisted ? "persisted now" : "not persisted now")"
        }
    }

    var schema = 1
    var lab: String
    var source: String
    var speaker: LabOptions.SpeakerKind
    /// The faults now in place, in the order of injection.
    var faults: [ActiveFault]
    /// Services that do not run although no fault ended them, one sentence each.
    var dead: [String]?
    var active: String?
    /// For each route table, where the first floating IP leads; absent with only one route server.
    var active_by_table: [String: String]?
    var sessions_established: Int?
    var sessions: Int?
    /// Absent without BFD.
    var bfd: BFDSummary?
    var route_servers: [RouteServerSummary] = []
    /// The route servers' settings, and which of them are assumed.
    var settings: [StatedSetting]
    /// What cannot work because of the rules of network interfaces, one sentence each.
    var blocked: [String] = []
    /// Announced routes that a route server drops, one sentence each.
    var dropped_routes: [String] = []
    /// What these rules dropped, the most frequent first.
    var drops: [InterfaceDropOutput] = []
    /// How often each of them was applied.
    var interface_rules: [InterfaceCountOutput] = []
    var nodes: [Node]

    init(_ lab: Lab) {
        self.lab = lab.name
        source = lab.state.source
        speaker = lab.state.options.speaker
        faults = lab.state.faults
        settings = lab.state.statedSettings
        nodes = lab.plan.namespaces.map { namespace in
            Node(
                name: namespace.name, role: namespace.role, addresses: Self.addresses(of: namespace.name, in: lab),
                programs: [], note: nil)
        }
    }

    private static func addresses(of node: String, in lab: Lab) -> [String] {
        lab.plan.addresses.filter { $0.namespace == node }.map { "\($0.address)/\($0.prefixLength)" }
    }

    private static let shownDropsMax = 8

    var text: String {
        var lines = ["lab \(lab), from \(source), speaker \(speaker.rawValue)"]
        if let sessions, let established = sessions_established {
            lines.append("BGP sessions Established: \(established) of \(sessions)")
        }
        if let bfd { lines.append(bfd.text) }
        lines += route_servers.map(\.text)
        if let active { lines.append("active: \(active)") }
        for (table, instance) in (active_by_table ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append("active by \(table): \(instance)")
        }
        lines += dropped_routes
        lines += blocked
        // What was mentioned above is not repeated.
        let others = drops.filter { drop in !blocked.contains { $0.hasSuffix(drop.text) } }
        lines += others.prefix(Self.shownDropsMax).map(\.text)
        if others.count > Self.shownDropsMax {
            lines.append("and \(others.count - Self.shownDropsMax) more kinds of dropped packets, in --json")
        }
        lines += (dead ?? []).map { "\($0) (start it again with 'rslab restore')" }
        if !faults.isEmpty {
            let text = faults.map(\.text).joined(separator: ", ")
            lines.append("fault in place: \(text) (take it back with 'rslab restore')")
        }
        var table = TextTable(
            [.init("node"), .init("role"), .init("addresses"), .init("programs")], maximumWidth: Tables.maximumWidth)
        for node in nodes {
            let programs = node.programs.map { "\($0.name)\($0.process_id.map { " (\($0))" } ?? "")" }
            table.addRow([
                "\(node.name)", "\(node.role.rawValue)", "\(node.addresses.joined(separator: " "))",
                "\(node.note ?? programs.joined(separator: ", "))",
            ])
        }
        let settings = TextReport(style: Terminal.style, width: Terminal.width).render(settings)
        return (lines + [table.render(Terminal.style, width: Terminal.width), settings]).joined(separator: "\n")
    }
}
