// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc

/// A system call, or a request to the kernel, that failed.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, in words: "open", "add veth".
    package var operation: String
    /// What it was done to: a path, a link's name, an address.
    package var subject: String
    /// The errno, positive; 0 if the failure has none (then see `detail`).
    package var code: Int32
    /// The kernel's own text (netlink's extended acknowledgement), or other details.
    package var detail: String?

    package init(operation: String, subject: String, code: Int32, detail: String? = nil) {
        self.operation = operation
        self.subject = subject
        self.code = code
        self.detail = detail
    }

    package var description: String {
        var text = "\(operation) \(subject)"
        if code != 0 {
            text += ": \(Self.message(for: code))"
        }
        if let detail {
            text += " (\(detail))"
        }
        return text
    }

    /// The C library's text for an errno.
    package static func message(for code: Int32) -> String {
        String(cString: rslab_error_text(code))
    }
}

/// Calls `body` again while it is interrupted; throws a `SystemError` with the errno if it returns -1.
package func systemCall<Result: SignedInteger>(
    _ operation: @autoclosure () -> String, _ subject: @autoclosure () -> String, _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code == EINTR { continue }
        throw SystemError(operation: operation(), subject: subject(), code: code)
    }
}
