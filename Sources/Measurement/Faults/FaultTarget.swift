// SPDX-License-Identifier: MIT-0

/// What a fault falls on.
package struct FaultTarget: Hashable, Sendable, Codable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case instance
        /// A route server endpoint: its one link.
        case endpoint
        /// All links of a subnet, the router's leg among them.
        case subnet
        /// One link of an instance, written INSTANCE:ethN.
        case interface
        /// The router's link into one subnet, written vpc:SUBNET.
        case routerLeg = "router-leg"
        /// The route server: its program, and all links of its endpoints.
        case routeServer = "route-server"
        /// All subnets of an availability zone.
        case availabilityZone = "availability-zone"
    }

    package var kind: Kind
    /// As users type it: `instance-rs-az1`, `vpc:subnet-az1`.
    package var name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    package var description: String { name }
}

/// What a fault's target is to the traffic that is measured, at the moment of the fault.
package enum TargetRole: String, Hashable, Sendable, Codable, CaseIterable {
    /// The active instance, or the links that it is reached by; a standby is left.
    case active
    /// Every BGP session of the active instance and nothing that carries its traffic; a standby is left.
    case everySession = "every-session"
    /// Some of the active instance's sessions: it keeps another.
    case someSessions = "some-sessions"
    /// What carries the traffic to the active instance, and none of its sessions.
    case path
    /// Nothing that the active instance's traffic or sessions need: a standby, say.
    case bystander
    /// The active instance and every standby: nobody is left to take over.
    case everyInstance = "every-instance"
}

/// What a fault is given beside its name and its target; nil for what it does not take, or for the usual.
package struct FaultParameters: Hashable, Sendable, Codable {
    /// Of `loss`: the part of all packets that is lost, 0...1.
    package var lossShare: Double?
    /// Of `flap`: how many times the carrier goes.
    package var count: Int?
    /// Of `flap`: from one time that the carrier goes to the next; it is gone for half of that.
    package var period: Milliseconds?
    /// Of `delay` and `jitter`: how late every packet is, one way.
    package var delay: Milliseconds?
    /// Of `jitter`: how much earlier or later than that a packet may be.
    package var jitter: Milliseconds?
    /// Of `drain`: whether the paths carry GRACEFUL_SHUTDOWN (RFC 8326) too.
    package var gracefulShutdown: Bool?

    package init(
        lossShare: Double? = nil, count: Int? = nil, period: Milliseconds? = nil, delay: Milliseconds? = nil,
        jitter: Milliseconds? = nil, gracefulShutdown: Bool? = nil
    ) {
        self.lossShare = lossShare
        self.count = count
        self.period = period
        self.delay = delay
        self.jitter = jitter
        self.gracefulShutdown = gracefulShutdown
    }

    private enum CodingKeys: String, CodingKey {
        case count
        case lossShare = "loss"
        case period = "period_ms"
        case delay = "delay_ms"
        case jitter = "jitter_ms"
        case gracefulShutdown = "graceful_shutdown"
    }

    /// What a fault takes, with the usual where nothing was said; nothing else.
    package func completed(for fault: FaultName) -> FaultParameters {
        switch fault {
        case .loss: FaultParameters(lossShare: lossShare ?? 0.2)
        case .flap: FaultParameters(count: count ?? 3, period: period ?? Milliseconds(1000))
        case .delay: FaultParameters(delay: delay ?? Milliseconds(50))
        case .jitter: FaultParameters(delay: delay ?? Milliseconds(50), jitter: jitter ?? Milliseconds(10))
        case .drain: FaultParameters(gracefulShutdown: gracefulShutdown ?? false)
        default: FaultParameters()
        }
    }

    /// What was given and the fault does not take, by the options' names; empty for a sound request.
    package func superfluous(for fault: FaultName) -> [String] {
        let taken = completed(for: fault)
        var names: [String] = []
        if lossShare != nil, taken.lossShare == nil { names.append("loss") }
        if count != nil, taken.count == nil { names.append("count") }
        if period != nil, taken.period == nil { names.append("period") }
        if delay != nil, taken.delay == nil { names.append("delay") }
        if jitter != nil, taken.jitter == nil { names.append("jitter") }
        if gracefulShutdown == true, taken.gracefulShutdown == nil { names.append("graceful-shutdown") }
        return names
    }

    /// "20 %", "0.5 %".
    private static func percentage(_ share: Double) -> String {
        let tenths = (share * 1000).rounded()
        return tenths.truncatingRemainder(dividingBy: 10) == 0 ? "\(Int(tenths / 10)) %" : "\(tenths / 10) %"
    }

    /// What is out of bounds, as a sentence that names the option; nil for sound parameters.
    package var problem: String? {
        if let lossShare, !(lossShare > 0 && lossShare <= 1) { return "--loss takes a percentage above 0, up to 100" }
        if let count, !(1...1000).contains(count) { return "--count takes 1 to 1000" }
        if let period, period < Milliseconds(2) || period > Milliseconds(600_000) {
            return "--period takes 2ms to 600s"
        }
        if let delay, delay < .zero || delay > Milliseconds(10_000) { return "--delay takes a time up to 10s" }
        if let jitter, jitter > delay ?? Milliseconds(50) { return "--jitter takes a time up to that of --delay" }
        return nil
    }

    /// "3 times, every 1 s"; empty for a fault that takes none.
    package var text: String {
        var words: [String] = []
        if let lossShare { words.append("\(Self.percentage(lossShare)) of all packets") }
        if let count { words.append(count == 1 ? "once" : "\(count) times") }
        if let period { words.append("every \(period.text)") }
        if let delay { words.append("\(delay.text) one way") }
        if let jitter { words.append("+- \(jitter.text)") }
        if gracefulShutdown == true { words.append("with GRACEFUL_SHUTDOWN") }
        return words.joined(separator: ", ")
    }
}

/// A fault as it is asked for: what falls on whom.
package struct FaultRequest: Hashable, Sendable, Codable {
    package var name: FaultName
    /// Nil for the active instance, or what the fault falls on where it is about something else.
    package var target: String?
    package var parameters: FaultParameters

    package init(_ name: FaultName, target: String? = nil, parameters: FaultParameters = FaultParameters()) {
        self.name = name
        self.target = target
        self.parameters = parameters
    }
}

extension FaultName {
    /// What the fault makes sense on.
    package var targetKinds: [FaultTarget.Kind] {
        switch self {
        case .kill, .powerOff, .shutdown, .crash, .terminate, .withdraw, .prepend, .drain, .grey, .endpointsDown:
            [.instance]
        case .freeze: [.instance, .routeServer]
        case .endpointDown: [.instance, .endpoint]
        case .blackhole, .linkDown, .flap, .delay, .jitter, .loss, .soak: FaultTarget.Kind.allCases
        // Of a segment as a whole there is no one direction.
        case .onewayIn, .onewayOut: [.instance, .interface, .endpoint, .routerLeg, .routeServer]
        // No session passes the router: a peer is in its endpoint's subnet.
        case .bgpPartition, .bfdPartition: FaultTarget.Kind.allCases.filter { $0 != .routerLeg }
        case .azDown: [.availabilityZone]
        case .routeServerRestart: [.routeServer]
        }
    }
}
