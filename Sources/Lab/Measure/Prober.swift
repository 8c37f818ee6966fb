// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import Measurement
internal import NodeRuntime
internal import WireFormat

/// A prober that runs on the test host, and the ledger of what it reports.
final class Prober {
    private(set) var ledger: ProbeLedger
    private let records: OwnedDescriptor
    private var stop: StopBox?
    private var stream = ProbeRecordStream()
    private var buffer = [UInt8](repeating: 0, count: 65536)
    private var token: EventLoop.Token?
    private let feed: EventFeed
    /// The pipe has ended: everything was reported.
    private(set) var hasEnded = false
    /// When the latest reply of each instance arrived.
    private(set) var latestReply: [String: Instant] = [:]
    /// Until when it listened at least; nil while nobody asked it to end.
    private(set) var listenedUntil: Instant?
    /// How long it listens after its last probe.
    private static let linger = Duration.milliseconds(200)

    private final class StopBox {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    /// Starts probing `destination` from the lab's test host.
    init(destination: IPAddress, settings: ProbeSettings, lab: Lab, feed: EventFeed) throws {
        self.feed = feed
        ledger = ProbeLedger(settings: settings, instances: lab.instancesByTimeToLive)
        let host = try lab.testHost()
        let recordPipe = try DescriptorPair.pipe()
        let stopPipe = try DescriptorPair.pipe()
        let directory = lab.directory
        let file = directory.configurationFile("\(host).prober")
        try replaceFile(
            file,
            with: JSON.encode(
                ProberProgram.Settings(
                    destination: destination, interval: .nanoseconds(settings.interval.nanoseconds),
                    cookie: .random(in: .min ... .max), messageByteCount: settings.messageByteCount,
                    linger: Self.linger)))
        let order = ProcessOrder(
            name: "prober", executable: try NodePrograms.Executables.find().node, arguments: ["prober", file],
            environment: NodePrograms.environment, logPath: directory.logFile(host))
        _ = try InitClient(connectingTo: directory.instanceInitSocket(host)).start(
            order, descriptors: [recordPipe.far.rawValue, stopPipe.near.rawValue])
        records = try recordPipe.near.duplicate()
        stop = StopBox(try stopPipe.far.duplicate())
        setBlocking(records.rawValue, false)
        token = try feed.loop.watch(records.rawValue, for: .readable) { [unowned self] _ in read() }
    }

    /// Asks the prober to end; its last records follow.
    func finish() {
        // It lingers from when it notices, which is later.
        listenedUntil = listenedUntil ?? .now + Self.linger
        stop = nil
    }

    private func read() {
        do throws(ProbeCodecError) {
            while true {
                switch readOnce(records.rawValue, into: &buffer) {
                case .octets(let count):
                    stream.append(contentsOf: buffer.prefix(count))
                    while let record = try stream.next() { take(record) }
                case .nothingNow:
                    return
                case .end, .failed:
                    return end()
                }
            }
        } catch {
            feed.fail(LabError("the prober's records cannot be read: \(error)"))
            end()
        }
    }

    private func take(_ record: ProbeRecord) {
        ledger.record(record)
        if case .received(_, let instant, let timeToLive) = record, let instance = ledger.instances[timeToLive] {
            latestReply[instance] = max(instant, latestReply[instance] ?? .zero)
        }
    }

    private func end() {
        hasEnded = true
        if let token { feed.loop.remove(token) }
        token = nil
    }
}
