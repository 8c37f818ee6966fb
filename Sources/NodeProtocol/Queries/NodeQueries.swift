// SPDX-License-Identifier: MIT-0
package import Measurement
package import WireFormat

// Queries that every program with a control socket answers.

/// Send every event from now on, after the remembered ones since an instant.
///
/// It is answered once per event, for as long as the connection lasts.
package struct Subscribe: NodeQuery {
    package typealias Answer = TraceEvent

    package var since: Instant

    package init(since: Instant) {
        self.since = since
    }

    package var request: NodeRequest { .subscribe(self) }

    /// The message to a subscriber.
    package static func message(_ event: TraceEvent) -> EncodedReply { EncodedReply(ProgramReply.answer(event)) }
}

/// How late the program's threads were woken for their timers since the last query.
package struct TakeLateness: NodeQuery {
    package typealias Answer = NodeLateness

    package init() {}

    package var request: NodeRequest { .takeLateness(self) }
}
