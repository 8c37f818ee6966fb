// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import Glibc
internal import LabHost
internal import LabModel
internal import NodeProtocol

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
