// SPDX-License-Identifier: MIT-0

/// A place in a text file that a user wrote; lines and columns count from 1, columns in Unicode scalars.
package struct SourcePosition: Hashable, Sendable, Codable, Comparable {
    package var line: Int
    /// Nil if only the line is known, as in a text composed of pieces of the file.
    package var column: Int?

    package init(line: Int, column: Int? = nil) {
        self.line = line
        self.column = column
    }

    package static let start = SourcePosition(line: 1, column: 1)

    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column ?? 0) < (right.line, right.column ?? 0)
    }
}
