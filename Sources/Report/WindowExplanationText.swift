// SPDX-License-Identifier: MIT-0
package import Measurement

extension ExpectedWindow.Assessment {
    /// Why a detection lies outside its window: a sentence for people; nil inside.
    package var detectionExplanation: String? {
        explanation(tooLong: { "detected \($0) after the window" }, tooShort: { "detected \($0) before the window" })
    }

    /// Why an outage lies outside its window: a sentence for people; nil inside.
    package var outageExplanation: String? {
        explanation(tooLong: { "lasted \($0) beyond the window" }, tooShort: { "ended \($0) short of the window" })
    }

    private func explanation(tooLong: (String) -> String, tooShort: (String) -> String) -> String? {
        guard let explanations, let outsideBy else { return nil }
        let fact = verdict == .tooLong ? tooLong(outsideBy.rounded) : tooShort(outsideBy.rounded)
        let reasons = explanations.map(\.text).joined(separator: "; ")
        return "\(fact): \(reasons.isEmpty ? "no stamp shows where the time went" : reasons)"
    }
}

extension WindowExplanation {
    fileprivate var text: String {
        switch self {
        case .spread(let first, let early, let last, let late):
            "\(first) was down in time, after \(early.rounded), and \(last) only after \(late.rounded)"
        case .notByBFD(let cause): "something other than BFD detected it: \(cause.text)"
        case .packetsUntilInPlace(let time):
            "injecting the fault took \(time.rounded), and control packets arrived until then"
        case .latePacketOrTimer(let time):
            "either the last control packet came \(time.rounded) after the fault, or the detection timer was late"
        case .lateTimer(let node, let lateness):
            "a detection timer of \(node) was served up to \(lateness.rounded) late"
        case .slowFault(let time): "injecting the fault took \(time.rounded)"
        case .busyMachine(let foreign, let steal):
            [
                foreign.map { "other processes took \(percentText($0)) of the CPUs" },
                steal.map { "the hypervisor took \(percentText($0)) of the CPUs' time" },
            ].compactMap(\.self).joined(separator: ", ")
        case .earlyPacket(let time, let interval):
            "the last control packet came \(time.rounded) before the fault, and one is due every \(interval.text)"
        case .earlyMessage(let time, let interval):
            "the last message came \(time.rounded) before the fault"
                + (interval.map { ", and one is due every \($0.text)" } ?? "")
        case .byNoTimer(let cause): "something other than a timer detected it: \(cause.text)"
        case .detection(.inside): "detection was inside its window"
        case .detection(.tooLong): "detection already took too long"
        case .detection(.tooShort): "detection was already too early"
        case .detection(.unknown): "detection is not known"
        case .gap(let from, let to, let time): "\(time.rounded) passed between \(from.words) and \(to.words)"
        case .neverAnswered(let instance): "\(instance) never answered"
        case .lostAfterAnswer(let instance, let time):
            "probes were still lost for \(time.rounded) after the first answer of \(instance)"
        case .answeredUntil(let time): "probes were answered until \(time.rounded) after the fault"
        case .nothingLost: "no probe was lost at all"
        }
    }
}

extension Milliseconds {
    /// For sentences that need no more than a tenth of a millisecond.
    fileprivate var rounded: String { text(roundedTo: Milliseconds(0.1)) }
}
