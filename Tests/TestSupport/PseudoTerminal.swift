// SPDX-License-Identifier: MIT-0
package import Foundation
import LinuxSystem

/// A terminal of a certain size, on which a command runs as it does for a user.
package enum PseudoTerminal {
    package struct Result: Sendable {
        package var status: Int32
        /// Everything that was written, as the terminal received it.
        package var output: String

        /// The lines as they stood: also those that were replaced later, without colours and other sequences.
        package var lines: [String] {
            output.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "").unicodeScalars
                .split { $0 == "\n" || $0 == "\r" }.map { String($0) }
        }
    }

    /// TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)), which are not imported.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    /// Runs a command to its end, with the terminal as all three standard streams.
    package static func run(
        _ arguments: [String], columns: UInt16, environment: [String: String] = [:],
        executable: URL = RSLabCommand.executable
    ) throws -> Result {
        let terminal = try OwnedDescriptor(opening: "/dev/ptmx", flags: O_RDWR | O_NOCTTY)
        var isLocked: Int32 = 0
        _ = try call("unlock", ioctl(terminal.rawValue, setLock, &isLocked))
        var number: UInt32 = 0
        _ = try call("name", ioctl(terminal.rawValue, getNumber, &number))
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = try call("size", ioctl(terminal.rawValue, UInt(TIOCSWINSZ), &size))
        let process = try start(arguments, executable, environment, on: "/dev/pts/\(number)")
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        // EIO: the last one who had the terminal open has closed it.
        while true {
            let count = read(terminal.rawValue, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            octets += buffer[..<count]
        }
        return Result(
            status: try waitForChild(process), output: String(decoding: octets, as: UTF8.self))
    }

    private static func start(
        _ arguments: [String], _ executable: URL, _ environment: [String: String], on path: String
    ) throws -> Int32 {
        let side = try OwnedDescriptor(opening: path, flags: O_RDWR | O_NOCTTY)
        let inherited = ProcessInfo.processInfo.environment.filter { $0.key != "COLUMNS" && $0.key != "NO_COLOR" }
        let all = inherited.merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 }
        var child = ChildProcess(
            executable: executable.path, arguments: arguments, environment: all.map { "\($0.key)=\($0.value)" })
        child.newSession = true
        child.standardDescriptors = [side.rawValue, side.rawValue, side.rawValue]
        return try child.start().processID
    }

    private static func call(_ operation: String, _ result: Int32) throws -> Int32 {
        guard result >= 0 else { throw failure(operation) }
        return result
    }

    private static func failure(_ operation: String) -> SystemError {
        SystemError(operation: operation, subject: "pseudo-terminal", code: errno)
    }
}
