// SPDX-License-Identifier: MIT-0
import Measurement
import WireFormat

/// The text of a trial's flows, if there are several, and of the prefixes that were announced for it.
struct FlowText {
    let trial: Trial

    func write(into text: inout LabelledText) {
        guard trial.flows.count > 1 else { return }
        text.addBlankLine()
        text.add(table())
        text.addBlankLine()
        writeRoutes(into: &text)
        writeOutward(into: &text)
        writePrefixes(into: &text)
    }

    private func table() -> TextTable {
        var table = TextTable(
            [
                .init("flow, ms"), .init("outage", .right), .init("between", .right), .init("lost", .right),
                .init("convergence", .right), .init("theory"), .init("served by"),
            ], maximumWidth: LabelledText.maximumWidth)
        for measured in trial.flows where measured.flow.role != .sample {
            table.addRow(row(of: measured, named: measured.flow.name))
        }
        let samples = trial.flows.filter { $0.flow.role == .sample }
        if let worst = samples.max(by: { ($0.outage.upper ?? $0.outage.lower) < ($1.outage.upper ?? $1.outage.lower) })
        {
            table.addRow(row(of: worst, named: "worst of \(counted(samples.count, "sample"))"))
        }
        return table
    }

    private func row(of measured: FlowMeasurement, named name: String) -> [TextTable.Cell] {
        let outage = measured.outage
        let verdict = measured.expectedOutage.verdict
        return [
            .init(name), .init(outage.estimate?.fixed(1) ?? "-", .strong),
            .init("\(outage.lower.fixed(1))..\(outage.upper?.fixed(1) ?? "?")"), .init("\(outage.lostCount)"),
            .init(measured.convergence?.time.fixed(1) ?? "-"),
            trial.isPredicted && (measured.isAffected || verdict != .inside)
                ? .init(verdict.rawValue, verdict == .inside ? .none : .caution) : "-",
            .init(servedBy(measured)),
        ]
    }

    /// Which instance answered last before the restore, or, outward, received the last reply.
    private func servedBy(_ measured: FlowMeasurement) -> String {
        let end = trial.failBack?.restore.before
        let last = measured.servingPeriods.last { period in end.map { period.firstReplyAt < $0 } ?? true }
        return last.map { $0.instance ?? "TTL \($0.timeToLive)" } ?? "-"
    }

    private static let routesReference = "(RFC 6412 sections 3.6.1 to 3.6.6)"

    private static func sentence(_ routes: RouteConvergence) -> String {
        func text(_ value: Milliseconds?) -> String { value.map { "\($0.fixed(1)) ms" } ?? "not seen" }
        return "first route \(text(routes.firstRoute)), full convergence \(text(routes.full)), loss-derived"
            + " \(text(routes.lossDerived)); loss of connectivity \(text(routes.lossDerivedLossOfConnectivity))"
    }

    private func writeRoutes(into text: inout LabelledText) {
        guard let routes = trial.routes else { return }
        text.add(
            "routes", "\(counted(routes.routes.count, "floating IP")): \(Self.sentence(routes)) \(Self.routesReference)"
        )
    }

    private func writeOutward(into text: inout LabelledText) {
        for measured in trial.flows {
            guard let outward = measured.outward, measured.isAffected else { continue }
            func since(_ instant: Instant?) -> String {
                instant.map { "\(Milliseconds(from: trial.fault.before, to: $0).fixed(3)) ms" } ?? "- (none)"
            }
            var sentence = "\(outward.active.instance) heard its last reply to \(measured.flow.prefix.address) at"
            sentence += " \(since(outward.activeLastReply))"
            if let standby = outward.standby {
                sentence += ", \(standby.instance) its first at \(since(outward.standbyFirstReply))"
                sentence += "; of \(counted(standby.sentCount, "probe")) that \(standby.instance) sent,"
                sentence += " \(standby.heardByOtherCount) were answered to \(outward.active.instance)"
            }
            text.add("outward", sentence)
        }
    }

    private func writePrefixes(into text: inout LabelledText) {
        guard let prefixes = trial.prefixes else { return }
        let plane = prefixes.controlPlane
        func time(_ value: Milliseconds?) -> String { value.map { "\($0.fixed(1)) ms" } ?? "-" }
        var sentence = "\(plane.convergedCount) of \(prefixes.count) moved in \(plane.table), by the watcher's stamps"
        if let first = plane.firstPrefix, let last = plane.lastPrefix {
            sentence += ": the first (\(first)) after \(time(plane.first)), half after \(time(plane.median)),"
            sentence += " 95 % after \(time(plane.percentile95)), the last (\(last)) after \(time(plane.last))"
        }
        let isWhole = plane.convergedCount == prefixes.count || trial.expectation != .moves
        text.add("prefixes", sentence, isWhole ? .none : .bad)
        if let samples = prefixes.samples {
            text.add(
                "",
                "\(counted(samples.routes.count, "sample")), by probes: \(Self.sentence(samples))"
                    + " \(Self.routesReference)")
        }
        if let replacement = prefixes.replacement {
            text.add(
                "replacement",
                "\(counted(replacement.routeCount, "route")) written in \(replacement.duration.fixed(1)) ms by the route"
                    + " server, to the kernel's last acknowledgement: \(Int(replacement.routesPerSecond)) routes a second"
            )
        }
    }
}
