// SPDX-License-Identifier: MIT-0
internal import Glibc

/// A file that only grows, up to a limit: then it becomes PATH.1, in the place of the one before, and a new one begins.
///
/// Logs are in /run, which is memory.
package struct LogFile: Sendable {
    package static let byteCountMax = 8 << 20

    private let path: String
    /// It stays the same descriptor, whichever file it writes to.
    private let descriptor: Int32
    private var byteCount: Int

    /// Where the older part of a log is.
    package static func olderPath(of path: String) -> String { "\(path).1" }

    /// A log that is written through an open descriptor; the caller keeps it open.
    package init(_ path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
        byteCount = LinuxSystem.byteCount(ofFile: path)
    }

    /// The log that a program's standard error goes to; nil if that is no file.
    package static func standardError() -> LogFile? {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(STDERR_FILENO)", &path, path.count - 1)
        guard count > 0 else { return nil }
        return LogFile(
            String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self), descriptor: STDERR_FILENO
        )
    }

    package mutating func append(_ octets: [UInt8]) throws(SystemError) {
        if byteCount + octets.count > Self.byteCountMax, byteCount > 0 { try beginAnew() }
        try writeAll(octets, to: descriptor, subject: path)
        byteCount += octets.count
    }

    private mutating func beginAnew() throws(SystemError) {
        let older = Self.olderPath(of: path)
        _ = try systemCall("rename", path) { rename(path, older) }
        let new = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let raw = new.rawValue
        let kept = descriptor
        _ = try systemCall("begin anew", path) { dup2(raw, kept) }
        // Programs inherit their standard error, and nothing else.
        if kept > STDERR_FILENO { _ = try systemCall("begin anew", path) { fcntl(kept, F_SETFD, FD_CLOEXEC) } }
        byteCount = 0
    }
}
