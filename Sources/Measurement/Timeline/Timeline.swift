// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

/// A failover step by step, from the fault to the standby's first answer, or a fail-back from the restore to the active
/// instance's, each stamped by whoever saw it.
///
/// Steps stand in the order of cause and effect, whatever their stamps say: a stamp that contradicts it becomes an anomaly,
/// and a step that nobody saw stays in its place without an instant.
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
        /// The first echo reply from the instance that is to serve.
        case served

        /// All that a failover has, in order.
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

    /// Why an instant seems to contradict the order of cause and effect, and does not.
    package enum Remark: String, Hashable, Sendable, Codable {
        /// The writer read the kernel's acknowledgement later than the route took effect.
        case acknowledgementReadLater = "acknowledgement-read-later"
        /// The watcher woke later than the route took effect.
        case watcherWokeLater = "watcher-woke-later"
    }

    package struct Step: Hashable, Sendable, Codable {
        package var name: StepName
        /// Nil if nobody saw it.
        package var at: Instant?
        /// From just before the fault in a failover, and from just before the restore in a fail-back; the other is nil.
        package var sinceFault: Milliseconds?
        package var sinceRestore: Milliseconds?
        /// From the nearest step above that was seen; negative when the stamps contradict the order.
        package var sincePrevious: Milliseconds?
        package var stampedBy: String?
        package var cause: StepCause?
        package var parts: [Part]
        /// What explains the stamp and is no cause for alarm.
        package var remark: Remark?
        /// Some of what makes up the step was not seen, so the instant is that of a part of it.
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

    /// Of a failover always all of `StepName.failover`; of a fail-back what there is to come back.
    package var steps: [Step]
    /// What does not fit together: order, missing sessions, sessions that were down beforehand.
    package var anomalies: [Anomaly]

    package init(steps: [Step], anomalies: [Anomaly]) {
        self.steps = steps
        self.anomalies = anomalies
    }

    package subscript(name: StepName) -> Step? {
        steps.first { $0.name == name }
    }

    /// From the fault to the last session's being down; nil unless all of them were seen to go down.
    package var detection: Milliseconds? {
        guard let step = self[.detected], !step.isPartial else { return nil }
        return step.sinceFault
    }
}
