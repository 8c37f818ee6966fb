// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc

/// Reads a whole file of the kernel's, such as those in /proc, as octets.
///
/// Files that a user names are read by `readInput`, and those that rslab wrote by `readOwnFile`.
package func readFile(_ path: String) throws(SystemError) -> [UInt8] {
    try readAll(try OwnedDescriptor(opening: path, flags: O_RDONLY), path, limit: .max)
}

/// Reads a file that a user names, which may be a pipe, as octets.
///
/// - Throws: also if there are more than `limit` octets, as from a device that never ends.
package func readInput(_ path: String, limit: Int = 16 << 20) throws(SystemError) -> [UInt8] {
    try readAll(try OwnedDescriptor(opening: path, flags: O_RDONLY), path, limit: limit)
}

/// Reads a file that rslab, or another program that root has started, wrote earlier, as octets.
///
/// - Throws: also if it is not such a file: not a regular one, another user's, writable by others, or larger than
///   `limit`.
package func readOwnFile(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
    // Opening a pipe must not wait for a writer, and a link must not lead elsewhere.
    let descriptor = try OwnedDescriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    var status = stat()
    _ = try systemCall("examine", path) { fstat(descriptor.rawValue, &status) }
    if let reason = distrust(status, kind: S_IFREG) {
        throw SystemError(operation: "trust", subject: path, code: 0, detail: reason)
    }
    guard status.st_size <= limit else { throw tooLarge(path, limit) }
    return try readAll(descriptor, path, limit: limit)
}

private func tooLarge(_ path: String, _ limit: Int) -> SystemError {
    SystemError(operation: "read", subject: path, code: EFBIG, detail: "more than \(limit >> 20) MB")
}

/// Requires that a path is a directory that only root, or the user of this process, can change; none is no error.
package func requireOwnDirectory(_ path: String) throws(SystemError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
        guard errno == ENOENT else { throw SystemError(operation: "examine", subject: path, code: errno) }
        return
    }
    if let reason = distrust(status, kind: S_IFDIR) {
        throw SystemError(operation: "trust", subject: path, code: 0, detail: reason)
    }
}

/// Why a file is not what rslab wrote; nil if it may be.
private func distrust(_ status: stat, kind: mode_t) -> String? {
    let name = kind == S_IFDIR ? "directory" : "regular file"
    if status.st_mode & S_IFMT != kind { return "it is not a \(name)" }
    if status.st_uid != 0, status.st_uid != geteuid() { return "it belongs to user \(status.st_uid)" }
    return status.st_mode & (S_IWGRP | S_IWOTH) != 0 ? "other users may change it" : nil
}

private func readAll(
    _ descriptor: borrowing OwnedDescriptor, _ path: String, limit: Int
) throws(SystemError) -> [UInt8] {
    let number = descriptor.rawValue
    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = try systemCall("read", path) { read(number, &buffer, buffer.count) }
        guard count > 0 else { return contents }
        contents.append(contentsOf: buffer[..<count])
        guard contents.count <= limit else { throw tooLarge(path, limit) }
    }
}

/// Reads a whole file as text; octets that are not UTF-8 are replaced.
package func readTextFile(_ path: String) throws(SystemError) -> String {
    String(decoding: try readFile(path), as: UTF8.self)
}

/// Reads a text that a user names; octets that are not UTF-8 are replaced.
package func readInputText(_ path: String) throws(SystemError) -> String {
    String(decoding: try readInput(path), as: UTF8.self)
}

/// Reads a text that rslab's programs wrote; octets that are not UTF-8 are replaced.
package func readOwnText(_ path: String) throws(SystemError) -> String {
    String(decoding: try readOwnFile(path, limit: 1 << 30), as: UTF8.self)
}

/// How many octets a file has; 0 where there is none.
package func byteCount(ofFile path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// Which file a path names, and when it was last written: another one for a file that was replaced or changed.
package struct FileVersion: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64
    private let writtenAt: [Int]

    /// Nil if there is none.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        writtenAt = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    }
}

/// Writes all octets to a descriptor, and waits for one that does not block.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32, subject: String) throws(SystemError) {
    var start = 0
    while start < bytes.count {
        do throws(SystemError) {
            start += try systemCall("write", subject) {
                bytes[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            }
        } catch {
            guard error.code == EAGAIN else { throw error }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = try systemCall("wait for", subject) { poll(&waiting, 1, -1) }
        }
    }
}

/// Replaces a file atomically: readers see either the old contents or the new.
package func replaceFile(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(SystemError) {
    let temporary = path + ".new"
    let descriptor = try OwnedDescriptor(opening: temporary, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
    do throws(SystemError) {
        try writeAll(bytes, to: descriptor.rawValue, subject: temporary)
        _ = try systemCall("rename", temporary) { rename(temporary, path) }
    } catch {
        // The half of it that was written is of no use, and fills a disk that is full.
        unlink(temporary)
        throw error
    }
}

/// Removes a directory with everything in it.
///
/// A missing path is not an error; links are removed, never followed.
package func removeTree(_ path: String) throws(SystemError) {
    // Does not follow a link as the last path component either; `fdopendir` takes ownership of the descriptor.
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
        guard errno != ENOENT else { return }
        guard errno == ENOTDIR else { throw SystemError(operation: "open", subject: path, code: errno) }
        _ = try systemCall("remove", path) { unlink(path) }
        return
    }
    guard let directory = fdopendir(descriptor) else {
        let code = errno
        close(descriptor)
        throw SystemError(operation: "read", subject: path, code: code)
    }
    var names: [(name: String, isDirectory: Bool)] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." {
            names.append((name, entry.pointee.d_type == UInt8(DT_DIR)))
        }
    }
    closedir(directory)
    for (name, isDirectory) in names {
        if isDirectory {
            try removeTree("\(path)/\(name)")
        } else if unlink("\(path)/\(name)") != 0, errno != ENOENT {
            throw SystemError(operation: "remove", subject: "\(path)/\(name)", code: errno)
        }
    }
    guard rmdir(path) == 0 || errno == ENOENT else {
        throw SystemError(operation: "remove", subject: path, code: errno)
    }
}

/// The names in a directory, sorted; empty if it does not exist.
package func namesInDirectory(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Makes a directory; an existing one is not an error.
package func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
    guard mkdir(path, mode) == 0 || errno == EEXIST else {
        throw SystemError(operation: "make directory", subject: path, code: errno)
    }
}

/// Sets a kernel parameter, such as `net/ipv4/ip_forward`, in the calling thread's namespace.
package func setKernelParameter(_ name: String, _ value: Int) throws(SystemError) {
    let path = "/proc/sys/\(name)"
    let descriptor = try OwnedDescriptor(opening: path, flags: O_WRONLY)
    try writeAll(Array("\(value)".utf8), to: descriptor.rawValue, subject: path)
}

/// Reads a kernel parameter in the calling thread's namespace, without the line end.
package func kernelParameter(_ name: String) throws(SystemError) -> String {
    let text = try readTextFile("/proc/sys/\(name)")
    return String(text.last == "\n" ? text.dropLast() : text[...])
}

/// Sets whether reads and writes of a descriptor block.
package func setBlocking(_ descriptor: Int32, _ isBlocking: Bool) {
    // Fails only for an invalid descriptor, which the next read or write will report.
    _ = fcntl(descriptor, F_SETFL, isBlocking ? 0 : O_NONBLOCK)
}

/// Asks for a larger pipe buffer; whatever the kernel grants is enough.
package func makePipeRoomy(_ descriptor: Int32, byteCount: Int32) {
    _ = rslab_set_pipe_size(descriptor, byteCount)
}
