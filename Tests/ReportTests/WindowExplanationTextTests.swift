// SPDX-License-Identifier: MIT-0
import Causes
import Measurement
import Report
import Testing

/// The sentences that explain what lies outside its window.
struct WindowExplanationTextTests {
    /// What lies outside a window of 100 to 170 ms by so much.
    private func assessment(
        _ verdict: ExpectedWindow.Verdict, by milliseconds: Double, _ explanations: [WindowExplanation]?
    ) throws -> ExpectedWindow.Assessment {
        let timers = SessionTimers(holdTime: nil, bfdInterval: Milliseconds(50), bfdMultiplier: 3)
        var assessment = ExpectedWindow.detection(of: .blackhole, timers: timers)
            .assess(Milliseconds(verdict == .tooLong ? 170 + milliseconds : 80 - milliseconds))
        try #require(assessment.verdict == verdict)
        assessment.explanations = explanations
        return assessment
    }

    @Test(
        arguments: [
            (
                4.1,
                [
                    .spread(
                        first: "rse-1 - 10.0.0.10", Milliseconds(110), last: "rse-2 - 10.0.0.10",
                        Milliseconds(174.1)),
                    .latePacketOrTimer(Milliseconds(24.1)), .lateTimer(node: "rs", Milliseconds(3.94)),
                ],
                "detected 4.1 ms after the window: rse-1 - 10.0.0.10 was down in time, after 110 ms, and rse-2 -"
                    + " 10.0.0.10 only after 174.1 ms; either the last control packet came 24.1 ms after the fault, or"
                    + " the detection timer was late; a detection timer of rs was served up to 3.9 ms late"
            ),
            (
                10, [.packetsUntilInPlace(Milliseconds(31))],
                "detected 10 ms after the window: injecting the fault took 31 ms, and control packets arrived"
                    + " until then"
            ),
            (
                730,
                [
                    .notByBFD(.event(.session(.holdTimerExpired))), .busyMachine(foreignCPU: 0.5, steal: nil),
                ],
                "detected 730 ms after the window: something other than BFD detected it: hold timer expired; other"
                    + " processes took 50 % of the CPUs"
            ),
            (
                5, [.slowFault(Milliseconds(5)), .busyMachine(foreignCPU: 0.5, steal: 0.125)],
                "detected 5 ms after the window: injecting the fault took 5 ms; other processes took 50 % of the"
                    + " CPUs, the hypervisor took 12.5 % of the CPUs' time"
            ),
            (5, [], "detected 5 ms after the window: no stamp shows where the time went"),
        ] as [(Double, [WindowExplanation], String)])
    func `a detection that took too long`(by: Double, explanations: [WindowExplanation], text: String) throws {
        #expect(try assessment(.tooLong, by: by, explanations).detectionExplanation == text)
    }

    @Test(
        arguments: [
            (
                10, [.earlyPacket(Milliseconds(80), interval: Milliseconds(50))],
                "detected 10 ms before the window: the last control packet came 80 ms before the fault, and one is due"
                    + " every 50 ms"
            ),
            (
                20, [.earlyMessage(Milliseconds(1_200), interval: Milliseconds(1_000))],
                "detected 20 ms before the window: the last message came 1200 ms before the fault, and one is due"
                    + " every 1 s"
            ),
            (
                20, [.earlyMessage(Milliseconds(1_200), interval: nil)],
                "detected 20 ms before the window: the last message came 1200 ms before the fault"
            ),
            (
                20, [.byNoTimer(.event(.session(.closedByPeer(.fin))))],
                "detected 20 ms before the window: something other than a timer detected it: connection closed by peer (FIN)"
            ),
        ] as [(Double, [WindowExplanation], String)])
    func `a detection that took less than a timer`(by: Double, explanations: [WindowExplanation], text: String) throws {
        #expect(try assessment(.tooShort, by: by, explanations).detectionExplanation == text)
    }

    @Test(
        arguments: [
            (
                .tooLong, 30, [.detection(.inside), .gap(from: .detected, to: .bestPath, Milliseconds(71))],
                "lasted 30 ms beyond the window: detection was inside its window; 71 ms passed between detected and best path"
            ),
            (
                .tooLong, 79, [.detection(.tooLong), .neverAnswered(instance: "az2")],
                "lasted 79 ms beyond the window: detection already took too long; az2 never answered"
            ),
            (
                .tooLong, 79, [.lostAfterAnswer(instance: "az2", Milliseconds(12))],
                "lasted 79 ms beyond the window: probes were still lost for 12 ms after the first answer of az2"
            ),
            (
                .tooShort, 13, [.answeredUntil(Milliseconds(80.3))],
                "ended 13 ms short of the window: probes were answered until 80.3 ms after the fault"
            ),
            (
                .tooShort, 9, [.detection(.tooShort), .nothingLost],
                "ended 9 ms short of the window: detection was already too early; no probe was lost at all"
            ),
        ] as [(ExpectedWindow.Verdict, Double, [WindowExplanation], String)])
    func `an outage outside its window`(
        verdict: ExpectedWindow.Verdict, by: Double, explanations: [WindowExplanation], text: String
    ) throws {
        #expect(try assessment(verdict, by: by, explanations).outageExplanation == text)
    }

    @Test func `a value inside its window needs no sentence`() throws {
        let timers = SessionTimers(holdTime: nil, bfdInterval: Milliseconds(50), bfdMultiplier: 3)
        let inside = ExpectedWindow.detection(of: .blackhole, timers: timers).assess(Milliseconds(120))
        #expect(inside.detectionExplanation == nil && inside.outageExplanation == nil)
    }
}
