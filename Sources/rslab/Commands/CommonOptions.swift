// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Glibc
internal import LabHost
internal import LabModel
internal import NodeProtocol
internal import WireFormat

/// Options of every verb about a lab.
struct LabSelection: ParsableArguments {
    @Option(name: .long, help: "The lab's name; needed only when several run.")
    var name: String?

    /// The selected lab: the named one, or the only one.
    ///
    /// Nil if there is none and none was named.
    func directory() throws -> RunDirectory? {
        if let name {
            try Self.check(name)
            return RunDirectory(labName: name)
        }
        try RunDirectory.requireTrustedRoot()
        let all = RunDirectory.all()
        // What a killed rslab has left is not a lab to choose from.
        let alive = all.count > 1 ? try all.filter(Lab.isAlive) : all
        guard alive.count <= 1 else {
            let names = alive.map(\.labName).joined(separator: ", ")
            throw LabError(
                "several labs run: \(names)", advice: "select one with --name, such as --name \(alive[0].labName)")
        }
        return alive.first
    }

    /// The selected running lab.
    func open() throws -> Lab {
        guard let directory = try directory() else {
            throw LabError("no lab runs", advice: "run 'rslab up' first")
        }
        Hint.lab = directory
        return try Lab(opening: directory)
    }

    static let nameLengthMax = 32

    /// Names become parts of paths.
    static func check(_ name: String) throws {
        let isSafe =
            (1...nameLengthMax).contains(name.utf8.count) && name.first != "-"
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isSafe else {
            throw ValidationError(
                "'\(name)' cannot name a lab: use 1 to \(nameLengthMax) of a-z, 0-9 and '-', not '-' first")
        }
    }
}

struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print the result as JSON on standard output.")
    var json = false
}

/// Which template, with which parameters.
struct TemplateOptions: ParsableArguments {
    @Argument(help: "A CloudFormation template (YAML or JSON); without one, the built-in floating-IP template.")
    var template: String?

    @Option(
        name: .customLong("parameter"), help: ArgumentHelp("Override a template parameter.", valueName: "NAME=VALUE"))
    var parameters: [String] = []

    func validate() throws {
        for parameter in parameters where !parameter.contains("=") {
            throw ValidationError("'--parameter \(parameter)' has no '=': write NAME=VALUE")
        }
    }

    var overrides: [String: String] {
        Dictionary(
            parameters.map { text in
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }, uniquingKeysWith: { _, last in last })
    }
}

/// How the lab differs from its template; with several values of an option, how several labs do.
struct LabSettings: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The BGP speaker on the instances: builtin (the default), or Debian's gobgpd, bird or frr.",
            valueName: "SPEAKER"))
    var speaker: ValueList<LabOptions.SpeakerKind>?

    @Option(help: .time("The hold time that both sides offer, such as 3s; 0 switches it off.", numberIn: .seconds))
    var hold: ValueList<HoldTime>?

    @Option(
        help: ArgumentHelp(
            "BFD on every session, such as 50msx3, or off (a number alone is in milliseconds); by default as in the template (assumed timers:"
                + " 300msx3). For comparison: 10ms..300ms, which is 10, 20, 50, 100, 200 and 300 ms.",
            valueName: "INTERVALxMULTIPLIER"))
    var bfd: BFDSettings?

    @OptionGroup var bfdOptions: BFDOptions
    @OptionGroup var routeServerOptions: RouteServerOptions
    @OptionGroup var interfaceOptions: InterfaceOptions

    @Option(
        help: ArgumentHelp(
            "If several route servers write one route table, the order in which their routes are preferred; by default"
                + " the template's order (assumed: AWS does not document it).", valueName: "NAME,..."))
    var tablePrecedence: String?

    @Option(help: .time("How long the lab may take to be ready; 60s by default.", numberIn: .seconds))
    var timeout: TimeArgument<InSeconds>?

    /// Those of these options that were given.
    var given: [String] {
        let own = [
            "--speaker": speaker != nil, "--hold": hold != nil, "--bfd": bfd != nil,
            "--table-precedence": tablePrecedence != nil, "--timeout": timeout != nil,
        ]
        return (own.filter(\.value).keys + bfdOptions.given + routeServerOptions.given + interfaceOptions.given)
            .sorted()
    }

    func validate() throws {
        for hold in hold?.values ?? [] {
            if let problem = hold.problem(of: "--hold") { throw ValidationError(problem) }
        }
        if bfd?.values.contains(where: { $0 != .off }) == true, speaker?.values.contains(.gobgpd) == true {
            throw ValidationError(
                "--bfd is not for --speaker gobgpd: Debian's has no BFD; use builtin, bird or frr")
        }
        for speaker in speaker?.values ?? [] { try bfdOptions.check(for: speaker) }
        try timeout?.checkTimeout()
    }

    /// The requested labs: every combination of the values; one by default.
    var combinations: [LabOptions] {
        let holds: [UInt16?] = hold?.values.map(\.seconds) ?? [nil]
        let bfds: [BFDSetting?] = bfd?.values ?? [nil]
        return (speaker?.values ?? [.builtin]).flatMap { speaker in
            holds.flatMap { hold in
                bfds.map { bfd in
                    var options = LabOptions(
                        speaker: speaker, holdTimeSeconds: hold, bfdAuthentication: bfdOptions.bfdAuth,
                        passiveBFD: Set(bfdOptions.bfdPassive), routeServer: routeServerOptions.settings,
                        tablePrecedence: tablePrecedence?.split(separator: ",").map(String.init))
                    interfaceOptions.apply(to: &options)
                    switch bfd {
                    case nil: break
                    case .off: options.isBFDOff = true
                    case .timers(let timers): options.bfd = timers
                    }
                    return options
                }
            }
        }
    }

    /// A route delayed on purpose does not make a lab late.
    var readyWithin: Duration {
        timeout?.duration ?? .seconds(60) + routeServerOptions.settings.longestDelay
    }
}

extension LabOptions.SpeakerKind: ExpressibleByArgument {}
