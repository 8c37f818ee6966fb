// SPDX-License-Identifier: MIT-0
package import BFD
internal import Glibc
package import LinuxSystem
package import Measurement
package import NodeRuntime
package import VPC
internal import WireFormat

/// What later commands need to know of a lab, kept as `state.json` in its run directory.
package struct LabState: Codable, Sendable {
    package var schema = 1
    package var name: String
    /// The version of rslab that made it.
    package var version: String
    /// What it was made from, for people: a path, or "built-in template".
    package var source: String
    package var model: VPCModel
    package var options: LabOptions
    package var speakers: [InstanceSpeaker]
    package var initProcess: ProcessIdentity
    /// False until the lab was ready once.
    package var isReady: Bool
    /// The faults that are in place, in the order of injection, each written before it is injected.
    package var faults: [ActiveFault] {
        get { activeFaults ?? formerFault.map { [$0] } ?? [] }
        set {
            activeFaults = newValue
            formerFault = nil
        }
    }
    private var activeFaults: [ActiveFault]?
    /// What was written when there was one fault at a time.
    private var formerFault: ActiveFault?

    /// What the speakers announce for a run beside what the template says, written before they do.
    package var block: PrefixBlock?

    /// Endpoints that were deleted while the lab ran, by logical id; the model still has them, as their links have numbers.
    package var deletedEndpoints: Set<String> {
        get { endpointsDeleted ?? [] }
        set { endpointsDeleted = newValue }
    }
    private var endpointsDeleted: Set<String>?
    /// How many peers were created while the lab ran: no two have the same id, even where one is deleted.
    package var createdPeerCount: Int {
        get { peersCreated ?? 0 }
        set { peersCreated = newValue }
    }
    private var peersCreated: Int?
    /// The same of endpoints.
    package var createdEndpointCount: Int {
        get { endpointsCreated ?? 0 }
        set { endpointsCreated = newValue }
    }
    private var endpointsCreated: Int?

    private enum CodingKeys: String, CodingKey {
        case schema, name, version, source, model, options, speakers, initProcess, isReady, block
        case activeFaults = "faults"
        case formerFault = "fault"
        case endpointsDeleted = "deletedEndpoints"
        case peersCreated = "createdPeerCount"
        case endpointsCreated = "createdEndpointCount"
    }

    package init(
        name: String, version: String, source: String, model: VPCModel, options: LabOptions,
        speakers: [InstanceSpeaker], initProcess: ProcessIdentity, isReady: Bool
    ) {
        self.name = name
        self.version = version
        self.source = source
        self.model = model
        self.options = options
        self.speakers = speakers
        self.initProcess = initProcess
        self.isReady = isReady
    }

    /// Reads a lab's state.
    ///
    /// - Throws: `LabError` when there is none, or it is not readable.
    package static func load(_ directory: RunDirectory) throws -> LabState {
        do {
            return try JSON.decode(LabState.self, from: try readFile(directory.stateFile))
        } catch let error as SystemError where error.code == ENOENT {
            throw LabError(
                "the lab '\(directory.labName)' was not built to its end",
                advice: "run 'rslab down --name \(directory.labName)' to clear it away")
        } catch let error as SystemError where error.code == EACCES {
            throw LabError("cannot read \(directory.stateFile)", advice: "run rslab as root")
        } catch {
            throw LabError(
                "\(directory.stateFile) is not readable: \(error)",
                advice: "run 'rslab down --name \(directory.labName)' to clear it away")
        }
    }

    package func save(_ directory: RunDirectory) throws(SystemError) {
        try replaceFile(directory.stateFile, with: JSON.encode(self))
    }
}

