// SPDX-License-Identifier: MIT-0
internal import LinuxSystem
internal import Measurement
internal import Report
internal import Trials

/// The file of `--samples-out`.
final class SampleFile {
    private let file: CreatedFile

    /// Creates it, so that one that cannot be written is known before anything is measured.
    init(_ path: String) throws(SystemError) {
        file = try CreatedFile(path)
        try file.write(SampleText.header)
    }

    /// Adds a trial's probes.
    func write(_ measured: MeasuredTrial) throws {
        try file.write(
            SampleText.lines(run: measured.run + 1, trial: measured.trial.number, measured.records))
    }
}
