// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import Report
internal import WireFormat

/// What a node's programs logged, in the `--json` of `logs`.
struct LogOutput: Encodable {
    /// One line, as an event if it is one.
    struct Line: Encodable {
        /// When it was written, on the monotonic clock; absent in the log of another project's daemon.
        var written_at_us: Int64?
        var event: TraceEvent?
        var text: String?

        init(_ line: Substring) {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let microseconds = Self.microseconds(parts[0]) else {
                text = String(line)
                return
            }
            written_at_us = microseconds
            do throws(JSONError) {
                event = try JSON.decode(TraceEvent.self, from: Array(parts[1].utf8))
            } catch {
                // A program's sentence, not an event.
                text = String(parts[1])
            }
        }

        /// Seconds with six decimals, at the beginning of a line from rslab's programs.
        private static func microseconds(_ text: Substring) -> Int64? {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1].utf8.count == 6, let seconds = Int64(parts[0]),
                let rest = Int64(parts[1]), rest >= 0
            else { return nil }
            return seconds * 1_000_000 + rest
        }
    }

    var schema = 1
    var node: String
    var lines: [Line]

    init(node: String, text: String) {
        self.node = node
        lines = text.split(separator: "\n").map(Line.init)
    }

    /// For people: local time, and sentences.
    var text: String {
        let clock = WallClock()
        return lines.map { line in
            guard let writtenAt = line.written_at_us else { return "\(line.text ?? "")\n" }
            let at = line.event?.at ?? Instant(nanoseconds: writtenAt * 1000)
            return "\(clock.text(of: at))  \(line.event?.text ?? line.text ?? "")\n"
        }.joined()
    }
}

/// Instants as this machine's local time.
private struct WallClock {
    /// From the monotonic clock to the time since 1970; read once, so that distances between lines are exact.
    private let offset = realTimeNanoseconds() - Instant.now.nanoseconds

    /// Such as `2026-03-01 12:00:00.000123`.
    func text(of instant: Instant) -> String {
        let (seconds, rest) = (instant.nanoseconds + offset).quotientAndRemainder(dividingBy: 1_000_000_000)
        var time = time_t(seconds)
        var fields = tm()
        localtime_r(&time, &fields)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S", &fields)
        let microseconds = String(rest / 1000)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            + ".\(String(repeating: "0", count: 6 - microseconds.count))\(microseconds)"
    }
}
