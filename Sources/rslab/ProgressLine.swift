// SPDX-License-Identifier: MIT-0
internal import Lab
internal import LinuxSystem
internal import WireFormat

/// One line that says what a run waits for, and until when at most.
enum ProgressLine {
    /// A phase of building a lab, all of which together may take `limit`.
    static func show(_ phase: Deployment.Phase, within limit: Duration) {
        Terminal.progress(
            "\(phase.text) (the lab may take \((limit.nanoseconds + 999_999_999) / 1_000_000_000) s in all)")
    }

    static func show(_ progress: FailoverRun.Progress) {
        var text = progress.trialCount > 1 ? "trial \(progress.trial) of \(progress.trialCount): " : ""
        text += progress.step.text
        if let deadline = progress.step.deadline {
            let left = max((deadline - .now).nanoseconds, 0)
            text += " (at most \((left + 500_000_000) / 1_000_000_000) s)"
        }
        Terminal.progress(text)
    }
}
