// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabModel
internal import RouteServer
internal import WireFormat

/// Settings of a lab's route servers, in addition to the template; by default AWS's, or none.
struct RouteServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Persist routes, whatever the template says: for 1min to 5min after the first session's return, or off. A"
                + " number alone is in minutes.", valueName: "TIME|off"))
    var persistRoutes: PersistRoutesArgument?

    @Option(
        help: ArgumentHelp(
            "How many times faster a minute of persist routes passes; 60 makes it a second; 1 by default.",
            valueName: "FACTOR"))
    var timeScale: Double?

    @Option(
        help: ArgumentHelp(
            "Delays observed on AWS: \(ProgrammingDelays.presets.map(\.name).joined(separator: ", "));"
                + " none by default.",
            valueName: "PRESET"))
    var delays: DelayPreset?

    @Option(help: .time("Delay from a new route in the FIB to the route tables, such as 500ms.", numberIn: .seconds))
    var programmingDelay: TimeArgument<InSeconds>?

    @Option(help: .time("Additional delay if a better path came and none was lost, such as 5s.", numberIn: .seconds))
    var failBackDelay: TimeArgument<InSeconds>?

    @Option(
        help: ArgumentHelp(
            "A quota other than AWS's, or what happens beyond it, repeatable: routes-per-peer, routes-in-fib or"
                + " routes-per-table with keep-first, reset-session (of a peer) or accept-all; endpoints-per-server,"
                + " endpoints-per-subnet, peers-per-endpoint.",
            valueName: "NAME=LIMIT[:POLICY]"))
    var quota: [String] = []

    @Option(
        help: ArgumentHelp(
            "How one path is chosen: assumed (AWS publishes no order), rfc4271, gobgp, or steps separated by"
                + " commas, such as as-path-length,origin,med,age,router-id,peer-address.",
            valueName: "ORDER"))
    var selection: SelectionArgument?

    @Option(
        help: ArgumentHelp(
            "What to assume where AWS documents nothing, repeatable: local-route=longest-prefix or local-first,"
                + " unowned-next-hop=not-selected or selected, persist-disabled=keep or drop, gateway-route=any or subnets.",
            valueName: "NAME=VALUE"))
    var assume: [String] = []

    @Option(help: .time("The hold time that the endpoints offer, if not that of --hold.", numberIn: .seconds))
    var endpointHold: HoldTime?

    @Flag(help: "Write no peer log.")
    var noPeerLog = false

    @Option(
        help: ArgumentHelp(
            "If several route servers write one route table, the order in which their routes are preferred; by default"
                + " the template's order (assumed: AWS does not document it).", valueName: "NAME,..."))
    var tablePrecedence: String?

    /// Those of these options that were given.
    var given: [String] {
        let all = [
            "--persist-routes": persistRoutes != nil, "--time-scale": timeScale != nil, "--delays": delays != nil,
            "--programming-delay": programmingDelay != nil, "--fail-back-delay": failBackDelay != nil,
            "--quota": !quota.isEmpty, "--selection": selection != nil, "--assume": !assume.isEmpty,
            "--endpoint-hold": endpointHold != nil, "--no-peer-log": noPeerLog,
            "--table-precedence": tablePrecedence != nil,
        ]
        return Array(all.filter(\.value).keys)
    }

    func validate() throws {
        if let timeScale, !(timeScale >= 0.01 && timeScale <= 6000) {
            throw ValidationError("--time-scale takes a number from 0.01 to 6000")
        }
        if let problem = endpointHold?.problem(of: "--endpoint-hold") { throw ValidationError(problem) }
        var quotas = RouteServerQuotas.aws
        for text in quota {
            if let problem = quotas.set(text) { throw ValidationError("--quota \(text): \(problem)") }
        }
        var settings = RouteServerSettings()
        for text in assume where !settings.assume(text) {
            throw ValidationError(
                "--assume \(text): write local-route=longest-prefix or local-first, unowned-next-hop=not-selected or"
                    + " selected, persist-disabled=keep or drop, gateway-route=any or subnets")
        }
    }

    var settings: RouteServerSettings {
        var settings = RouteServerSettings()
        settings.persistRoutes = persistRoutes?.value
        settings.timeScale = timeScale ?? 1
        if let preset = delays?.preset {
            settings.delays = preset.delays
            settings.delayPreset = preset.name == "none" ? nil : preset.name
        }
        // Explicit figures take precedence over a preset's.
        if let programmingDelay {
            settings.delays.ribToTable = programmingDelay.duration
            settings.delayPreset = nil
        }
        if let failBackDelay {
            settings.delays.failback = failBackDelay.duration
            settings.delayPreset = nil
        }
        for text in quota { _ = settings.quotas.set(text) }
        for text in assume { _ = settings.assume(text) }
        if let selection { settings.selection = selection.value }
        settings.endpointHoldTimeSeconds = endpointHold?.seconds
        settings.isPeerLogOff = noPeerLog
        return settings
    }
}

extension RouteServerSettings {
    /// Applies an assumption NAME=VALUE; false if it is not one.
    fileprivate mutating func assume(_ text: String) -> Bool {
        switch text {
        case "local-route=longest-prefix": localRoutePolicy = .longestPrefix
        case "local-route=local-first": localRoutePolicy = .localFirst
        case "unowned-next-hop=not-selected": selectsOnlyResolvableNextHops = true
        case "unowned-next-hop=selected": selectsOnlyResolvableNextHops = false
        case "persist-disabled=keep": whenPersistDisabled = .keep
        case "persist-disabled=drop": whenPersistDisabled = .drop
        case "gateway-route=any": gatewayRoutePolicy = .any
        case "gateway-route=subnets": gatewayRoutePolicy = .subnets
        default: return false
        }
        return true
    }
}

/// Minutes of persist routes, or none.
struct PersistRoutesArgument: ExpressibleByArgument {
    let value: RouteServerSettings.PersistRoutesOverride

    init?(argument: String) {
        if argument == "off" {
            value = .off
        } else if let duration = Duration(argument, numberIn: .minutes),
            let minutes = PersistRoutes.durationMinutes.first(where: { duration == .seconds(60 * $0) })
        {
            value = .minutes(minutes)
        } else {
            return nil
        }
    }

    static var defaultCompletionKind: CompletionKind {
        .list(PersistRoutes.durationMinutes.map { "\($0)min" } + ["off"])
    }
}

/// Delays, by the name of the observation that they come from.
struct DelayPreset: ExpressibleByArgument {
    let preset: ProgrammingDelays.Preset

    init?(argument: String) {
        guard let preset = ProgrammingDelays.preset(argument) else { return nil }
        self.preset = preset
    }

    static var allValueStrings: [String] { ProgrammingDelays.presets.map(\.name) }
}

/// A path selection.
struct SelectionArgument: ExpressibleByArgument {
    let value: RouteServerSettings.Selection

    init?(argument: String) {
        guard let value = RouteServerSettings.Selection(argument) else { return nil }
        self.value = value
    }

    static var defaultCompletionKind: CompletionKind { .list(RouteServerSettings.Selection.presets.map(\.name)) }
}
