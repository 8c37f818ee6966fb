// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LinuxSystem
internal import Report
internal import Trials
internal import WireFormat

/// One line that shows what a run waits for, and until when at most.
enum ProgressLine {
    /// Shows a phase of building a lab; all phases together may take `limit`.
    static func show(_ phase: Deployment.Phase, within limit: Duration) {
        Terminal.progress(
            "\(phase.text) (the lab may take \((limit.nanoseconds + 999_999_999) / 1_000_000_000) s in all)")
    }

    static func show(_ progress: FailoverRun.Progress) {
        var text = progress.trialCount > 1 ? "trial \(progress.trial) of \(progress.trialCount)" : ""
        if let settings = progress.settings { text += ", \(settings.text)" }
        text += text.isEmpty ? progress.step.text : ": \(progress.step.text)"
        if let deadline = progress.step.deadline {
            text += " (at most \(seconds(max(deadline - .now, .zero))) s)"
        }
        if progress.trialCount > 1 {
            text += progress.mayEndEarlier ? "; done in at most about " : "; done in about "
            text += rough(progress.timeLeft)
        }
        Terminal.progress(text)
    }

    private static func seconds(_ duration: Duration) -> Int64 {
        (duration.nanoseconds + 500_000_000) / 1_000_000_000
    }

    /// Rounded, since it is a guess: "40 s", "12 min", "1 h 20 min".
    private static func rough(_ duration: Duration) -> String {
        let seconds = seconds(duration)
        guard seconds >= 90 else { return "\(seconds) s" }
        let minutes = (seconds + 30) / 60
        return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
