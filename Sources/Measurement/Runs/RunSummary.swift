// SPDX-License-Identifier: MIT-0

/// The figures of a run's valid trials, in milliseconds, and how many trials were not valid.
package struct RunSummary: Hashable, Sendable, Codable {
    package var trialCount: Int
    package var validCount: Int
    /// The lower ends, the upper ends and the middles of the outages' brackets.
    package var outageLower: Summary?
    package var outageUpper: Summary?
    package var outage: Summary?
    /// All loss periods of a trial together, if a trial has several: the middles of the sums' brackets.
    package var outageTotal: Summary?
    package var convergence: Summary?
    package var detection: Summary?
    /// From the restore to the failed instance's first reply, and the upper end of the fail-back outage's bracket.
    package var failBack: Summary?
    package var failBackOutageUpper: Summary?
    /// The middles and the upper ends of the brackets of the applications' stalls.
    package var tcpStall: Summary?
    package var tcpStallUpper: Summary?
    package var udpStall: Summary?
    package var udpStallUpper: Summary?
    /// Each flow that is not a sample, in the order of the first trial; nil if there is only one flow.
    package var flows: [FlowSummary]?
    package var prefixes: PrefixSummary?

    private enum CodingKeys: String, CodingKey {
        case flows, prefixes
        case trialCount = "trials"
        case validCount = "valid"
        case outageLower = "outage_lower_ms"
        case outageUpper = "outage_upper_ms"
        case outage = "outage_ms"
        case outageTotal = "outage_total_ms"
        case convergence = "convergence_ms"
        case detection = "detection_ms"
        case failBack = "fail_back_ms"
        case failBackOutageUpper = "fail_back_outage_upper_ms"
        case tcpStall = "tcp_stall_ms"
        case tcpStallUpper = "tcp_stall_upper_ms"
        case udpStall = "udp_stall_ms"
        case udpStallUpper = "udp_stall_upper_ms"
    }

    /// If a valid trial lacks a figure, it is left out of that figure's summary, whose count shows it.
    package init(_ trials: [Trial]) {
        let valid = trials.filter(\.validity.isValid)
        trialCount = trials.count
        validCount = valid.count
        func summary(_ value: (Trial) -> Milliseconds?) -> Summary? {
            Summary.of(valid.compactMap { value($0)?.value })
        }
        outageLower = summary { $0.outage.lower }
        outageUpper = summary { $0.outage.upper }
        outage = summary { $0.outage.estimate }
        outageTotal = valid.contains { $0.outage.several != nil } ? summary { $0.outage.total } : nil
        convergence = summary { $0.convergence?.time }
        detection = summary { $0.timeline.detection }
        failBack = summary { $0.failBack?.convergence?.time }
        failBackOutageUpper = summary { $0.failBack?.outage.upper }
        tcpStall = summary { $0.application(.tcp)?.stall.estimate }
        tcpStallUpper = summary { $0.application(.tcp)?.stall.upper }
        udpStall = summary { $0.application(.udp)?.stall.estimate }
        udpStallUpper = summary { $0.application(.udp)?.stall.upper }
        flows = FlowSummary.all(of: valid)
        prefixes = PrefixSummary(of: valid)
    }
}
