// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Measurement
internal import WireFormat

/// Which applications run next to the probes.
struct ApplicationOptions: ParsableArguments {
    @Flag(help: "Keep a TCP connection to the floating IP busy during the probing, and report its stall.")
    var tcp = false
    @Flag(help: "The same with UDP datagrams.")
    var udp = false
    @Option(help: .time("Time between an application's requests; 10ms by default.", numberIn: .milliseconds))
    var applicationInterval: TimeArgument<InMilliseconds>?
    @Option(help: ArgumentHelp("The applications' port; 7 (echo) by default.", valueName: "PORT"))
    var applicationPort: UInt16?
    @Option(
        help: .time("How long a TCP connection may take before it is dialled again; 3s by default.", numberIn: .seconds)
    )
    var connectTimeout: TimeArgument<InSeconds>?

    /// Whether any of these options was given.
    var isGiven: Bool {
        tcp || udp || applicationInterval != nil || applicationPort != nil || connectTimeout != nil
    }

    private var interval: Duration { applicationInterval?.duration ?? .milliseconds(10) }

    func validate() throws {
        guard tcp || udp || !isGiven else {
            throw ValidationError(
                "--application-interval, --application-port and --connect-timeout are for --tcp or --udp")
        }
        guard interval >= .milliseconds(1), interval <= .seconds(10) else {
            throw ValidationError("--application-interval takes 1ms to 10s")
        }
        guard applicationPort != 0 else { throw ValidationError("--application-port takes 1 to 65535") }
        guard tcp || connectTimeout == nil else { throw ValidationError("--connect-timeout is for --tcp") }
        if let connectTimeout {
            guard connectTimeout.duration >= .milliseconds(1), connectTimeout.duration <= .seconds(600) else {
                throw ValidationError("--connect-timeout takes 1ms to 600s")
            }
        }
    }

    /// Refuses a budget, or another option about figures, for a stall that is not measured.
    func check(_ option: String, _ figures: [Budget.Figure]) throws {
        for (figure, isMeasured) in [(Budget.Figure.tcpStall, tcp), (.udpStall, udp)]
        where !isMeasured && figures.contains(figure) {
            let flag = figure == .tcpStall ? "--tcp" : "--udp"
            throw ValidationError("\(option) \(figure.rawValue) is for \(flag)")
        }
    }

    /// Nil if none was requested.
    var settings: ApplicationSettings? {
        guard tcp || udp else { return nil }
        var settings = ApplicationSettings(
            protocols: (tcp ? [.tcp] : []) + (udp ? [.udp] : []), interval: Milliseconds(interval))
        if let applicationPort { settings.port = applicationPort }
        if let connectTimeout { settings.connectTimeout = Milliseconds(connectTimeout.duration) }
        return settings
    }
}
