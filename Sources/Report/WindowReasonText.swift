// SPDX-License-Identifier: MIT-0
package import Measurement

extension WindowReason {
    /// A clause for people that says why theory allows what it allows.
    package var text: String {
        guard let programmingDelay else { return cause }
        return "\(cause), and then the programming delay of \(programmingDelay.text)"
    }

    private var cause: String {
        switch kind {
        case .update: "the speaker sends an UPDATE: detection takes no timer"
        case .cease: "the speaker sends Cease before it ends: detection takes no timer"
        case .connectionClosed: "the kernel closes the TCP connection (FIN or RST): detection takes no timer"
        case .bfd:
            "BFD goes down \(multiplier ?? 0) x \(time(interval)) after the last control packet, and the fault comes up to"
                + " \(time(interval)) after that packet"
        case .holdTimer:
            "the hold timer of \(time(holdTime)) runs from the last message, and a KEEPALIVE came at least every"
                + " \(time(keepaliveInterval))"
        case .noTimer:
            "the fault is silent, the hold timer is off and there is no BFD: it may never be detected"
        case .nothingDone: "nothing was done, so nothing should happen"
        case .routeServerEnds:
            "the route server itself ends: the routes that it wrote stay, until the first of its sessions is back"
        case .bystander: "neither the active instance's traffic nor its sessions pass there: no route may move"
        case .otherInstance: "the fault is another instance's: nothing may happen to this flow"
        case .otherSession: "the instance's other endpoint still has its path: no route may move"
        case .pathOnly: "BGP and BFD do not pass there, so neither ever detects it"
        case .noInstanceLeft: "no instance is left that could take over: until the fault is taken back"
        case .serviceOnly: "BGP and BFD stay up while the service is dead: neither ever detects it"
        case .noBFD: "BFD is not used, so nothing misses it"
        case .chance: "whether so many packets in a row are lost that a timer expires is left to chance"
        case .shortGap: "no gap between messages is as long as a timer: no route may move"
        case .longGap: "the gap may be longer than a timer: whether one expires depends on when it began"
        case .sameAnnouncements: "the speaker announces what it announced before: no route may move"
        case .severalFaults: "not predicted: theory does not say how several faults interact"
        case .promise: "this fault is a promise: not one probe is lost"
        case .whileFaultLasts: "probes are lost for as long as the fault lasts"
        case .latePackets: "packets are late but not lost, unless they arrive after the prober stops waiting"
        case .untilRouteMoved:
            "no probe is answered from the fault until the route has moved, so it lasts as long as detection"
        case .untilMovedOrTakenBack:
            "no probe is answered until the route has moved or the fault is taken back, whichever comes first"
        case .answersBriefly:
            "the killed instance may answer until its address is gone, and the route moves as soon as it is detected"
        case .routesStay: "the routes stay in the tables, and their destinations answer: nothing need be lost"
        case .kernelAnswers: "the instance's kernel continues to answer until the route has moved: nothing need be lost"
        case .everyFlap:
            "nothing detects it: probes are lost whenever the carrier is gone, from the first time to the last"
        case .flapsUntilMoved:
            "from the first time that the carrier goes until the standby serves, or else until the last time is over"
        }
    }

    /// A time that this kind of reason has.
    private func time(_ time: Milliseconds?) -> String { time?.text ?? "an unknown time" }
}
