// SPDX-License-Identifier: MIT-0
import Measurement

/// The reversion, separate from the failover itself (RFC 7747 section 5).
struct FailBackText {
    let trial: Trial

    func write(into text: inout LabelledText) {
        guard let failBack = trial.failBack else {
            text.add("fail-back", "the instance was not put back while this was measured")
            return
        }
        let (figure, explanation) = TrialText.outage(failBack.outage, sentCount: failBack.outage.sentCount)
        if let convergence = failBack.convergence {
            text.addAnswer(
                "fail-back", "\(convergence.time.fixed(1)) ms",
                "(convergence: first answer of \(convergence.instance) from the restore on)")
        } else {
            text.addAnswer(
                "fail-back", "none", "(\(trial.subject.active) did not serve again while this was measured)", .caution)
        }
        text.addAnswer("  outage", figure, "(\(explanation))")
        TimelineText(timeline: failBack.timeline).write(into: &text)
        ProbeText.writePattern(of: failBack.outage, into: &text)
    }
}
