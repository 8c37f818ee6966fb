// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement
internal import WireFormat

/// What fails, how, and for how long.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the active instance, or the --target, fails, or several ways to compare; see --list-faults.",
            valueName: "FAULT"))
    var fault: ValueList<FaultName> = ValueList(.kill)
    @Option(
        help: ArgumentHelp(
            "What the fault falls on instead of the active instance: an instance, a subnet, an endpoint, rs, vpc:SUBNET,"
                + " INSTANCE:eth0 or an availability zone.", valueName: "NODE|LINK|ZONE"))
    var target: String?
    @Option(
        help: ArgumentHelp("Of --fault loss: how many of 100 packets are lost; 20 unless told.", valueName: "PERCENT"))
    var loss: Double?
    @Option(help: ArgumentHelp("Of --fault flap: how many times the carrier goes; 3 unless told.", valueName: "N"))
    var count: Int?
    @Option(
        help: ArgumentHelp(
            "Of --fault flap: from one time to the next; the carrier is gone for half of it; 1s unless told.",
            valueName: "TIME"))
    var period: TimeArgument?
    @Option(
        help: ArgumentHelp("Of --fault delay and jitter: how late, one way; 50ms unless told.", valueName: "TIME"))
    var delay: TimeArgument?
    @Option(
        help: ArgumentHelp(
            "Of --fault jitter: how much earlier or later than that; 10ms unless told.", valueName: "TIME"))
    var jitter: TimeArgument?
    @Flag(help: "Of --fault drain: announce with the GRACEFUL_SHUTDOWN community (RFC 8326) too.")
    var gracefulShutdown = false
    @Option(
        help: ArgumentHelp(
            "Of --fault starve: how many hundredths of one CPU the instance gets; 5 by default.", valueName: "PERCENT"))
    var cpu: Double?
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long the fault stays before it is taken back: 500ms, several to compare (100ms,1s), or a series"
                + " (100ms..2s). pause stays for 1s by default, others until their effect was followed, or those that"
                + " move nothing until the longest of the timers could have found them.", valueName: "TIME"))
    var duration: TimeSeries?

    @Option(
        help: ArgumentHelp(
            "Carry out the steps of a YAML file instead, or with 'template' those of the template's Metadata: see the manual's"
                + " page on faults.", valueName: "FILE|template"))
    var script: ScriptArgument?

    var faults: [FaultName] { fault.values }

    /// What was given, for whichever fault it is.
    private var parameters: FaultParameters {
        FaultParameters(
            lossShare: loss.map { $0 / 100 }, count: count, period: period.map { Milliseconds($0.duration) },
            delay: delay.map { Milliseconds($0.duration) }, jitter: jitter.map { Milliseconds($0.duration) },
            gracefulShutdown: gracefulShutdown ? true : nil, cpuShare: cpu.map { $0 / 100 })
    }

    /// Every fault with those of the parameters that it takes, once for each time that it stays.
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
            throw ValidationError("--script says which faults fall on what: leave --fault, --target and theirs out")
        }
        guard script == nil || (duration?.values.count ?? 1) == 1 else {
            throw ValidationError("with --script, --for takes one time: how long to watch what comes of the last step")
        }
    }
}

extension FaultName: ExpressibleByArgument {}
