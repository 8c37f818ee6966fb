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

    /// Whether a message could not be written: there is no one to tell but whoever reads the exit status.
    nonisolated(unsafe) private(set) static var hasLostMessage = false

    /// Writes to standard error without changes.
    static func write(_ text: String) {
        do throws(SystemError) {
            try writeAll(Array(text.utf8), to: STDERR_FILENO, subject: "standard error")
        } catch {
            // A reader that stopped wants no more.
            if error.code != EPIPE { hasLostMessage = true }
        }
    }

    /// Writes a result to standard output.
    ///
    /// If its reader stopped, as in `rslab ... | head`, this process ends as other programs do: by SIGPIPE.
    static func output(_ text: String) throws(OutputFailure) {
        do throws(SystemError) {
            try writeAll(Array(text.utf8), to: STDOUT_FILENO, subject: "standard output")
        } catch {
            guard error.code == EPIPE else { throw OutputFailure(code: error.code) }
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
            // Only if whoever started rslab has blocked the signal.
            exit(128 + SIGPIPE)
        }
    }

    /// Makes reads and writes of a standard stream that was closed fail.
    ///
    /// Otherwise the next file or socket would get its number, and receive what is printed.
    static func takePlacesOfClosedStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // Takes the lowest free number, which is this one. Without /dev/null, printing fails anyway.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

/// Standard output could not be written.
struct OutputFailure: Error, CustomStringConvertible {
    var code: Int32

    var description: String {
        "cannot write to standard output: \(code == EBADF ? "it is closed" : SystemError.message(for: code));"
            + " what the command did is done, but what it printed is incomplete"
    }
}

/// Prints to standard output, checked: it stands before Swift's own, which tells nobody that the disk is full.
func print(_ text: String, terminator: String = "\n") throws(OutputFailure) {
    try Terminal.output(text + terminator)
}
