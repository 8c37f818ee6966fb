// SPDX-License-Identifier: MIT-0

/// The parameters of a fault; nil for one that it does not take, or for the default.
package struct FaultParameters: Hashable, Sendable, Codable {
    /// For `loss`: the fraction of all packets that is lost, 0...1.
    package var lossShare: Double?
    /// For `flap`: how many times the carrier goes.
    package var count: Int?
    /// For `flap`: from one loss of the carrier to the next; it is gone for half of that.
    package var period: Milliseconds?
    /// For `delay` and `jitter`: the delay of every packet, one way.
    package var delay: Milliseconds?
    /// For `jitter`: how much a packet's delay may vary in either direction.
    package var jitter: Milliseconds?
    /// For `drain`: whether the paths also carry GRACEFUL_SHUTDOWN (RFC 8326).
    package var gracefulShutdown: Bool?
    /// For `starve`: the instance's share of one CPU, 0...1.
    package var cpuShare: Double?
    /// How long until the fault is undone; nil: until its effect was observed, or the user undoes it.
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
    /// A flag that is off counts as not given.
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

    /// The parameters that the fault takes, with defaults filled in; nothing else.
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

    /// Given parameters that the fault does not take, by option name; empty for a valid request.
    package func superfluous(for fault: FaultName) -> [String] {
        let taken = fault.description.parametersTaken
        return FaultParameter.allCases.filter { given.contains($0) && !taken.contains($0) }.map(\.rawValue)
    }

    /// The parameter out of range, as a sentence that names the option; nil if all are valid.
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

    /// "3 times, every 1 s"; empty for a fault without parameters.
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
