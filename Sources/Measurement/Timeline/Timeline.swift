// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

/// A failover step by step, from the fault to the standby's first answer, or a fail-back from the restore to the active
/// instance's first answer; each step is stamped by its observer.
///
/// The steps are in the order of cause and effect, whatever their stamps say: a contradictory stamp becomes an anomaly,
/// and a step that was not seen stays in its place without an instant.
package struct Timeline: Hashable, Sendable, Codable {
    package enum StepName: String, Hashable, Sendable, Codable {
        case faultInjected = "fault-injected"
        /// The last of the failed instance's sessions is down.
        case detected
        /// The restore began: a fail-back's first step.
        case restored
        /// The first of the active instance's sessions that went down is Established again.
        case sessionUp = "session-up"
        case bestPath = "best-path"
        case tableWritten = "table-written"
        case tableChanged = "table-changed"
        /// The first echo reply from the instance that should serve.
        case served

        /// All steps of a failover, in order.
        package static let failover: [StepName] = [
            .faultInjected, .detected, .bestPath, .tableWritten, .tableChanged, .served,
        ]
    }

    /// One of several things that make up a step: a session, a table, a step of the fault.
    package struct Part: Hashable, Sendable, Codable {
        package var at: Instant
        /// From just before the fault in a failover, and from just before the restore in a fail-back; the other is nil.
        package var sinceFault: Milliseconds?
        package var sinceRestore: Milliseconds?
        package var name: String
        package var stampedBy: String
        package var cause: Cause?

        private enum CodingKeys: String, CodingKey {
            case name, cause
            case at = "at_ns"
            case sinceFault = "since_fault_ms"
            case sinceRestore = "since_restore_ms"
            case stampedBy = "stamped_by"
        }

        package var sinceEvent: Milliseconds? { sinceFault ?? sinceRestore }
    }

    /// Why an instant only seems to contradict the order of cause and effect.
    package enum Remark: String, Hashable, Sendable, Codable {
        /// The writer read the kernel's acknowledgement later than the route took effect.
        case acknowledgementReadLater = "acknowledgement-read-later"
        /// The watcher woke later than the route took effect.
        case watcherWokeLater = "watcher-woke-later"
    }

    package struct Step: Hashable, Sendable, Codable {
        package var name: StepName
        /// Nil if it was not seen.
        package var at: Instant?
        /// From just before the fault in a failover, and from just before the restore in a fail-back; the other is nil.
        package var sinceFault: Milliseconds?
        package var sinceRestore: Milliseconds?
        /// From the nearest step above that was seen; negative when the stamps contradict the order.
        package var sincePrevious: Milliseconds?
        package var stampedBy: String?
        package var cause: StepCause?
        package var parts: [Part]
        /// What explains the stamp; it is harmless.
        package var remark: Remark?
        /// Whether some parts of the step were not seen; the instant is then that of another part.
        package var isPartial: Bool

        package var isMissing: Bool { at == nil }
        package var sinceEvent: Milliseconds? { sinceFault ?? sinceRestore }

        private enum CodingKeys: String, CodingKey {
            case name, cause, parts, remark
            case at = "at_ns"
            case sinceFault = "since_fault_ms"
            case sinceRestore = "since_restore_ms"
            case sincePrevious = "since_previous_ms"
            case stampedBy = "stamped_by"
            case isPartial = "partial"
        }
    }

    /// For a failover always all of `StepName.failover`; for a fail-back, what there is to come back.
    package var steps: [Step]
    /// Contradictions: order, missing sessions, sessions that were already down.
    package var anomalies: [Anomaly]

    package init(steps: [Step], anomalies: [Anomaly]) {
        self.steps = steps
        self.anomalies = anomalies
    }

    package subscript(name: StepName) -> Step? {
        steps.first { $0.name == name }
    }

    /// From the fault to the end of the last session; nil unless all of them were seen to go down.
    package var detection: Milliseconds? {
        guard let step = self[.detected], !step.isPartial else { return nil }
        return step.sinceFault
    }
}
