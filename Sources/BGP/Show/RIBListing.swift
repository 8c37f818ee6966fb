// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The text of RIB listings, octet for octet as `gobgp` prints it; every line ends in a line feed.
package enum RIBListing {
    /// Printed if there is nothing to list; that is not an error.
    package static let empty = "Network not in table\n"

    private static let smallestWidth = 20

    private struct Line {
        var mark: String
        var identifier: String?
        var age: String?
        var row: RIBRow
        var attributes: String
    }

    /// `gobgp global rib`: all paths, the best of a prefix marked `*>`.
    ///
    /// `rows` are in prefix order, the best path of each first. A path that may not become best has no `*`.
    package static func globalRIB(_ rows: [RIBRow]) -> String {
        text(rows.map { line($0, mark: mark($0), showsAge: true) })
    }

    /// `gobgp neighbor X adj-in`: what a neighbour sent.
    package static func adjRIBIn(_ rows: [RIBRow]) -> String {
        text(rows.map { line($0, identifier: "0", showsAge: true) })
    }

    /// `gobgp neighbor X adj-out`: what a neighbour was sent.
    package static func adjRIBOut(_ rows: [RIBRow]) -> String {
        text(rows.map { line($0, identifier: "1", showsAge: false) })
    }

    /// The RIB of a route server: the columns of `gobgp global rib`, then the source of each path.
    package static func routeServerRIB(_ rows: [RIBRow]) -> String {
        text(rows.map { line($0, mark: mark($0), showsAge: true) }, showsSources: true)
    }

    /// `gobgp global rib summary` and the like; `rows` are of one family.
    package static func summary(_ rows: [RIBRow], _ family: AddressFamily) -> String {
        let name = family == .ipv4 ? "AFI_IP" : "AFI_IP6"
        let prefixCount = Set(rows.map(\.prefix)).count
        return "Table afi:\(name) safi:SAFI_UNICAST\nDestination: \(prefixCount), Path: \(rows.count)\n"
    }

    /// The error message of `adj-in` and `adj-out` for a neighbour whose session is down.
    package static func notEstablished(_ neighbor: IPAddress) -> String {
        "neighbor \(neighbor)'s BGP session is not established"
    }

    private static func mark(_ row: RIBRow) -> String {
        (row.isValid ? "*" : " ") + (row.isBest ? ">" : " ")
    }

    private static func line(
        _ row: RIBRow, mark: String = "", identifier: String? = nil, showsAge: Bool
    ) -> Line {
        Line(
            mark: mark, identifier: identifier, age: showsAge ? row.age.clockText : nil, row: row,
            attributes: row.attributes.text)
    }

    private static func text(_ lines: [Line], showsSources: Bool = false) -> String {
        guard let first = lines.first else { return empty }
        var columns: [[String]] = [["Network"] + lines.map(\.row.prefix.description)]
        columns.append(["Next Hop"] + lines.map(\.row.attributes.nextHop.description))
        columns.append(["AS_PATH"] + lines.map(\.row.attributes.asPath.text))
        var widths = columns.map { width($0, atLeast: smallestWidth) }
        if first.age != nil {
            columns.append(["Age"] + lines.map { $0.age ?? "" })
            widths.append(10)
        }
        columns.append(["Attrs"] + lines.map(\.attributes))
        if showsSources {
            columns.append(["Peer"] + lines.map { $0.row.neighbor?.description ?? "" })
            columns.append(["Endpoint"] + lines.map { $0.row.endpoint ?? "" })
            widths += columns.suffix(3).dropLast().map { width($0, atLeast: 0) }
        }
        // The last column needs no width: nothing follows it.
        widths.append(0)
        let marks = [""] + lines.map(\.mark)
        let identifiers = ["ID"] + lines.map { $0.identifier ?? "" }
        return marks.indices.map { number in
            let start =
                marks[number].leftAligned(3)
                + (first.identifier == nil ? "" : identifiers[number].leftAligned(3) + " ")
            let cells = zip(columns, widths).map { column, width in column[number].leftAligned(width) }
            return start + cells.joined(separator: " ") + "\n"
        }.joined()
    }

    private static func width(_ column: [String], atLeast smallest: Int) -> Int {
        column.reduce(smallest) { max($0, $1.count) }
    }
}
