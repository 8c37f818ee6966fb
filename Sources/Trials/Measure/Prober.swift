// SPDX-License-Identifier: MIT-0
internal import Glibc
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import WireFormat

/// A prober running on one node, and the records that it reports.
final class Prober {
    let node: String
    private let records: OwnedDescriptor
    private var stop: StopBox?
    private var stream = ProbeRecordStream()
    private var buffer = [UInt8](repeating: 0, count: 65536)
    private var token: EventLoop.Token?
    private let feed: EventFeed
    private let onRecord: (ProbeRecord) -> Void
    /// Whether the pipe has ended: everything was reported.
    private(set) var hasEnded = false
    /// Until when it listened at least; nil before it was asked to end.
    private(set) var listenedUntil: Instant?

    /// How long it listens after its last probe.
    static let linger = Duration.milliseconds(50)
    private static let readsPerTurn = 4

    private final class StopBox {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    /// Starts probing from an instance of the lab; `number` distinguishes the trial's probers.
    convenience init(
        on node: String, settings: ProberProgramSettings, number: Int, lab: Lab, feed: EventFeed,
        onRecord: @escaping (ProbeRecord) -> Void
    ) throws {
        let program = ProberProgramSettings.programName
        try self.init(
            on: node, verb: program, name: program, file: "\(node).\(program)-\(number)", settings: settings, lab: lab,
            feed: feed, onRecord: onRecord)
    }

    /// Starts a program that reports as a prober does.
    ///
    /// - Parameters:
    ///   - verb: of `rslab-node`.
    ///   - name: the program's under its node's init.
    ///   - file: the name of its configuration file.
    init(
        on node: String, verb: String, name: String, file: String, settings: some Encodable, lab: Lab, feed: EventFeed,
        onRecord: @escaping (ProbeRecord) -> Void
    ) throws {
        self.node = node
        self.feed = feed
        self.onRecord = onRecord
        let recordPipe = try DescriptorPair.pipe()
        let stopPipe = try DescriptorPair.pipe()
        let directory = lab.directory
        let file = directory.configurationFile(file)
        try replaceFile(file, with: JSON.encode(settings))
        var order = ProcessOrder(
            name: name, purpose: .task, executable: try NodePrograms.Executables.find().node,
            arguments: [verb, file], environment: NodePrograms.environment,
            logPath: directory.logFile(node))
        let isOutside = node == LabPlan.internetNode || node == LabPlan.vpcNode
        // There is no instance outside, or in the router: the lab's own init starts programs there.
        if isOutside { order.networkNamespace = node }
        let starter = isOutside ? lab.initClient : try InitClient(connectingTo: directory.instanceInitSocket(node))
        _ = try starter.start(
            order, descriptors: [recordPipe.far.rawValue, stopPipe.near.rawValue])
        records = try recordPipe.near.duplicate()
        stop = StopBox(try stopPipe.far.duplicate())
        setBlocking(records.rawValue, false)
        token = try feed.loop.watch(records.rawValue, for: .readable) { [unowned self] _ in read() }
    }

    /// Asks the prober to end; its last records follow.
    func finish() {
        // It lingers from when it notices the request, which is later.
        listenedUntil = listenedUntil ?? .now + Self.linger
        stop = nil
    }

    private func read() {
        do throws(ProbeCodecError) {
            // Even if reading falls behind, it must keep its deadlines: the rest is read at the next wake-up.
            for _ in 0..<Self.readsPerTurn {
                switch readOnce(records.rawValue, into: &buffer) {
                case .octets(let count):
                    stream.append(contentsOf: buffer.prefix(count))
                    while let record = try stream.next() { onRecord(record) }
                case .nothingNow:
                    return
                case .end, .failed:
                    return end()
                }
            }
        } catch {
            feed.fail(LabError("the records of \(node)'s prober cannot be read: \(error)"))
            end()
        }
    }

    private func end() {
        hasEnded = true
        if let token { feed.loop.remove(token) }
        token = nil
    }
}
