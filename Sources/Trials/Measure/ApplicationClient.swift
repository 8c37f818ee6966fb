// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// The client of the measured applications on the test host, and the ledger of what it reports.
final class ApplicationClient {
    /// How long the first replies may take.
    private static let baselineTimeout = Duration.seconds(5)
    /// How much longer than the outage a flow may take to be served again, beyond what its own timers add.
    private static let followMargin = Duration.seconds(2)
    private static let endTimeout = Duration.seconds(5)
    private static let linger = Duration.milliseconds(200)

    private(set) var ledger: ApplicationLedger
    private let host: String
    private let records: OwnedDescriptor
    private var stop: StopBox?
    private var stream = ApplicationRecordStream()
    private var buffer = [UInt8](repeating: 0, count: 65536)
    private var token: EventLoop.Token?
    private let feed: EventFeed
    /// The pipe has ended: everything was reported.
    private var hasEnded = false

    private final class StopBox {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    /// Starts requests to a trial's floating IP from the node that the probes leave from.
    init(_ settings: ApplicationSettings, subject: TrialSubject, lab: Lab, feed: EventFeed) throws {
        guard let destination = subject.prefix?.address else { throw LabError("the lab has no floating IP") }
        self.feed = feed
        ledger = ApplicationLedger(
            settings: settings, responders: lab.layout.respondingInstances, instances: lab.layout.instancesByTimeToLive)
        host = subject.proberNode
        let recordPipe = try DescriptorPair.pipe()
        let stopPipe = try DescriptorPair.pipe()
        let directory = lab.directory
        let file = directory.configurationFile("\(host).application")
        try replaceFile(
            file,
            with: JSON.encode(
                ApplicationProgramSettings(
                    destination: destination, application: settings, cookie: .random(in: .min ... .max),
                    linger: Self.linger)))
        let order = ProcessOrder(
            name: "application", purpose: .task, executable: try NodePrograms.Executables.find().node,
            arguments: ["application", file], environment: NodePrograms.environment, logPath: directory.logFile(host))
        _ = try InitClient(connectingTo: directory.instanceInitSocket(host)).start(
            order, descriptors: [recordPipe.far.rawValue, stopPipe.near.rawValue])
        records = try recordPipe.near.duplicate()
        stop = StopBox(try stopPipe.far.duplicate())
        setBlocking(records.rawValue, false)
        token = try feed.loop.watch(records.rawValue, for: .readable) { [unowned self] _ in read() }
    }

    // MARK: Waiting

    /// Waits until an instance has answered over every protocol.
    func waitForBaseline(of instance: String) throws {
        let hasBegun = try feed.wait(until: .now + Self.baselineTimeout) {
            isServed(by: instance, since: .zero) || hasEnded
        }
        guard hasBegun else {
            throw LabError(
                "no application on \(instance) answers \(host) on port \(ledger.settings.port) over"
                    + " \(unserved(by: instance, since: .zero))",
                advice: "see 'rslab logs \(instance)': does another service use that port?")
        }
        guard !hasEnded else {
            throw LabError("the applications' client ended before it was asked to", advice: "see 'rslab logs \(host)'")
        }
    }

    /// Waits until an instance serves every flow since `start`, but not indefinitely: TCP doubles its timeout each
    /// time, so it may need as long again as it was not served (by default since `start`), and then has to make a new
    /// connection.
    func follow(to instance: String, since start: Instant, unservedSince: Instant? = nil) throws {
        let soFar = Instant.now - (unservedSince ?? start)
        let limit = Instant.now + soFar + ledger.settings.connectTimeout.duration + Self.followMargin
        _ = try feed.wait(until: limit) { isServed(by: instance, since: start) || hasEnded }
    }

    private func isServed(by instance: String, since start: Instant) -> Bool {
        ledger.settings.protocols.allSatisfy { (ledger.latestReply[$0]?[instance] ?? .zero) > start }
    }

    private func unserved(by instance: String, since start: Instant) -> String {
        ledger.settings.protocols.filter { (ledger.latestReply[$0]?[instance] ?? .zero) <= start }
            .map { $0.rawValue.uppercased() }.joined(separator: " and ")
    }

    /// Has the client end, and waits for its last records.
    func end() throws {
        stop = nil
        guard try feed.wait(until: .now + Self.endTimeout, for: { hasEnded }) else {
            throw LabError("the applications' client does not end", advice: "see 'rslab logs \(host)'")
        }
    }

    // MARK: Records

    private func read() {
        do throws(ProbeCodecError) {
            while true {
                switch readOnce(records.rawValue, into: &buffer) {
                case .octets(let count):
                    stream.append(contentsOf: buffer.prefix(count))
                    while let record = try stream.next() { ledger.record(record) }
                case .nothingNow:
                    return
                case .end, .failed:
                    return close()
                }
            }
        } catch {
            feed.fail(LabError("the application's records cannot be read: \(error)"))
            close()
        }
    }

    private func close() {
        hasEnded = true
        if let token { feed.loop.remove(token) }
        token = nil
    }
}
