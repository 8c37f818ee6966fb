// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import Report
internal import Trials
internal import WireFormat

/// The directory of `--evidence`: what was measured, from which figures can be computed anew without rslab.
///
/// For each run there is the template with the configurations as they ran, and for each trial a directory with its figures,
/// its probes, the nodes' events, what the daemons logged, and what passed the router around each fault. Everything in it
/// belongs to the user who called sudo.
final class EvidenceFolder {
    /// Of what passed the router: from this long before each fault until so much after it.
    private static let before = Duration.seconds(1)
    private static let after = Duration.seconds(2)

    private let path: String
    private let isSweep: Bool
    /// The runs whose template is written.
    private var begun: Set<Int> = []
    /// How much of each log belongs to earlier trials.
    private var loggedByteCounts: [String: Int] = [:]

    /// Creates the directory, or takes an empty one.
    ///
    /// - Throws: `LabError` for one that has anything in it.
    init(_ path: String, isSweep: Bool) throws {
        self.path = path
        self.isSweep = isSweep
        try makeResultDirectory(path)
        guard namesInDirectory(path).isEmpty else {
            throw LabError(
                "the directory \(path) is not empty", advice: "name one that is empty, or that there is not yet")
        }
    }

    /// Adds a trial.
    func write(_ measured: MeasuredTrial) throws {
        let run = isSweep ? "\(path)/run-\(measured.run + 1)" : path
        if begun.insert(measured.run).inserted { try begin(run, measured.lab) }
        let folder = "\(run)/trial-\(measured.trial.number)"
        try makeResultDirectory(folder)
        try write("\(folder)/trial.json", JSONText.render(measured.trial))
        try write(
            "\(folder)/samples.csv",
            SampleText.header
                + SampleText.lines(run: measured.run + 1, trial: measured.trial.number, measured.records))
        try write(
            "\(folder)/events.jsonl",
            measured.records.events.sorted { $0.at < $1.at }
                .map { String(decoding: JSON.encode($0), as: UTF8.self) + "\n" }.joined())
        try writeLogs(to: "\(folder)/logs", of: measured.lab.directory)
        try writePackets(to: folder, measured)
    }

    /// Adds the result of everything.
    func end(_ sweep: Sweep) throws {
        let runs = sweep.combinations.map(\.run)
        try write(
            "\(path)/result.json", isSweep ? JSONText.render(sweep) : JSONText.render(runs[0]))
    }

    private func begin(_ run: String, _ lab: Lab) throws {
        if run != path { try makeResultDirectory(run) }
        var provenance = RunProvenance(command: [])
        provenance.record(lab.state)
        if let template = provenance.template {
            // JSON is YAML, too.
            try write("\(run)/template.yaml", template.text)
        }
        let folder = "\(run)/configurations"
        try makeResultDirectory(folder)
        var texts: [String: String] = [:]
        for configuration in provenance.configurations ?? [] {
            let text = configuration.text
            texts["\(configuration.instance).\(configuration.file)", default: ""] +=
                text.hasSuffix("\n") ? text : text + "\n"
        }
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) { try write("\(folder)/\(name)", text) }
    }

    /// What was logged since the trial before; of the first, also how the lab came up.
    private func writeLogs(to folder: String, of directory: RunDirectory) throws {
        try makeResultDirectory(folder)
        for name in namesInDirectory(directory.path) where name.hasSuffix(".log") {
            let octets = try readOwnFile("\(directory.path)/\(name)", limit: 1 << 30)
            let start = loggedByteCounts[name] ?? 0
            loggedByteCounts[name] = octets.count
            // A log that is shorter than it was has begun anew, or is another lab's.
            let new = start <= octets.count ? octets[start...] : octets[...]
            if !new.isEmpty { try write("\(folder)/\(name)", Array(new)) }
        }
    }

    private func writePackets(to folder: String, _ measured: MeasuredTrial) throws {
        let file = measured.lab.directory.captureFile
        guard let records = CaptureFile.records(in: try readOwnFile(file, limit: 1 << 32)) else {
            throw LabError("\(file) is no capture", advice: "see 'rslab logs \(LabPlan.vpcNode)'")
        }
        let clock = ClockDistance()
        let faults = measured.records.events.filter { $0.kind == .faultInjecting }.map(\.at).sorted()
        for (index, fault) in faults.enumerated() {
            var writer = ByteWriter()
            CaptureFile.encodeHeader(
                longest: CaptureFile.cookedByteCount + CaptureSocket.frameByteCount, into: &writer)
            let window = (fault - Self.before)...(fault + Self.after)
            for record in records where window.contains(clock.monotonic(record.realTime)) {
                CaptureFile.encode(record, into: &writer)
            }
            try write("\(folder)/\(LabPlan.vpcNode)-fault-\(index + 1).pcap", writer.bytes)
        }
        // It is in memory there.
        try removeTree(file)
    }

    private func write(_ file: String, _ text: String) throws { try write(file, Array(text.utf8)) }

    private func write(_ file: String, _ octets: [UInt8]) throws {
        try CreatedFile(file).write(octets)
    }
}
