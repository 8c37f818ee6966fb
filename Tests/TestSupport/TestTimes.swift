// SPDX-License-Identifier: MIT-0
internal import Foundation
internal import Glibc
internal import LinuxSystem
internal import Testing
internal import WireFormat

/// How long tests took once it was their turn, which the test library's own times do not say.
///
/// Where RSLAB_TEST_TIMES names a file, a line for each test is appended to it: seconds, `alone` or `beside`, and the test.
enum TestTimes {
    private static let path = ProcessInfo.processInfo.environment["RSLAB_TEST_TIMES"]

    static func record(_ test: Test, alone: Bool, took duration: Duration) {
        guard let path else { return }
        let seconds = String(format: "%8.3f", duration.milliseconds / 1000)
        let line = "\(seconds) \(alone ? "alone " : "beside") \(test.id)\n"
        do throws(SystemError) {
            let file = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o644)
            try writeAll(Array(line.utf8), to: file.rawValue, subject: path)
        } catch {
            Issue.record("\(error)")
        }
    }
}
