// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import WireFormat

/// A node's log is its program's standard error; nil where that is no file.
private let nodeLog = Mutex(LogFile.standardError())

/// Lines that found no room, so far; the next line that finds some says so.
private let lostLogLines = Atomic<Int>(0)

/// Writes one line to a node's log, with the monotonic time.
func log(_ text: String) {
    let lost = lostLogLines.exchange(0, ordering: .relaxed)
    if lost > 0, !writeLogLine("\(lost) lines before this one could not be written") {
        lostLogLines.add(lost, ordering: .relaxed)
    }
    if !writeLogLine(text) { lostLogLines.add(1, ordering: .relaxed) }
}

private func writeLogLine(_ text: String) -> Bool {
    let now = Instant.now.nanoseconds
    let fraction = String(now % 1_000_000_000 / 1000)
    let line = "\(now / 1_000_000_000).\(String(repeating: "0", count: 6 - fraction.count))\(fraction) \(text)\n"
    do throws(SystemError) {
        try nodeLog.withLock { (file: inout LogFile?) throws(SystemError) in
            guard try file?.append(Array(line.utf8)) == nil else { return }
            try writeAll(Array(line.utf8), to: STDERR_FILENO, subject: "log")
        }
        return true
    } catch {
        return false
    }
}
