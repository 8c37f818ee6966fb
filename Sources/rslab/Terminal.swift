// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Report
internal import Synchronization
internal import WireFormat

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

    /// The columns of standard output, if it is a terminal.
    static let width = width(of: STDOUT_FILENO)
    private static let messageWidth = width(of: STDERR_FILENO)

    private static let usualWidth = 80
    private static let widths = 20...1000

    /// As the kernel knows it, as the user says (COLUMNS), or 80; nil if it is not a terminal.
    private static func width(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return min(max(Int(size.ws_col), widths.lowerBound), widths.upperBound)
        }
        let stated = getenv("COLUMNS").flatMap { Int(String(cString: $0)) }
        return stated.flatMap { widths.contains($0) ? $0 : nil } ?? usualWidth
    }

    /// Replaces the progress line, which is one line whatever the width.
    ///
    /// If standard error is not a terminal, a line is written every ten seconds instead.
    static func progress(_ text: String) {
        guard let messageWidth else { return Heartbeat.shared.show(text) }
        // The last column stays free: some terminals begin a new line after it.
        let shown = text.count < messageWidth ? text : "\(text.prefix(messageWidth - 2))…"
        write("\r\u{1B}[K\(shown)")
    }

    static func endProgress() {
        guard messageWidth != nil else { return Heartbeat.shared.show(nil) }
        write("\r\u{1B}[K")
    }

    /// Text whose lines are no longer than the terminal is wide.
    static func fitted(_ text: String, to width: Int? = width) -> String {
        width.map { folded(text, width: $0) } ?? text
    }

    /// Says where long work stands to whoever reads a log.
    private final class Heartbeat: Sendable {
        static let shared = Heartbeat()
        private static let interval = Duration.seconds(10)

        private let state = Mutex<(text: String?, isRunning: Bool)>((nil, false))

        /// The text for the next beat; nil for silence.
        func show(_ text: String?) {
            let mustStart = state.withLock { state in
                state.text = text
                guard text != nil, !state.isRunning else { return false }
                state.isRunning = true
                return true
            }
            guard mustStart else { return }
            do throws(SystemError) {
                _ = try DedicatedThread { [self] in beat() }
            } catch {
                // Progress is a courtesy: without a thread there is none.
            }
        }

        private func beat() {
            while true {
                do throws(SystemError) {
                    try DedicatedThread.pause(Self.interval)
                } catch {
                    return
                }
                if let text = state.withLock({ $0.text }) { Terminal.write("rslab: \(text)\n") }
            }
        }
    }

    /// Prints one line for people.
    static func note(_ text: String) {
        endProgress()
        let text = Hint.completed(text)
        write((messageWidth.map { folded(text, width: $0) } ?? text) + "\n")
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

/// Prints text for people to standard output, checked, and fitted to the terminal: it stands before Swift's own, which
/// tells nobody that the disk is full.
func print(_ text: String, terminator: String = "\n") throws(OutputFailure) {
    try Terminal.output(Terminal.fitted(Hint.completed(text)) + terminator)
}
