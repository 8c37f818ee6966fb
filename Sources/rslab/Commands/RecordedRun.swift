// SPDX-License-Identifier: MIT-0
internal import ArgumentParser
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol

/// A run or a sweep in a file, read so that it can be measured again.
struct RecordedRun {
    let file: String
    let seed: UInt64
    let runs: [Run]
    /// Of its first run that measured anything.
    let provenance: RunProvenance
    let template: RunProvenance.Template
    private let lab: String
    private let versions: [String: String]
    private let settings: [StatedSetting]?

    private struct Head: Decodable {
        struct Anything: Decodable {}
        var schema: Int?
        var trials: [Anything]?
        var sweep: Anything?
    }

    private static let byteCountMax = 1 << 30

    /// - Throws: `LabError` for a file that cannot be read, is no run, or does not say enough to repeat it.
    init(_ file: String) throws(LabError) {
        self.file = file
        let octets: [UInt8]
        do throws(SystemError) {
            octets = try readInput(file, limit: Self.byteCountMax)
        } catch {
            throw LabError("cannot read the run to repeat", because: error)
        }
        let noRun = LabError(
            "\(file) is no run of rslab", advice: "name a file with what 'rslab failover --measure --json' printed")
        // Where its text is no JSON, or other JSON, does not help a user who named another file.
        guard let head = try? JSON.decode(Head.self, from: octets), let schema = head.schema else { throw noRun }
        guard schema == Run.currentSchema else {
            throw LabError(
                "\(file) is of schema version \(schema), and this rslab reads version \(Run.currentSchema)",
                advice: "repeat it with the rslab that it was measured with")
        }
        let environment: RunEnvironment
        switch (head.sweep, head.trials) {
        case (.some, _):
            guard let sweep = try? JSON.decode(Sweep.self, from: octets) else { throw noRun }
            (seed, runs, environment) = (sweep.seed, sweep.combinations.map(\.run), sweep.environment)
        case (nil, .some):
            guard let run = try? JSON.decode(Run.self, from: octets) else { throw noRun }
            (seed, runs, environment) = (run.seed, [run], run.environment)
        case (nil, nil):
            throw noRun
        }
        let measured = runs.first { $0.environment.provenance?.template != nil }
        guard let provenance = measured?.environment.provenance, let template = provenance.template else {
            throw LabError(
                environment.provenance == nil
                    ? "\(file) is of an rslab that did not record its command line and template"
                    : "\(file) has no trial, and does not say from which template",
                advice: "measure it anew, and keep that result")
        }
        self.provenance = provenance
        self.template = template
        lab = measured?.lab ?? ""
        versions = environment.versions
        settings = measured?.environment.settings
    }

    /// The command that measured it, with the seed that was drawn.
    ///
    /// - Throws: `LabError` if this rslab does not understand it.
    func command() throws(LabError) -> Failover {
        let words = ArrangedWords.of(Array(provenance.command.dropFirst()))
        // The parser's own message is about options that the user did not type.
        guard var command = (try? RSLab.parseAsRoot(words)) as? Failover, command.measure else {
            throw LabError(
                "this rslab does not understand the command of \(file): \(words.joined(separator: " "))",
                advice: "repeat it with the rslab that it was measured with")
        }
        command.runOptions.seed = seed
        return command
    }

    /// What differs, although it is measured all the same.
    var remark: String? {
        let version = versions["rslab"] ?? "an unknown version"
        let (then, now) = (provenance.commit, BuildCommit.text)
        guard version != RSLab.version || then != now else { return nil }
        func name(_ version: String, _ commit: String?) -> String {
            commit.map { "\(version) of commit \($0.prefix(12))" } ?? version
        }
        return "rslab: \(file) was measured with rslab \(name(version, then)), and this is \(name(RSLab.version, now))"
    }

    /// Requires that the lab is the one that was measured: one built for the run, or the same that runs.
    func requireSameLab(_ running: Lab?) throws(LabError) {
        switch (provenance.isOfRunningLab, running) {
        case (false, nil): return
        case (true, nil):
            throw LabError(
                "\(file) is of a lab that ran, '\(lab)', and there is none",
                advice: "bring it up as it was, with 'rslab up --name \(lab)'")
        case (false, .some(let running)):
            throw LabError(
                "\(file) is of a lab that was built for it, and a lab '\(running.name)' is up",
                advice: "run 'rslab down --name \(running.name)' first")
        case (true, .some(let running)):
            let request = running.state.request
            guard request.templateText == template.text, request.parameters == template.parameters,
                settings == running.state.statedSettings
            else {
                throw LabError(
                    "the lab '\(running.name)' is not as it was when \(file) was measured",
                    advice: "bring it up with the same template and options")
            }
        }
    }

    /// Requires that these are the faults that were measured, in the same order: a script may be another now.
    func requireSameFaults(_ sequences: [FaultSequence]) throws(LabError) {
        let isSame =
            sequences.count == runs.count
            && zip(sequences, runs).allSatisfy { sequence, run in
                run.trials.first.map { $0.sequence == sequence } ?? true
            }
        guard isSame else {
            throw LabError(
                "the faults are not those that \(file) was measured with: its script is another now",
                advice: "name the script as it was")
        }
    }
}
