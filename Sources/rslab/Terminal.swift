// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Report

/// Messages for people: to standard error, with progress and colour only on a terminal.
enum Terminal {
    /// Whether standard output may be coloured: it is a terminal, and NO_COLOR (no-color.org) is not set.
    static var style: Style {
        isatty(STDOUT_FILENO) == 1 && allowsColour ? .colour : .plain
    }

    private static var allowsColour: Bool {
        guard let value = getenv("NO_COLOR"), value.pointee != 0 else {
            return getenv("TERM").map { String(cString: $0) } != "dumb"
        }
        return false
    }

    private static let showsProgress = isatty(STDERR_FILENO) == 1

    /// Replaces the progress line.
    ///
    /// Nothing is shown if standard error is not a terminal.
    static func progress(_ text: String) {
        guard showsProgress else { return }
        write("\r\u{1B}[K\(text)")
    }

    static func endProgress() {
        guard showsProgress else { return }
        write("\r\u{1B}[K")
    }

    /// Prints one line for people.
    static func note(_ text: String) {
        endProgress()
        write(text + "\n")
    }

    /// Writes to standard error without changes.
    static func write(_ text: String) {
        // If standard error is closed, there is no one to tell.
        try? writeAll(Array(text.utf8), to: STDERR_FILENO, subject: "standard error")
    }
}
