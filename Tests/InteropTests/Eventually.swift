// SPDX-License-Identifier: MIT-0
import Foundation
import LinuxSystem
import Testing
import WireFormat

/// Waits for something that another program does in its own time, by checking repeatedly.
func eventually(
    _ subject: String, within limit: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
) throws {
    let deadline = Instant.now + limit
    while try !condition() {
        try #require(Instant.now < deadline, "waited \(limit) for \(subject)", sourceLocation: sourceLocation)
        Thread.sleep(forTimeInterval: 0.02)
    }
}
