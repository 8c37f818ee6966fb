// SPDX-License-Identifier: MIT-0
internal import Lab
internal import Measurement
internal import Report
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

    var schema = 1
    var lab: String
    var source: String
    var speaker: LabOptions.SpeakerKind
    var fault: String?
    var active: String?
    var sessions_established: Int?
    var sessions: Int?
    var nodes: [Node]

    init(_ lab: Lab) {
        self.lab = lab.name
        source = lab.state.source
        speaker = lab.state.options.speaker
        let faults = lab.state.faults.map(\.text)
        fault = faults.isEmpty ? nil : faults.joined(separator: ", ")
        nodes = lab.plan.namespaces.map { namespace in
            Node(
                name: namespace.name, role: namespace.role, addresses: Self.addresses(of: namespace.name, in: lab),
                programs: [], note: nil)
        }
    }

    private static func addresses(of node: String, in lab: Lab) -> [String] {
        lab.plan.addresses.filter { $0.namespace == node }.map { "\($0.address)/\($0.prefixLength)" }
    }

    var text: String {
        var lines = ["lab \(lab), from \(source), speaker \(speaker.rawValue)"]
        if let sessions, let established = sessions_established {
            lines.append("BGP sessions Established: \(established) of \(sessions)")
        }
        if let active { lines.append("active: \(active)") }
        if let fault { lines.append("fault in place: \(fault) (take it back with 'rslab restore')") }
        var table = TextTable([.init("node"), .init("role"), .init("addresses"), .init("programs")])
        for node in nodes {
            let programs = node.programs.map { "\($0.name)\($0.process_id.map { " (\($0))" } ?? "")" }
            table.addRow([
                "\(node.name)", "\(node.role.rawValue)", "\(node.addresses.joined(separator: " "))",
                "\(node.note ?? programs.joined(separator: ", "))",
            ])
        }
        return (lines + [table.render(Terminal.style)]).joined(separator: "\n")
    }
}
