// SPDX-License-Identifier: MIT-0

/// A piece of text that remembers where in a file each of its lines is.
package struct SourceExcerpt: Hashable, Sendable, Codable {
    /// The place of one line.
    package struct Place: Hashable, Sendable, Codable {
        /// Where the line begins in the file.
        package var start: SourcePosition
        /// How many Unicode scalars of the line are the same in the file; columns are known up to there.
        package var verbatimCount: Int

        package init(start: SourcePosition, verbatimCount: Int) {
            self.start = start
            self.verbatimCount = verbatimCount
        }
    }

    package private(set) var text: String
    private var places: [Place]

    /// Text whose lines are consecutive in the file, starting at `line`.
    package init(_ text: String, line: Int) {
        self.text = text
        places = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).indices.map {
            Place(start: SourcePosition(line: line + $0), verbatimCount: 0)
        }
    }

    /// Makes an excerpt of lines without their ends.
    package init(_ lines: [(text: String, place: Place)]) {
        text = lines.map(\.text).joined(separator: "\n")
        places = lines.map(\.place)
    }

    /// Where it begins.
    package var start: SourcePosition { places.first?.start ?? .start }

    /// Appends lines, each of which ends in a line end.
    package mutating func append(lines: [(text: String, place: Place)]) {
        // The place after the last line end belongs to the next line.
        if text.isEmpty || text.unicodeScalars.last == "\n" { places.removeLast(places.isEmpty ? 0 : 1) }
        text += lines.map { $0.text + "\n" }.joined()
        places += lines.map(\.place)
        if let last = places.last { places.append(Self.behind(last)) }
    }

    /// The position in the file of a line and a column of this text, both counted from 1.
    package func position(line: Int, column: Int) -> SourcePosition {
        guard places.indices.contains(line - 1) else {
            return places.last.map { Self.behind($0).start } ?? .start
        }
        let place = places[line - 1]
        guard let start = place.start.column, column <= place.verbatimCount + 1 else {
            return SourcePosition(line: place.start.line)
        }
        return SourcePosition(line: place.start.line, column: start + column - 1)
    }

    /// The line after a given one, about which nothing else is known.
    private static func behind(_ place: Place) -> Place {
        Place(start: SourcePosition(line: place.start.line + 1), verbatimCount: 0)
    }
}
