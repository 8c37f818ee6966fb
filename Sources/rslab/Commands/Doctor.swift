// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabHost
internal import Measurement
internal import Report

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check whether this machine can run a lab, and how well it can measure; or what is wrong with a lab.",
        discussion: """
            Tries everything that a lab is made of in temporary namespaces, and checks for conditions that \
            disturb measurements. Exit status: 0 a lab can be built here; 2 it cannot, and the failed checks say why. \
            With --name it checks that lab instead: which sessions are down, and which security group or \
            source/destination check dropped their packets. Exit status 2 then means that something does not work.
            """)

    @Option(name: .long, help: "Check the lab of this name instead of the machine.")
    var name: String?
    @OptionGroup var output: OutputOptions

    private struct LabResult: Encodable {
        var schema = 1
        var lab: String
        var works: Bool
        var checks: [HostCheck]
    }

    private struct Result: Encodable {
        var schema = 1
        var can_build_lab: Bool
        var checks: [HostCheck]
    }

    func run() throws {
        if let name { return try examineLab(name) }
        let checks = HostExamination.run()
        if output.json {
            try Outcome.print(Result(can_build_lab: checks.allowLab, checks: checks))
        } else {
            try print(Self.text(checks))
        }
        guard checks.allowLab else { throw Outcome.failed }
    }

    private func examineLab(_ name: String) throws {
        try Outcome.run(json: output.json) {
            try LabSelection.check(name)
            let directory = RunDirectory(labName: name)
            Hint.lab = directory
            let checks = try LabExamination.run(try Lab(opening: directory))
            let works = !checks.contains { $0.verdict == .failed }
            if output.json {
                try Outcome.print(LabResult(lab: name, works: works, checks: checks))
            } else {
                try print(Self.table(checks).joined(separator: "\n"))
            }
            guard works else { throw Outcome.failed }
        }
    }

    private static func text(_ checks: [HostCheck]) -> String {
        var lines = table(checks)
        let failed = checks.count { $0.verdict == .failed }
        lines.append(
            failed == 0
                ? "A lab can be built here."
                : "No lab can be built here: \(counted(failed, "check")) failed.")
        return lines.joined(separator: "\n")
    }

    /// The checks, and what to do.
    private static func table(_ checks: [HostCheck]) -> [String] {
        var table = TextTable([.init("verdict"), .init("check"), .init("found")])
        for check in checks {
            table.addRow([.init(check.verdict.rawValue, emphasis(check.verdict)), "\(check.name)", "\(check.finding)"])
        }
        var lines = [table.render(Terminal.style, width: Terminal.width)]
        let advised = checks.filter { $0.advice != nil && $0.verdict != .ok }
        if !advised.isEmpty {
            lines.append("What to do:")
            lines += advised.map { "  \($0.name): \($0.advice ?? "")" }
        }
        return lines
    }

    private static func emphasis(_ verdict: HostCheck.Verdict) -> Style.Emphasis {
        switch verdict {
        case .ok: .good
        case .note: .none
        case .warning: .caution
        case .failed: .bad
        }
    }
}
