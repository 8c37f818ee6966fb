// SPDX-License-Identifier: MIT-0
package import Measurement
internal import WireFormat

/// Every probe of a trial as a line of comma-separated values (RFC 4180), to compute the figures from.
package enum SampleText {
    package static let header =
        "run,trial,flow,sender,sequence,sent_ns,sent_stamp,fate,received_ns,answered_by,ttl,round_trip_us\n"

    /// - Parameters:
    ///   - run: which run of a sweep, from 1.
    ///   - trial: its number in the run, from 1.
    package static func lines(run: Int, trial: Int, _ records: TrialRecords) -> String {
        var text = ""
        for flow in records.flows {
            let start = "\(run),\(trial),\(field(flow.flow.name)),"
            let sender = flow.flow.direction == .inward ? flow.flow.node : flow.flow.active
            append(flow.ledger, "\(start)\(field(sender)),", until: records.listenedUntil, to: &text)
            if let standby = flow.standby {
                append(standby, "\(start)\(field(flow.flow.standby ?? "")),", until: records.listenedUntil, to: &text)
            }
        }
        return text
    }

    private static func append(_ ledger: ProbeLedger, _ start: String, until end: Instant?, to text: inout String) {
        for probe in ledger.probes(listenedUntil: end) {
            let stamp = probe.hasKernelSendStamp ? "kernel" : "prober"
            text += "\(start)\(probe.sequence),\(probe.sentAt.nanoseconds),\(stamp),"
            switch probe.fate {
            case .answered(let instant, let timeToLive):
                text += "answered," + reply(instant, timeToLive, probe, ledger)
            case .late(let instant, let timeToLive): text += "late," + reply(instant, timeToLive, probe, ledger)
            case .lost: text += "lost,,,,\n"
            case .undecided: text += "undecided,,,,\n"
            }
        }
    }

    private static func reply(
        _ instant: Instant, _ timeToLive: UInt8, _ probe: Probe, _ ledger: ProbeLedger
    ) -> String {
        let roundTrip = (instant - probe.sentAt).nanoseconds
        let instance = field(ledger.instances[timeToLive] ?? "")
        return "\(instant.nanoseconds),\(instance),\(timeToLive),\(Double(roundTrip) / 1_000)\n"
    }

    /// Quoted if it has to be.
    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}
