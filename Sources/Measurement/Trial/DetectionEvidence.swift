// SPDX-License-Identifier: MIT-0
import Causes
import WireFormat

/// What the route server had heard of one session before it gave it up: when its timer had to expire, and when it did.
///
/// The last message and the timer predict the instant of this very detection; a window only says what is possible.
package struct DetectionEvidence: Hashable, Sendable, Codable {
    package enum Detector: String, Hashable, Sendable, Codable {
        case bfd
        case holdTimer = "hold-timer"
        /// No timer: a FIN, a NOTIFICATION, or the other end's own detection.
        case message
    }

    package var session: TrialSubject.Session
    package var detector: Detector
    package var heard: LastHeard
    /// How old the last message was when the fault began; nil if more came after that than are remembered.
    package var ageAtFault: Milliseconds?
    /// The longest gap before the fault, with the time since the last message; nil as for the age.
    package var longestGap: Milliseconds?
    /// The longest gap that was agreed on or configured; nil if it is not known.
    package var agreedGap: Milliseconds?
    /// The last message and the timer, counted from just before the fault; nil without a timer.
    package var predicted: Milliseconds?
    package var detected: Milliseconds
    /// How much later it was than predicted.
    package var residual: Milliseconds? { predicted.map { detected - $0 } }

    private enum CodingKeys: String, CodingKey {
        case session, detector, heard
        case ageAtFault = "age_at_fault_ms"
        case longestGap = "longest_gap_ms"
        case agreedGap = "agreed_gap_ms"
        case predicted = "predicted_ms"
        case detected = "detected_ms"
        case residual = "residual_ms"
    }

    init(
        session: TrialSubject.Session, detector: Detector, heard: LastHeard, agreedGap: Milliseconds?,
        fault: EventInstants, detectedAt: Instant
    ) {
        self.session = session
        self.detector = detector
        self.heard = heard
        self.agreedGap = agreedGap
        let earlier = heard.gaps.reversed().reduce(into: [heard.at]) { arrivals, gap in
            arrivals.append(arrivals[arrivals.count - 1].advanced(by: .zero - gap))
        }
        .filter { $0 <= fault.before }
        if let last = earlier.first {
            let age = Milliseconds(from: last, to: fault.before)
            ageAtFault = age
            longestGap = zip(earlier.dropFirst(), earlier).map { Milliseconds(from: $0, to: $1) }.reduce(age, max)
        }
        if detector != .message, let timer = heard.timer {
            predicted = Milliseconds(from: fault.before, to: heard.at) + timer
        }
        detected = Milliseconds(from: fault.before, to: detectedAt)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        session = try container.decode(TrialSubject.Session.self, forKey: .session)
        detector = try container.decode(Detector.self, forKey: .detector)
        heard = try container.decode(LastHeard.self, forKey: .heard)
        ageAtFault = try container.decodeIfPresent(Milliseconds.self, forKey: .ageAtFault)
        longestGap = try container.decodeIfPresent(Milliseconds.self, forKey: .longestGap)
        agreedGap = try container.decodeIfPresent(Milliseconds.self, forKey: .agreedGap)
        predicted = try container.decodeIfPresent(Milliseconds.self, forKey: .predicted)
        detected = try container.decode(Milliseconds.self, forKey: .detected)
    }

    /// Writes the residual too, for readers without this code.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(session, forKey: .session)
        try container.encode(detector, forKey: .detector)
        try container.encode(heard, forKey: .heard)
        try container.encodeIfPresent(ageAtFault, forKey: .ageAtFault)
        try container.encodeIfPresent(longestGap, forKey: .longestGap)
        try container.encodeIfPresent(agreedGap, forKey: .agreedGap)
        try container.encodeIfPresent(predicted, forKey: .predicted)
        try container.encode(detected, forKey: .detected)
        try container.encodeIfPresent(residual, forKey: .residual)
    }
}

extension DetectionEvidence {
    /// Of each of a trial's sessions that went down while the fault was in place.
    ///
    /// A BFD session is judged where BFD ended the BGP session, or before that; else the messages of BGP count.
    static func of(
        _ subject: TrialSubject, events: [TraceEvent], span: FaultSpan, timers: SessionTimers
    ) -> [DetectionEvidence] {
        subject.sessions.compactMap { session in
            let own = span.own(events, at: \.at).filter {
                $0.at >= span.fault.before && $0.node == subject.routeServerNode && $0.endpoint == session.endpoint
                    && $0.peer == session.peer
            }
            guard let down = own.filter({ $0.kind == .sessionDown }).min(by: { $0.at < $1.at }) else { return nil }
            let bfd = own.filter { $0.kind == .bfdDown && $0.at <= down.at }.min { $0.at < $1.at }
            if let bfd, let heard = bfd.heard {
                let isExpiry = bfd.cause == .bfd(.controlDetectionTimeExpired)
                return DetectionEvidence(
                    session: session, detector: isExpiry ? .bfd : .message, heard: heard, agreedGap: heard.interval,
                    fault: span.fault, detectedAt: bfd.at)
            }
            guard let heard = down.heard else { return nil }
            let isExpiry = down.cause == .session(.holdTimerExpired)
            return DetectionEvidence(
                session: session, detector: isExpiry ? .holdTimer : .message, heard: heard,
                agreedGap: timers.keepaliveInterval, fault: span.fault, detectedAt: down.at)
        }
    }
}
