// SPDX-License-Identifier: MIT-0
internal import Measurement
internal import NodeProtocol

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
}
