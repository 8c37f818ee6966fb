// SPDX-License-Identifier: MIT-0
internal import Glibc

/// Who started this process: under sudo, the user who called it.
package struct FileOwner: Hashable, Sendable {
    package var user: UInt32
    package var group: UInt32

    /// Nil if files need not be given to anybody: without sudo, or without the right to.
    package static var caller: FileOwner? {
        func number(_ name: String) -> UInt32? { getenv(name).flatMap { UInt32(String(cString: $0)) } }
        guard geteuid() == 0, let user = number("SUDO_UID"), let group = number("SUDO_GID") else { return nil }
        return FileOwner(user: user, group: group)
    }

    private init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }

    /// Whose a file or directory is; nil if there is none, and for a process that may not give files away.
    package init?(of path: String) {
        var status = stat()
        guard geteuid() == 0, stat(path, &status) == 0 else { return nil }
        self.init(user: status.st_uid, group: status.st_gid)
    }

    /// Makes a file or directory this owner's.
    package func take(_ path: String) throws(SystemError) {
        _ = try systemCall("give away", path) { lchown(path, user, group) }
    }
}

/// Makes a directory for results, the caller's; one that is there is no error, and stays whose it is.
package func makeResultDirectory(_ path: String, owner: FileOwner? = .caller) throws(SystemError) {
    guard mkdir(path, 0o755) != 0 else {
        try owner?.take(path)
        return
    }
    let code = errno
    var status = stat()
    guard code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw SystemError(operation: "make directory", subject: path, code: code)
    }
}

/// A file of results that is written as they come, each write checked; the caller's, if it is new.
package struct CreatedFile: ~Copyable {
    package let path: String
    private let descriptor: OwnedDescriptor

    /// Creates the file; one that is there is emptied, and stays whose it is.
    package init(_ path: String, owner: FileOwner? = .caller) throws(SystemError) {
        self.path = path
        let new = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard new < 0 else {
            let descriptor = OwnedDescriptor(adopting: new)
            if let owner {
                _ = try systemCall("give away", path) { fchown(descriptor.rawValue, owner.user, owner.group) }
            }
            self.descriptor = descriptor
            return
        }
        guard errno == EEXIST else { throw SystemError(operation: "create", subject: path, code: errno) }
        descriptor = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_TRUNC)
    }

    package borrowing func write(_ octets: [UInt8]) throws(SystemError) {
        try writeAll(octets, to: descriptor.rawValue, subject: path)
    }

    package borrowing func write(_ text: String) throws(SystemError) {
        try write(Array(text.utf8))
    }
}
