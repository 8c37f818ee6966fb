// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import BFD
internal import Glibc
internal import Lab

/// Options that every verb about a lab has.
struct LabSelection: ParsableArguments {
    @Option(name: .long, help: "The lab's name; needed only when several run.")
    var name: String?

    /// The lab that is meant: the named one, or the only one there is.
    ///
    /// Nil when there is none at all and none was named.
    func directory() throws -> RunDirectory? {
        if let name {
            try Self.check(name)
            return RunDirectory(labName: name)
        }
        let all = RunDirectory.all()
        guard all.count <= 1 else {
            let names = all.map(\.labName).joined(separator: ", ")
            throw LabError("several labs run: \(names)", advice: "say which with --name")
        }
        return all.first
    }

    /// The running lab that is meant.
    func open() throws -> Lab {
        guard let directory = try directory() else {
            throw LabError("no lab runs", advice: "run 'rslab up' first")
        }
        return try Lab(opening: directory)
    }

    /// Names become parts of paths.
    static func check(_ name: String) throws {
        let isSafe =
            (1...32).contains(name.utf8.count) && name.first != "-"
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isSafe else {
            throw ValidationError("'\(name)' cannot name a lab: use 1 to 32 of a-z, 0-9 and '-', not '-' first")
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

/// How the lab differs from its template.
struct LabSettings: ParsableArguments {
    @Option(
        help: "What speaks BGP on the instances: builtin, or Debian's gobgpd, bird or frr; builtin unless told.")
    var speaker: LabOptions.SpeakerKind?

    @Option(
        help: ArgumentHelp("The hold time that both sides offer; 0 switches it off.", valueName: "SECONDS"))
    var hold: UInt16?

    @Option(
        help: ArgumentHelp(
            "BFD on every session, such as 50msx3; without it, where the template asks for it (assumed: 300msx3).",
            valueName: "INTERVALxMULTIPLIER"))
    var bfd: BFDTimers?

    @Option(help: ArgumentHelp("How long the lab may take to be ready; 60 unless told.", valueName: "SECONDS"))
    var timeout: Double?

    /// Whether any of them was given.
    var isGiven: Bool { speaker != nil || hold != nil || bfd != nil || timeout != nil }

    func validate() throws {
        if let hold, (1...2).contains(hold) {
            throw ValidationError("--hold \(hold) is not allowed: 0, or 3 and more (RFC 4271 section 4.2)")
        }
        if bfd != nil, speaker == .gobgpd {
            throw ValidationError(
                "--bfd is not for --speaker gobgpd: Debian's has no BFD; use builtin, bird or frr")
        }
        if let timeout, !(timeout > 0 && timeout <= 86_400) {
            throw ValidationError("--timeout takes a number of seconds above 0, up to 86400")
        }
    }

    var options: LabOptions { LabOptions(speaker: speaker ?? .builtin, holdTimeSeconds: hold, bfd: bfd) }
    var readyWithin: Duration { .nanoseconds(Int64((timeout ?? 60) * 1e9)) }
}

extension LabOptions.SpeakerKind: ExpressibleByArgument {}

extension BFDTimers: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
