// SPDX-License-Identifier: MIT-0
import Causes
import Measurement

/// What a fault may be detected by, as far as a test can know it beforehand.
enum ExpectedCause: Hashable, Sendable {
    /// FIN or RST.
    case connectionClosed
    /// A Cease, for whatever reason.
    case cease
    /// The peer's own BFD session went down (RFC 9384).
    case ceaseByBFD
    case holdTimer
    case detectionTime
    case neighborSignaledDown
    /// An UPDATE, from whichever peer.
    case withdrawn
    case advertised

    func matches(_ cause: Timeline.StepCause?) -> Bool {
        switch (self, cause) {
        case (.connectionClosed, .event(.session(.closedByPeer(.fin)))),
            (.connectionClosed, .event(.session(.closedByPeer(.reset)))),
            (.cease, .event(.session(.notificationReceived(.cease, _)))),
            (.ceaseByBFD, .event(.session(.notificationReceived(.cease(.bfdDown), _)))),
            (.holdTimer, .event(.session(.holdTimerExpired))),
            (.detectionTime, .event(.session(.bfdDown(.controlDetectionTimeExpired)))),
            (.neighborSignaledDown, .event(.session(.bfdDown(.neighborSignaledSessionDown)))),
            (.withdrawn, .update(.withdrawn)), (.advertised, .update(.advertised)):
            true
        default: false
        }
    }
}
