// SPDX-License-Identifier: MIT-0
internal import Measurement
internal import Report

/// What each fault does, for `failover --list-faults` and the manual.
enum FaultCatalogue {
    /// One fault, from its description.
    struct Entry: Encodable {
        var fault: FaultName
        var action: String
        /// What BGP at the route server sees.
        var bgp: String
        /// What BFD sees, if it is used.
        var bfd: String
        /// Whether the instance's floating IP still answers until the route has moved.
        var answers: String
        /// What happens to the sessions' TCP connections.
        var connection: String
        /// What happens to the carrier of the target's interfaces.
        var carrier: String
        /// What `restore` does.
        var undo: String
        /// The options that it takes.
        var parameters: [String]
        /// The targets that it can have.
        var targets: [FaultTarget.Kind]
        /// The section of RFC 7747 with the most similar case; absent if there is none.
        var rfc7747: String?

        init(_ description: FaultDescription) {
            fault = description.name
            action = description.action
            bgp = description.sights.bgp.words
            bfd = description.sights.bfd.words
            answers = description.answering.words
            connection = description.sights.connection.words
            carrier = description.sights.carrier.words
            undo = description.undo.words
            parameters = description.parametersTaken.map(\.option)
            targets = description.targets
            rfc7747 = description.rfc7747Section
        }

        /// The options that not every fault has.
        var ownParameters: [String] { parameters.filter { $0 != FaultParameter.duration.option } }
    }

    static var entries: [Entry] { FaultDescription.all.map(Entry.init) }

    private static let sightTitles = ["fault", "what is done", "BGP sees", "BFD sees", "answers"]
    private static let traceTitles = ["fault", "TCP", "carrier", "restore", "options"]

    private static func sights(_ entry: Entry) -> [String] {
        [entry.fault.rawValue, entry.action, entry.bgp, entry.bfd, entry.answers]
    }

    private static func traces(_ entry: Entry, separator: String = " ") -> [String] {
        [
            entry.fault.rawValue, entry.connection, entry.carrier, entry.undo,
            entry.ownParameters.joined(separator: separator),
        ]
    }

    /// Two tables, each at most 100 columns wide.
    static func text(_ style: Style, width: Int?) -> String {
        func table(_ titles: [String], _ rows: [[String]]) -> String {
            var table = TextTable(titles.map { TextTable.Column($0) })
            for row in rows { table.addRow(row.map { TextTable.Cell($0) }) }
            return table.render(style, width: width)
        }
        return table(sightTitles, entries.map(sights)) + "\n" + table(traceTitles, entries.map { traces($0) })
            + "\nEvery fault takes --for.\n"
    }

    /// The same two tables in the manual's format.
    static var markdown: [String] {
        [
            markdownTable(sightTitles, entries.map(sights)),
            markdownTable(traceTitles, entries.map { traces($0, separator: "` `") }, lastIsCode: true),
        ]
    }

    private static func markdownTable(_ titles: [String], _ rows: [[String]], lastIsCode: Bool = false) -> String {
        let lines = rows.map { row in
            var cells = row
            cells[0] = "`\(row[0])`"
            if lastIsCode, let last = row.last, !last.isEmpty { cells[row.count - 1] = "`\(last)`" }
            return "| \(cells.joined(separator: " | ")) |"
        }
        return
            (["| \(titles.joined(separator: " | ")) |", String(repeating: "|---", count: titles.count) + "|"] + lines)
            .joined(separator: "\n") + "\n"
    }
}
