// SPDX-License-Identifier: MIT-0
import LabHost
import LabModel
import WireFormat

// The output of the verbs with --json, as far as these tests need it.

struct StatusOutput: Decodable {
    struct Node: Decodable {
        struct Program: Decodable {
            var name: String
            var process_id: Int32?
        }
        var name: String
        var role: String
        var programs: [Program]
        var note: String?
    }
    var lab: String?
    var source: String
    var speaker: String
    var faults: [ActiveFault]
    var dead: [String]?
    var active: String?
    var sessions: Int?
    var sessions_established: Int?
    var nodes: [Node]

    /// What is in place, as people read it.
    var fault: String? {
        faults.isEmpty ? nil : faults.map(\.text).joined(separator: ", ")
    }
}

struct RIBOutput: Decodable {
    struct Route: Decodable {
        var prefix: IPPrefix
        var next_hop: IPAddress
        var as_path: String
        var as_path_length: Int
        var best: Bool
        var endpoint: String?
    }
    var routes: [Route]
}

struct TablesOutput: Decodable {
    var route_tables: [VPCRouteTable]

    /// The destinations of routes that a route server wrote.
    var propagated: [VPCRouteTable.Route] {
        route_tables.flatMap(\.routes).filter { $0.origin == .advertisement }
    }
}

struct UpOutput: Decodable {
    var lab: String
    var changed: Bool
    var source: String
    var ready_ms: Double?
}

struct ChangeOutput: Decodable {
    var changed: Bool
    var fault: String?
    var instance: String?
    var target: String?
}

struct FailureOutput: Decodable {
    struct Problem: Decodable {
        var problem: String
        var advice: String?
        var findings: [String]?
    }
    var error: Problem
}
