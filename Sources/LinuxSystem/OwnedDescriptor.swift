// SPDX-License-Identifier: MIT-0
internal import Glibc

/// A file descriptor with one owner, closed when the owner goes away.
package struct OwnedDescriptor: ~Copyable, Sendable {
    package let rawValue: Int32

    /// Takes ownership of a descriptor that nothing else closes.
    package init(adopting rawValue: Int32) {
        precondition(rawValue >= 0, "not a descriptor")
        self.rawValue = rawValue
    }

    /// Opens a path, close-on-exec.
    package init(opening path: String, flags: Int32, mode: UInt32 = 0) throws(SystemError) {
        rawValue = try systemCall("open", path) { Glibc.open(path, flags | O_CLOEXEC, mode) }
    }

    /// Duplicates the descriptor, close-on-exec.
    package borrowing func duplicate() throws(SystemError) -> OwnedDescriptor {
        let original = rawValue
        let copy = try systemCall("duplicate", "descriptor \(original)") { fcntl(original, F_DUPFD_CLOEXEC, 3) }
        return OwnedDescriptor(adopting: copy)
    }

    /// Gives up ownership without closing the descriptor.
    package consuming func release() -> Int32 {
        let value = rawValue
        discard self
        return value
    }

    deinit {
        close(rawValue)
    }
}
