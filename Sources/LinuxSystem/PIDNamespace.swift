// SPDX-License-Identifier: MIT-0
internal import Glibc

/// A PID namespace, as seen from one of its ancestors.
package struct PIDNamespace: Hashable, Sendable {
    /// The kernel's name of it: `pid:[4026532123]`.
    private let name: String

    /// The namespace of a process; nil if the process has ended.
    package init?(of processID: Int32) {
        guard let name = Self.name(of: processID) else { return nil }
        self.name = name
    }

    private static func name(of processID: Int32) -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/\(processID)/ns/pid", &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The processes in it at this moment, by their numbers here.
    package var processIDs: [Int32] {
        namesInDirectory("/proc").compactMap { Int32($0) }.filter { Self.name(of: $0) == name }
    }

    /// Sends a signal to every process in it, including those that a process starts before it gets the signal.
    ///
    /// A process that ends meanwhile is no failure.
    package func send(signal: Int32) throws(SystemError) {
        var reached: Set<Int32> = []
        while true {
            let new = processIDs.filter { !reached.contains($0) }
            guard !new.isEmpty else { return }
            for processID in new {
                reached.insert(processID)
                do throws(SystemError) {
                    let handle = try ProcessHandle(processID: processID)
                    // Held first, then compared: a held number cannot be reused in between.
                    if Self.name(of: processID) == name { try handle.send(signal: signal) }
                } catch {
                    guard error.code == ESRCH else { throw error }
                }
            }
        }
    }
}

/// Whether a process is stopped by a signal; false if it has ended.
package func isStopped(_ processID: Int32) -> Bool {
    // No such file: no such process.
    guard let text = try? readTextFile("/proc/\(processID)/stat"), let end = text.lastIndex(of: ")") else {
        return false
    }
    return text[text.index(after: end)...].split(separator: " ").first == "T"
}

/// A process's number in the PID namespace `depth` levels below the caller's own; nil if it has none.
package func processID(_ processID: Int32, atDepth depth: Int) -> Int32? {
    // An unreadable status means the same as one without the line: the process has no such number.
    guard let text = try? readTextFile("/proc/\(processID)/status"),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") })
    else { return nil }
    let numbers = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().compactMap { Int32($0) }
    return depth < numbers.count ? numbers[depth] : nil
}
