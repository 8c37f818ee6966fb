// SPDX-License-Identifier: MIT-0
internal import LabModel
package import LinuxSystem
package import Measurement
internal import NodeProtocol
package import WireFormat

/// The only place where the orchestrator waits: for events of all nodes, ends of programs, signals, and other
/// descriptors.
package final class EventFeed {
    package let loop: EventLoop
    /// More events than this are too many for one record.
    private static let recordedEventCountMax = 200_000
    /// What has arrived since `beginRecord`; nil while nobody needs it.
    private var record: [TraceEvent]?
    /// The last start of each node, and of each way in which it was scheduled.
    package private(set) var starts: [TraceEvent] = []
    /// Services that ended although nothing meant them to, until they are started again.
    package private(set) var deaths: [ProgramDeath] = []
    /// Whether whoever uses this feed has ended the programs of a node on purpose.
    package var isEndMeant: (_ node: String) -> Bool = { _ in false }
    /// Whether the lab goes on without a service that died, so that the service can be started again.
    package var hasLastingLab = false
    /// The name under which `listen` takes the lab's own init.
    package static let labNode = "lab"
    /// SIGINT or SIGTERM came.
    package private(set) var isInterrupted = false
    private var ignoresInterruptions = false
    /// Called twice a second during a wait, so that a progress line can count down.
    package var onTick: () -> Void = {}
    private static let tickInterval = Duration.milliseconds(500)
    private var failure: (any Error)?
    private var clients: [NodeClient] = []
    private var tokens: [String: EventLoop.Token] = [:]
    private let interruption: Interruption?

    /// With `interruption` a signal ends every wait by throwing `Interrupted`.
    package init(interruption: Interruption? = nil) throws(SystemError) {
        loop = try EventLoop()
        self.interruption = interruption
        if let interruption {
            _ = try loop.watch(interruption.descriptor, for: .readable) { [unowned self] _ in
                isInterrupted = interruption.wasSignalled() || isInterrupted
            }
        }
    }

    /// Subscribes to a node's events, including those since `instant` that it remembers.
    package func listen(to node: String, in directory: RunDirectory, since instant: Instant) throws {
        let client = try NodeClient(node, in: directory)
        try client.subscribe(since: instant)
        clients.append(client)
        forget(node)
        deaths.removeAll { $0.node == node }
        tokens[node] = try loop.watch(client.channel.descriptor, for: .readable) { [unowned self] _ in
            attempt {
                guard let new = try client.readEvents() else { return forget(node) }
                try new.forEach(take)
            }
        }
    }

    /// Learns of programs that end under an init; a service's death makes the current wait throw.
    package func listen(to initClient: InitClient, node: String) throws {
        let key = "init of \(node)"
        forget(key)
        deaths.removeAll { $0.node == node }
        tokens[key] = try loop.watch(initClient.channel.descriptor, for: .readable) { [unowned self] _ in
            attempt {
                if try !initClient.readEnded() {
                    forget(key)
                    // The end of an instance's init is reported by the lab's.
                    if node == Self.labNode { throw LabError("the lab's init is gone", advice: "run 'rslab down'") }
                }
                try examineEnds(under: initClient, of: node)
            }
        }
    }

    /// - Throws: `LabError` for the first of those that nothing meant to end; all of them are known afterwards.
    private func examineEnds(under initClient: InitClient, of node: String) throws {
        var first: LabError?
        for program in initClient.takeUnexamined() {
            let death = ProgramDeath(program, under: node)
            guard !isEndMeant(death.node) else { continue }
            switch program.purpose {
            case .task: break
            case .measurement:
                // With 0 it ended because it was asked to.
                guard program.status != 0 else { continue }
                first = first ?? LabError(death.text, advice: "see 'rslab logs \(death.node)'")
            case .service:
                // What has been started again meanwhile is not dead.
                guard tokens["init of \(node)"] != nil, try initClient.isDead(program) else { continue }
                deaths.append(death)
                first = first ?? error(death)
            }
        }
        if let first { throw first }
    }

    private func error(_ death: ProgramDeath) -> LabError { hasLastingLab ? death.error : death.errorOfEndingLab }

    /// - Throws: `LabError` if a service died and was not started again, also if a wait has thrown because of it before.
    func throwIfServiceDied() throws {
        if let death = deaths.first { throw error(death) }
    }

    /// Stops listening to a node or its init.
    package func forget(_ key: String) {
        if let token = tokens.removeValue(forKey: key) { loop.remove(token) }
    }

    /// Keeps every event from now on, until `endRecord`.
    package func beginRecord() {
        record = []
    }

    /// The events since `beginRecord`, in order of arrival here; the instants are their senders'.
    package func endRecord() -> [TraceEvent] {
        defer { record = nil }
        return record ?? []
    }

    /// Adds an event of this process to the record.
    package func add(_ event: TraceEvent) {
        record?.append(event)
    }

    private func take(_ event: TraceEvent) throws {
        if event.kind == .nodeStarted {
            let place = starts.firstIndex { $0.node == event.node && $0.detail == event.detail }
            if let place { starts[place] = event } else { starts.append(event) }
        }
        guard let count = record?.count else { return }
        guard count < Self.recordedEventCountMax else {
            throw LabError(
                "\(event.node) and the other nodes reported more than \(Self.recordedEventCountMax) events during one trial",
                advice: "see 'rslab logs \(event.node)' for what repeats")
        }
        record?.append(event)
    }

    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            failure = failure ?? error
        }
    }

    /// Makes the current wait throw `error`.
    package func fail(_ error: any Error) {
        failure = failure ?? error
    }

    /// Waits until `condition` holds; false at the deadline.
    ///
    /// The condition is evaluated after every wake-up.
    ///
    /// - Throws: `Interrupted`, or what went wrong during the wait.
    package func wait(until deadline: Instant, for condition: () throws -> Bool) throws -> Bool {
        let timer = loop.makeTimer {}
        let ticker = loop.makeTimer { [unowned self] in onTick() }
        defer {
            loop.remove(timer)
            loop.remove(ticker)
        }
        var nextTick = Instant.now + Self.tickInterval
        while true {
            if let failure {
                self.failure = nil
                throw failure
            }
            if isInterrupted, !ignoresInterruptions { throw Interrupted() }
            if try condition() { return true }
            guard Instant.now < deadline else { return false }
            if Instant.now >= nextTick { nextTick = nextTick + Self.tickInterval }
            loop.schedule(timer, at: deadline)
            loop.schedule(ticker, at: nextTick)
            try loop.runOnce()
        }
    }

    /// Runs `body` to its end; signals do not interrupt its waits.
    package func ignoringInterruptions<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = ignoresInterruptions
        ignoresInterruptions = true
        defer { ignoresInterruptions = before }
        return try body()
    }
}

/// SIGINT (Ctrl-C) and SIGTERM, as something that can be waited for.
///
/// One per process, made before any thread.
package final class Interruption: Sendable {
    private let source: SignalSource

    package init(_ signals: [Int32]) throws(SystemError) {
        source = try SignalSource(signals)
    }

    package var descriptor: Int32 { source.descriptor.rawValue }

    package func wasSignalled() -> Bool {
        var any = false
        while source.next() != nil { any = true }
        return any
    }
}

/// The user asked to stop.
package struct Interrupted: Error, Hashable, Sendable, CustomStringConvertible {
    package init() {}

    package var description: String { "interrupted" }
}