/// How a lab is to differ from what its template says.
package struct LabOptions: Codable, Hashable, Sendable {
    package enum SpeakerKind: String, Codable, Hashable, Sendable, CaseIterable {
        /// rslab's own.
        case builtin
        /// Debian's gobgpd, as the sample runs it.
        case gobgpd
        /// BIRD 2.
        case bird
        /// FRR's zebra, bgpd and, where BFD is asked for, bfdd.
        case frr
    }

    package var speaker: SpeakerKind
    /// The hold time that both sides offer; nil: 90 s, or what gobgpd.conf says.
    package var holdTimeSeconds: UInt16?
    /// BFD between every endpoint and peer; nil: where the template asks for it, with assumed timers.
    package var bfd: BFDTimers?
    /// No BFD, whatever the template asks for.
    package var isBFDOff: Bool
    /// How BFD is authenticated, at both ends; nil: not at all.
    package var bfdAuthentication: BFDAuthentication?

    /// An end of the BFD sessions.
    package enum BFDSide: String, Codable, Hashable, Sendable, CaseIterable {
        case speakers
        case routeServer = "route-server"
    }

    /// Which route server's route to a prefix is followed in a table that several write: the first of them by name, then those
    /// that are not named in the template's order.
    ///
    /// AWS does not say: assumed.
    package var tablePrecedence: [String]?

    /// Who takes the passive role; empty: nobody, as RFC 5881 section 3 wants it.
    package var passiveBFD: Set<BFDSide>
    /// How the route servers are set.
    package var routeServer: RouteServerSettings
    /// Whatever the template's security groups say, everything passes.
    package var areSecurityGroupsOff = false
    /// Whatever the template's interfaces say, none checks sources and destinations.
    package var isSourceDestinationCheckOff = false

    package init(
        speaker: SpeakerKind = .builtin, holdTimeSeconds: UInt16? = nil, bfd: BFDTimers? = nil, isBFDOff: Bool = false,
        bfdAuthentication: BFDAuthentication? = nil, passiveBFD: Set<BFDSide> = [],
        routeServer: RouteServerSettings = RouteServerSettings(), tablePrecedence: [String]? = nil
    ) {
        self.speaker = speaker
        self.holdTimeSeconds = holdTimeSeconds
        self.bfd = bfd
        self.isBFDOff = isBFDOff
        self.bfdAuthentication = bfdAuthentication
        self.passiveBFD = passiveBFD
        self.routeServer = routeServer
        self.tablePrecedence = tablePrecedence
    }

    /// What a route server's endpoint runs BFD with where the template asks for it.
    ///
    /// AWS does not publish its own; Direct Connect's published values are these: assumed.
    package static let assumedBFDTimers = BFDTimers(interval: .milliseconds(300), multiplier: 3)

    /// Intervals so long that a session cannot be told from one that has yet to speed up.
    var asksForSlowBFD: Bool { bfd.map { $0.interval >= .oneSecond } ?? false }

    /// How fast BFD runs with a peer; nil where its liveness is left to BGP's keepalives.
    package func bfdTimers(for peer: RouteServerPeer) -> BFDTimers? {
        guard !isBFDOff else { return nil }
        return bfd ?? (peer.livenessDetection == .bfd ? Self.assumedBFDTimers : nil)
    }

    /// How one side runs BFD with a peer, or a peer with it; nil without BFD.
    package func bfdSettings(for peer: RouteServerPeer, at side: BFDSide) -> BFDSessionSettings? {
        bfdTimers(for: peer).map {
            BFDSessionSettings(timers: $0, isPassive: passiveBFD.contains(side), authentication: bfdAuthentication)
        }
    }

    /// The same from an instance's side: the endpoints that it speaks BFD with, by their addresses.
    package func bfdNeighbors(of instance: Instance, in model: VPCModel) -> [String: BFDSessionSettings] {
        let addresses = model.addresses(of: instance)
        var neighbors: [String: BFDSessionSettings] = [:]
        for server in model.routeServers {
            for peer in server.peers where addresses.contains(peer.address) {
                guard let settings = bfdSettings(for: peer, at: .speakers),
                    let endpoint = server.endpoints.first(where: { $0.logicalID == peer.endpoint }),
                    let interface = model.networkInterface(endpoint.networkInterface)
                else { continue }
                neighbors[interface.address.description] = settings
            }
        }
        return neighbors
    }
}

/// The BGP speaker of one instance, in every form that can run it.
package struct InstanceSpeaker: Codable, Hashable, Sendable {
    package var instance: String
    /// For rslab's own.
    package var configuration: SpeakerProgram.Configuration
    /// For gobgpd, and for people: the text of gobgpd.conf.
    package var configurationText: String
    /// The arguments of each `gobgp global rib add`.
    package var announcementWords: [[String]]
    /// For bird or frr: what each of its programs is given, by the program's name.
    package var daemonConfigurations: [String: String]

    package init(
        instance: String, configuration: SpeakerProgram.Configuration, configurationText: String,
        announcementWords: [[String]], daemonConfigurations: [String: String] = [:]
    ) {
        self.instance = instance
        self.configuration = configuration
        self.configurationText = configurationText
        self.announcementWords = announcementWords
        self.daemonConfigurations = daemonConfigurations
    }
}

/// A process that can be recognised after the one that started it is gone: a number alone may be somebody else's by now.
package struct ProcessIdentity: Codable, Hashable, Sendable {
    package var processID: Int32
    /// When it started, in clock ticks after boot (`/proc/PID/stat`, field 22).
    package var startTicks: UInt64

    package init(of processID: Int32) throws(SystemError) {
        guard let ticks = Self.startTicks(of: processID) else {
            throw SystemError(operation: "read", subject: "/proc/\(processID)/stat", code: ESRCH)
        }
        self.processID = processID
        startTicks = ticks
    }

    private static func startTicks(of processID: Int32) -> UInt64? {
        // No such file: no such process.
        guard let text = try? readTextFile("/proc/\(processID)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        // Behind the name, which may hold anything, field 3 comes first.
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    /// Holds the process if it still runs and is the same one; one that only waits to be reaped does not run.
    package func hold() throws(SystemError) -> ProcessHandle? {
        let handle: ProcessHandle
        do throws(SystemError) {
            handle = try ProcessHandle(processID: processID)
        } catch {
            if error.code == ESRCH { return nil }
            throw error
        }
        // Held first and compared then: the number cannot change hands in between.
        guard Self.startTicks(of: processID) == startTicks, try !handle.waitForEnd(until: .zero) else { return nil }
        return handle
    }
}
