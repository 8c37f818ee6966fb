// SPDX-License-Identifier: MIT-0

/// What a fault is given besides its name and its target; nil for what it does not take, or for the usual.
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
    /// Of `starve`: how much of one processor the instance gets, 0...1.
    package var cpuShare: Double?
    /// How long the fault stays before it is taken back; nil until its effect was followed, or the user takes it back.
    package var duration: Milliseconds?

    package init(
        lossShare: Double? = nil, count: Int? = nil, period: Milliseconds? = nil, delay: Milliseconds? = nil,
        jitter: Milliseconds? = nil, gracefulShutdown: Bool? = nil, cpuShare: Double? = nil,
        duration: Milliseconds? = nil
    ) {
        self.lossShare = lossShare
        self.count = count
        self.period = period
        self.delay = delay
        self.jitter = jitter
        self.gracefulShutdown = gracefulShutdown
        self.cpuShare = cpuShare
        self.duration = duration
    }

    private enum CodingKeys: String, CodingKey {
        case count
        case lossShare = "loss"
        case period = "period_ms"
        case delay = "delay_ms"
        case jitter = "jitter_ms"
        case gracefulShutdown = "graceful_shutdown"
        case cpuShare = "cpu"
        case duration = "for_ms"
    }
}

// MARK: - One parameter at a time

/// A parameter of a fault, by the name of its option and its key in a script.
package enum FaultParameter: String, Hashable, Sendable, CaseIterable {
    case loss
    case count
    case period
    case delay
    case jitter
    case gracefulShutdown = "graceful-shutdown"
    case cpu
    case duration = "for"

    /// As users type it: `--loss`.
    package var option: String { "--\(rawValue)" }
}

extension FaultParameters {
    /// The parameters that have a value.
    ///
    /// A flag that is off is no different from one that was not given.
    var given: Set<FaultParameter> {
        var given: Set<FaultParameter> = []
        if lossShare != nil { given.insert(.loss) }
        if count != nil { given.insert(.count) }
        if period != nil { given.insert(.period) }
        if delay != nil { given.insert(.delay) }
        if jitter != nil { given.insert(.jitter) }
        if gracefulShutdown == true { given.insert(.gracefulShutdown) }
        if cpuShare != nil { given.insert(.cpu) }
        if duration != nil { given.insert(.duration) }
        return given
    }

    /// What a fault takes, with the usual where nothing was said; nothing else.
    package func completed(for fault: FaultName) -> FaultParameters {
        let usual = fault.description.parameters
        return FaultParameters(
            lossShare: usual.lossShare.map { lossShare ?? $0 }, count: usual.count.map { count ?? $0 },
            period: usual.period.map { period ?? $0 }, delay: usual.delay.map { delay ?? $0 },
            jitter: usual.jitter.map { jitter ?? $0 },
            gracefulShutdown: usual.gracefulShutdown.map { gracefulShutdown ?? $0 },
            cpuShare: usual.cpuShare.map { cpuShare ?? $0 },
            duration: duration ?? usual.duration)
    }

    /// What was given and the fault does not take, by the options' names; empty for a sound request.
    package func superfluous(for fault: FaultName) -> [String] {
        let taken = fault.description.parametersTaken
        return FaultParameter.allCases.filter { given.contains($0) && !taken.contains($0) }.map(\.rawValue)
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
        if let cpuShare, !(cpuShare >= 0.01 && cpuShare <= 1) { return "--cpu takes a percentage from 1 to 100" }
        if let duration, duration <= .zero || duration > Milliseconds(86_400_000) {
            return "--for takes a time above 0, up to a day"
        }
        return nil
    }

    /// "3 times, every 1 s"; empty for a fault that takes none.
    package var text: String {
        var words: [String] = []
        if let lossShare { words.append("\(percentText(lossShare)) of all packets") }
        if let cpuShare { words.append("\(percentText(cpuShare)) of a CPU") }
        if let count { words.append(count == 1 ? "once" : "\(count) times") }
        if let period { words.append("every \(period.text)") }
        if let delay { words.append("\(delay.text) one way") }
        if let jitter { words.append("+- \(jitter.text)") }
        if gracefulShutdown == true { words.append("with GRACEFUL_SHUTDOWN") }
        if let duration { words.append("for \(duration.text)") }
        return words.joined(separator: ", ")
    }
}

extension FaultDescription {
    /// Every parameter that the fault takes.
    package var parametersTaken: [FaultParameter] {
        var taken = parameters.given
        if parameters.gracefulShutdown != nil { taken.insert(.gracefulShutdown) }
        taken.insert(.duration)
        return FaultParameter.allCases.filter(taken.contains)
    }
}
