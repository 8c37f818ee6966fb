// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

/// The report of what the applications saw of a trial.
struct ApplicationText {
    let trial: Trial

    /// A retransmission and its consequence are closer together than this: a tick of the kernel's clock, at most 10 ms.
    private static let tick = Milliseconds(10)

    func write(into text: inout LabelledText) {
        guard let applications = trial.applications else { return }
        writeSettings(of: applications, into: &text)
        for flow in applications.flows {
            text.addBlankLine()
            write(flow, into: &text)
        }
        text.addBlankLine()
        text.addNote(Self.note)
    }

    private static let note =
        "A stall: a silence between two replies in which requests were not served. The upper end is the whole silence, the"
        + " lower end is from the first request that was not served to the last sign that none was (a request lost or not"
        + " sent, the new connection, or the reply that was awaited)."

    private func writeSettings(of applications: ApplicationMeasurement, into text: inout LabelledText) {
        let settings = applications.settings
        var sentence = "a request every \(settings.interval.short) to port \(settings.port), the client's own stamps"
        if let client = applications.client {
            sentence += "; at most \(client.maximumLateness.short) late"
            sentence += client.hadRealTimePriority ? ", real-time priority" : ", WITHOUT real-time priority"
        }
        if settings.protocols.contains(.tcp) {
            sentence += "; TCP dials again at once, then each \(settings.reconnectPause.short), and gives an attempt"
            sentence += " \(settings.connectTimeout.short)"
        }
        text.add("applications", sentence)
    }

    private func write(_ flow: ApplicationFlow, into text: inout LabelledText) {
        let name = flow.protocol.rawValue.uppercased()
        let (figure, explanation) = Self.stall(flow.stall)
        text.addAnswer("\(name) stall", figure, "(\(explanation))")
        text.add("", Self.requests(of: flow))
        if flow.protocol == .tcp { text.add("", Self.connection(of: flow)) }
        if let sentence = why(flow) { text.add("", sentence) }
        if !flow.timeline.isEmpty { text.add(Self.table(of: flow)) }
        if let failBack = flow.failBack {
            let (figure, explanation) = Self.stall(failBack)
            text.add("", "fail-back: \(figure) (\(explanation))")
        }
    }

    // MARK: Figures

    /// The figure of a stall and its bracket.
    static func stall(_ stall: ApplicationStall) -> (figure: String, explanation: String) {
        let upper = stall.upper.map { "\($0.fixed(1)) ms" }
        guard stall.isSeen else {
            return ("none seen", "between two replies at most \(upper ?? "an unknown time")")
        }
        var parts: [String] = []
        if stall.lostCount > 0 { parts.append("\(counted(stall.lostCount, "request")) lost for good") }
        if stall.delayedCount > 0 { parts.append("\(stall.delayedCount) delayed") }
        if stall.unsentCount > 0 { parts.append("\(stall.unsentCount) could not be sent") }
        if stall.otherCount > 0 { parts.append(counted(stall.otherCount, "shorter stall") + " besides it") }
        let list = parts.map { "; \($0)" }.joined()
        guard let estimate = stall.estimate, let upper else {
            let why = stall.firstReplyAfter == nil ? "not over at the end" : "no reply came before it"
            return ("unknown", "at least \(stall.lower.fixed(1)) ms: \(why)\(list)")
        }
        return ("\(estimate.fixed(1)) ms", "between \(stall.lower.fixed(1)) and \(upper)\(list)")
    }

    private static func requests(of flow: ApplicationFlow) -> String {
        let counts = flow.counts
        var sentence = "\(counted(counts.asked, "request")), \(counts.answered) answered"
        if let longest = flow.longestResponse { sentence += ", the slowest after \(longest.fixed(1)) ms" }
        if counts.lost != flow.stall.lostCount { sentence += ", \(counts.lost) lost for good in all" }
        if counts.unsent != flow.stall.unsentCount { sentence += ", \(counts.unsent) not sent in all" }
        let before = flow.servedBefore ?? "none"
        guard let after = flow.servedAfter else { return sentence + "; \(before) served, and after the fault none" }
        return sentence + (before == after ? "; \(before) served throughout" : "; \(before) served, then \(after)")
    }

