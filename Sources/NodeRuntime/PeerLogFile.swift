// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import NodeProtocol
internal import RouteServer
internal import WireFormat

/// The peers' log in the format of AWS's route server peer logs (`EVENT_LOGS`): one JSON object a line.
package final class PeerLogFile {
    private let settings: PeerLogSettings
    private let file: OwnedDescriptor
    /// What turns an instant into the time since 1970; taken once, so that lines stand as far apart as what they tell of.
    private let epochOffset: Duration
    private var unwritten: [UInt8] = []

    /// Goes on behind what a route server of before wrote.
    init(_ settings: PeerLogSettings) throws(SystemError) {
        self.settings = settings
        file = try OwnedDescriptor(opening: settings.path, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        epochOffset = .nanoseconds(realTimeNanoseconds() - Instant.now.nanoseconds)
    }

    /// Puts an event into words, to be written with the others that come with it.
    func add(_ event: PeerLogEvent) -> PeerLogRecord {
        let record = event.record(region: settings.region, account: settings.account, epochOffset: epochOffset)
        unwritten += JSON.encode(record) + [UInt8(ascii: "\n")]
        return record
    }

    func write() {
        guard !unwritten.isEmpty else { return }
        do throws(SystemError) {
            try writeAll(unwritten, to: file.rawValue, subject: settings.path)
        } catch {
            log("\(error)")
        }
        unwritten.removeAll(keepingCapacity: unwritten.count <= 65536)
    }
}
