// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement
internal import WireFormat

/// What fails, how, and for how long.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the active instance or the --target fails; several to compare. See --list-faults.",
            valueName: "FAULT"))
    var fault: ValueList<FaultName> = ValueList(.kill)
    @Option(
        help: ArgumentHelp(
            "The fault's target instead of the active instance: an instance, a subnet, an endpoint, rs, vpc:SUBNET,"
                + " INSTANCE:eth0 or an availability zone.", valueName: "NODE|LINK|ZONE"))
    var target: String?
    @Option(
        help: ArgumentHelp("For --fault loss: how many of 100 packets are lost; 20 by default.", valueName: "PERCENT"))
    var loss: Percentage?
    @Option(help: ArgumentHelp("For --fault flap: how many times the carrier goes away; 3 by default.", valueName: "N"))
    var count: Int?
    @Option(
        help: .time(
            "For --fault flap: the period, for half of which the carrier is gone; 1s by default.", numberIn: .seconds))
    var period: TimeArgument<InSeconds>?
    @Option(
        help: .time("For --fault delay and jitter: how late, one way; 50ms by default.", numberIn: .milliseconds))
    var delay: TimeArgument<InMilliseconds>?
    @Option(
        help: .time("For --fault jitter: how much earlier or later; 10ms by default.", numberIn: .milliseconds))
    var jitter: TimeArgument<InMilliseconds>?
    @Flag(help: "For --fault drain: also announce with the GRACEFUL_SHUTDOWN community (RFC 8326).")
    var gracefulShutdown = false
    @Option(
        help: ArgumentHelp(
            "For --fault starve: what share of one CPU the instance gets; 5 by default.", valueName: "PERCENT"))
    var cpu: Percentage?
    @Option(
        name: .customLong("for"),
        help: .time(
            "How long the fault stays before it is taken back: 500ms, several to compare (100ms,1s), or a series"
                + " (100ms..2s). By default pause stays for 1s, other faults until their effect was followed, and those that"
                + " move nothing until the longest of the timers would have expired.", numberIn: .seconds))
    var duration: TimeSeries?

    @Option(
        help: ArgumentHelp(
            "Carry out the steps of a YAML file instead, or with 'template' those of the template's Metadata: see the manual's"
                + " page on faults.", valueName: "FILE|template"))
    var script: ScriptArgument?

    var faults: [FaultName] { fault.values }

    /// Whether any of these options was given, other than the usual fault.
    var isGiven: Bool {
        faults != [.kill] || target != nil || parameters != FaultParameters() || duration != nil || script != nil
    }

    /// The parameters given, for whichever fault takes them.
    private var parameters: FaultParameters {
        FaultParameters(
            lossShare: loss?.share, count: count, period: period.map { Milliseconds($0.duration) },
            delay: delay.map { Milliseconds($0.duration) }, jitter: jitter.map { Milliseconds($0.duration) },
            gracefulShutdown: gracefulShutdown ? true : nil, cpuShare: cpu?.share)
    }

    /// Every fault with the parameters that it takes, once for each duration.
    var requests: [FaultRequest] {
        faults.flatMap { fault in
            (duration?.values.map(Optional.some) ?? [nil]).map { duration in
                var given = parameters
                given.duration = duration
                return FaultRequest(fault, target: target, parameters: given.completed(for: fault))
            }
        }
    }

    func validate() throws {
        let untaken = faults.map { Set(parameters.superfluous(for: $0)) }.reduce(nil) { untaken, more in
            untaken.map { $0.intersection(more) } ?? more
        }
        if let option = untaken?.sorted().first {
            let takers = FaultName.allCases.filter { !parameters.superfluous(for: $0).contains(option) }
            throw ValidationError(
                "--\(option) is for --fault \(takers.map(\.rawValue).joined(separator: " or "))")
        }
        if let problem = parameters.problem { throw ValidationError(problem) }
        guard script == nil || (target == nil && parameters == FaultParameters() && faults == [.kill]) else {
            throw ValidationError("--script contains faults and targets: leave out --fault, --target and their options")
        }
        guard script == nil || (duration?.values.count ?? 1) == 1 else {
            throw ValidationError("with --script, --for takes one time: how long to watch the effect of the last step")
        }
    }
}

extension FaultName: ExpressibleByArgument {}

/// A part of 100, with or without the sign: 20 or 20%.
struct Percentage: ExpressibleByArgument {
    let share: Double

    init?(argument: String) {
        guard let value = Double(argument.last == "%" ? argument.dropLast() : argument[...]) else { return nil }
        share = value / 100
    }
}