    private static func connection(of flow: ApplicationFlow) -> String {
        guard let connection = flow.connection else { return "no connection had been made when the fault came" }
        let again = again(connection)
        let sentence: String =
            switch connection.ending {
            case .survived: "the connection survived, \(again)"
            case .reset: "the connection was reset (RST)\(by(connection))\(again)"
            case .closed: "the connection was closed (FIN)\(by(connection))\(again)"
            case .timedOut: "TCP gave the connection up (ETIMEDOUT) \(again)"
            case .refused, .unreachable, .failed: "the connection failed (\(connection.ending.rawValue)) \(again)"
            }
        guard flow.redialCount > 0 else { return sentence }
        let made = flow.redials.compactMap(\.connectTime)
        guard let first = made.first else {
            return sentence + "; dialled again \(counted(flow.redialCount, "time")), in vain"
        }
        let failed = flow.redialCount - flow.reconnectCount
        let attempts = failed > 0 ? " after \(counted(failed, "attempt")) that failed" : ""
        let others = flow.reconnectCount > 1 ? ", and \(flow.reconnectCount - 1) more" : ""
        return sentence + "; a new one was made in \(first.fixed(1)) ms\(attempts)\(others)"
    }

    private static func again(_ connection: ApplicationConnection) -> String {
        guard connection.retransmissions > 0 else { return "without a retransmission" }
        let timeouts = connection.timeouts > 0 ? ", \(counted(connection.timeouts, "timeout")) in a row" : ""
        return "after \(counted(connection.retransmissions, "retransmission"))\(timeouts)"
    }

    private static func by(_ connection: ApplicationConnection) -> String {
        connection.endedBy.map { " by \($0) " } ?? " "
    }

    // MARK: Why

    /// Why the application waited longer than the network was gone; nil without a stall.
    private func why(_ flow: ApplicationFlow) -> String? {
        guard flow.stall.isSeen else { return nil }
        guard flow.stall.firstReplyAfter != nil else { return "why: no reply came until the fault was taken back" }
        guard flow.protocol == .tcp else {
            return "why: UDP sends nothing again, so the stall is the outage as one request each"
                + " \((trial.applications?.settings.interval ?? .zero).short) sees it"
        }
        let route = trial.convergence.map { "the route was back after \($0.time.fixed(1)) ms" }
        let sentence = [route, reason(flow)].compactMap(\.self).joined(separator: "; ")
        return sentence.isEmpty ? nil : "why: \(sentence)"
    }

    private func reason(_ flow: ApplicationFlow) -> String? {
        let end = flow.timeline.first { $0.name == .connectionEnded }
        let lastAgain = flow.timeline.last { step in
            step.name == .retransmitted && end.map { step.at <= $0.at } ?? true
        }
        guard let end else {
            return lastAgain.map {
                "TCP's retransmission that got through came at \($0.sinceFault.fixed(1)) ms\(Self.doubling(flow))"
            }
        }
        let who = end.instance ?? "the far end"
        if end.instance == trial.subject.active {
            return Self.dialling(flow, whose: "\(who) ended the connection")
        }
        guard end.ending == .reset else { return Self.dialling(flow, whose: "the connection ended") }
        let consequence = "\(who), which knew no such connection, answered it with RST (RFC 9293 section 3.5.2)"
        guard let lastAgain, Milliseconds(from: lastAgain.at, to: end.at) < Self.tick else {
            return "the next request came at \(end.sinceFault.fixed(1)) ms, and \(consequence)"
        }
        return "TCP's next retransmission came at \(lastAgain.sinceFault.fixed(1)) ms\(Self.doubling(flow)), and"
            + " \(consequence)"
    }

    /// The stalled connection's retransmission timeout, before and after it was doubled.
    private static func doubling(_ flow: ApplicationFlow) -> String {
        guard let first = flow.connection?.initialTimeout, let last = flow.connection?.lastTimeout, first > .zero else {
            return ""
        }
        guard last > first else { return " (RTO \(first.short))" }
        return " (RTO \(first.short), doubled each time, now \(last.short): RFC 6298 section 5.5)"
    }

