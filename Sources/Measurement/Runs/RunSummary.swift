// SPDX-License-Identifier: MIT-0

/// The valid trials of a run in figures, in milliseconds, and how many were not valid.
package struct RunSummary: Hashable, Sendable, Codable {
    package var trialCount: Int
    package var validCount: Int
    /// The lower ends, the upper ends and the middles of the outage's brackets.
    package var outageLower: Summary?
    package var outageUpper: Summary?
    package var outage: Summary?
    /// What all loss periods of a trial come to, where some trial has several: the middles of the sums' brackets.
    package var outageTotal: Summary?
    package var convergence: Summary?
    package var detection: Summary?
    /// From the restore to the failed instance's first reply, and the upper end of the bracket of what that cost.
    package var failBack: Summary?
    package var failBackOutageUpper: Summary?
    /// The middles and the upper ends of the brackets of what applications saw.
    package var tcpStall: Summary?
    package var tcpStallUpper: Summary?
    package var udpStall: Summary?
    package var udpStallUpper: Summary?
    /// Of each flow but samples, in the order of the first trial's; nil where there is one flow only.
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

    /// A figure that a valid trial does not have is left out of its own summary, whose count then tells.
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
