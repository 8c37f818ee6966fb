// SPDX-License-Identifier: MIT-0
import WireFormat

/// What the applications next to the probes saw of a trial.
package struct ApplicationMeasurement: Hashable, Sendable, Codable {
    package var settings: ApplicationSettings
    /// The client's closing record; nil if it died.
    package var client: ApplicationClientSummary?
    package var flows: [ApplicationFlow]

    package subscript(flow: ApplicationProtocol) -> ApplicationFlow? {
        flows.first { $0.protocol == flow }
    }

    /// Computes every flow that was requested.
    package init(_ ledger: ApplicationLedger, span: FaultSpan) {
        settings = ledger.settings
        client = ledger.summary
        flows = ledger.settings.protocols.map { ApplicationFlow($0, ledger: ledger, span: span) }
    }

    /// Everything that makes its figures doubtful.
    func doubts(_ limits: Validity.Limits) -> [Validity.Reason] {
        guard let client else { return [.init(.applicationDied)] }
        var reasons: [Validity.Reason] = []
        if client.maximumLateness > limits.proberLateness {
            reasons.append(
                .init(.applicationLate) {
                    $0.time = client.maximumLateness
                    $0.allowedTime = limits.proberLateness
                })
        }
        for flow in flows where flow.counts.lostBefore > 0 {
            reasons.append(
                .init(.applicationLossBefore) {
                    $0.count = flow.counts.lostBefore
                    $0.application = flow.protocol
                })
        }
        return reasons
    }
}

extension Trial {
    /// An application's view over one protocol; nil if it was not requested.
    package func application(_ flow: ApplicationProtocol) -> ApplicationFlow? { applications?[flow] }
}