    /// How the reconnection went after the remote end, or the kernel, had ended the old connection.
    private static func dialling(_ flow: ApplicationFlow, whose: String) -> String {
        var parts = [whose]
        let failed = flow.redials.filter { $0.connectedAt == nil && $0.endedAt != nil }
        if let first = failed.first {
            let count = max(flow.redialCount - flow.reconnectCount, failed.count)
            parts.append("\(counted(count, "attempt")) at a new one failed (\(first.ending.rawValue))")
        }
        if let made = flow.redials.first(where: { $0.connectedAt != nil }) {
            parts.append(
                made.retransmissions > 0
                    ? "the SYN of the one that was made had been lost at first: TCP sends it again after 1 s (RFC 6298"
                        + " section 2.1)"
                    : failed.isEmpty ? "a new one was made at once" : "then one was made")
        }
        return parts.joined(separator: ", ")
    }

    // MARK: The timeline

    private static func table(of flow: ApplicationFlow) -> TextTable {
        var table = TextTable(
            [
                .init("\(flow.protocol.rawValue.uppercased()) step"), .init("ms", .right), .init("+ms", .right),
                .init(""),
            ],
            indent: LabelledText.labelWidth, maximumWidth: LabelledText.maximumWidth)
        var previous: Milliseconds?
        for step in flow.timeline {
            let name = step.name.rawValue.map { $0 == "-" ? " " : String($0) }.joined()
            table.addRow([
                .init(name), .init(step.sinceFault.fixed(3)),
                .init(previous.map { (step.sinceFault - $0).fixed(3) } ?? "", .faint), .init(remark(of: step)),
            ])
            previous = step.sinceFault
        }
        return table
    }

    private static func remark(of step: ApplicationStep) -> String {
        var parts: [String] = []
        if let ending = step.ending {
            let word: String =
                switch ending {
                case .reset: "RST"
                case .closed: "FIN"
                case .refused where step.name == .refused: "ICMP: no process listens there"
                default: ending.rawValue
                }
            parts.append(word)
        }
        if let instance = step.instance { parts.append(step.ending == nil ? instance : "from \(instance)") }
        if let timeout = step.nextTimeout { parts.append("next after \(timeout.short)") }
        if let count = step.count, count > 1 {
            parts.append(step.name == .dialling ? "the last of \(count)" : "the first of \(count)")
        }
        return parts.joined(separator: " ")
    }

    // MARK: Of a run

    /// One line per trial and protocol; nil if no trial has applications.
    static func table(of trials: [Trial]) -> TextTable? {
        guard trials.contains(where: { $0.applications != nil }) else { return nil }
        var table = TextTable(
            [
                .init("trial", .right), .init("flow"), .init("stall", .right), .init("lower", .right),
                .init("upper", .right), .init("lost", .right), .init("delayed", .right), .init("unsent", .right),
                .init("slowest", .right), .init("connection"), .init("sent again", .right), .init("redials", .right),
            ], maximumWidth: LabelledText.maximumWidth)
        for trial in trials {
            for flow in trial.applications?.flows ?? [] {
                let stall = flow.stall
                table.addRow([
                    .init("\(trial.number)"), .init(flow.protocol.rawValue.uppercased()),
                    .init(stall.estimate?.fixed(1) ?? "-", .strong), .init(stall.lower.fixed(1)),
                    .init(stall.upper?.fixed(1) ?? "-"), .init("\(stall.lostCount)"), .init("\(stall.delayedCount)"),
                    .init("\(stall.unsentCount)"), .init(flow.longestResponse?.fixed(1) ?? "-"),
                    .init(flow.connection?.ending.rawValue ?? ""),
                    .init(flow.connection.map { "\($0.retransmissions)" } ?? ""),
                    .init(flow.protocol == .tcp ? "\(flow.redialCount)" : ""),
                ])
            }
        }
        return table
    }
}
