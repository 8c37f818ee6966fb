// SPDX-License-Identifier: MIT-0
internal import LabHost

/// Commands in messages, as they can be typed: where several labs run, they name the one that is meant.
enum Hint {
    /// The lab that this command is about.
    nonisolated(unsafe) static var lab: RunDirectory?

    private static let verbs = [
        "status", "logs", "neighbors", "rib", "tables", "restore", "down", "events", "failover", "bfd",
    ]

    static func completed(_ text: String) -> String {
        guard let lab, text.contains("'rslab "), RunDirectory.all().count > 1 else { return text }
        let start = "'rslab "
        var parts = text.split(separator: start, omittingEmptySubsequences: false).map(String.init)
        for index in parts.indices.dropFirst() {
            let verb = String(parts[index].prefix { $0 != " " && $0 != "'" })
            let command = parts[index].prefix { $0 != "'" }
            guard verbs.contains(verb), !command.contains("--name ") else { continue }
            parts[index] = "\(verb) --name \(lab.labName)" + parts[index].dropFirst(verb.count)
        }
        return parts.joined(separator: start)
    }
}
