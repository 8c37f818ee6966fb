// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LinuxSystem
internal import NodeProtocol
internal import RouteServer
internal import WireFormat

/// The peer log in the format of AWS's route server peer logs (`EVENT_LOGS`): one JSON object per line.
package final class PeerLogFile {
    private let settings: PeerLogSettings
    private let file: OwnedDescriptor
    /// Converts an instant to the time since 1970; read once, so that the distances between lines are exact.
    private let epochOffset: Duration
    private var log: LogFile
    private var unwritten: [UInt8] = []

    /// Appends to what an earlier route server wrote.
    init(_ settings: PeerLogSettings) throws(SystemError) {
        self.settings = settings
        file = try OwnedDescriptor(opening: settings.path, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        log = LogFile(settings.path, descriptor: file.rawValue)
        epochOffset = .nanoseconds(realTimeNanoseconds() - Instant.now.nanoseconds)
    }

    /// Converts an event to a record, to be written with the others of its batch.
    func add(_ event: PeerLogEvent) -> PeerLogRecord {
        let record = event.record(region: settings.region, account: settings.account, epochOffset: epochOffset)
        unwritten += JSON.encode(record) + [UInt8(ascii: "\n")]
        return record
    }

    func write() {
        guard !unwritten.isEmpty else { return }
        do throws(SystemError) {
            try log.append(unwritten)
        } catch {
            NodeRuntime.log("\(error)")
        }
        unwritten.removeAll(keepingCapacity: unwritten.count <= 65536)
    }
}
