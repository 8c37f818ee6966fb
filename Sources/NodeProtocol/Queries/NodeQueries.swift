// SPDX-License-Identifier: MIT-0
package import Measurement
package import WireFormat

// What every program with a control socket answers.

/// Send every event from now on, after those since an instant that are still remembered.
///
/// It is answered once for each event, for as long as the connection lasts.
package struct Subscribe: NodeQuery {
    package typealias Answer = TraceEvent

    package var since: Instant

    package init(since: Instant) {
        self.since = since
    }

    package var request: NodeRequest { .subscribe(self) }

    /// What a subscriber is sent.
    package static func message(_ event: TraceEvent) -> EncodedReply { EncodedReply(ProgramReply.answer(event)) }
}

/// How late the program's threads were woken for their timers since this was asked last.
package struct TakeLateness: NodeQuery {
    package typealias Answer = NodeLateness

    package init() {}

    package var request: NodeRequest { .takeLateness(self) }
}
