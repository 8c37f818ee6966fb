// SPDX-License-Identifier: MIT-0

/// How a measurement probes, and when a probe counts as lost.
package struct ProbeSettings: Hashable, Sendable, Codable {
    /// From one probe to the next on the absolute schedule.
    package var interval: Milliseconds
    /// A reply later than this counts as lost (RFC 6412 section 3.7.6, which requires reporting it; RFC 2544 has 2 s).
    package var forwardingDelayThreshold: Milliseconds
    /// Whether the threshold is to be derived from the round trips before the fault (`derivedThreshold`), or was.
    package var derivesThreshold: Bool
    /// How long no probe may be lost after recovery (RFC 6412 section 3.7.5).
    package var sustainedValidation: Milliseconds
    /// The ICMP message's length, including its header.
    package var messageByteCount: Int

    package init(
        interval: Milliseconds = Milliseconds(1), forwardingDelayThreshold: Milliseconds = usualThreshold,
        derivesThreshold: Bool = false, sustainedValidation: Milliseconds = Milliseconds(5_000),
        messageByteCount: Int = EchoMessage.minimumByteCount
    ) {
        self.interval = interval
        self.forwardingDelayThreshold = forwardingDelayThreshold
        self.derivesThreshold = derivesThreshold
        self.sustainedValidation = sustainedValidation
        self.messageByteCount = messageByteCount
    }

    /// RFC 2544 section 23 waits as long.
    package static let usualThreshold = Milliseconds(2_000)
    private static let shortestThreshold = Milliseconds(100)
    private static let roundTripFactor: Int64 = 10

    /// How long an answer is waited for, if the longest before the fault took `roundTrip`: ten times that, at least 100
    /// ms, and as much more as the fault itself delays packets; at most the usual 2 s, which is also without any.
    ///
    /// Who waits for 2 s after a last probe measures no better where an answer takes 0.1 ms, but waits.
    package static func derivedThreshold(roundTrip: Milliseconds?, faultDelay: Milliseconds) -> Milliseconds {
        guard let roundTrip else { return usualThreshold }
        let typical = Milliseconds(nanoseconds: roundTrip.nanoseconds * roundTripFactor)
        return min(max(typical, shortestThreshold) + faultDelay, usualThreshold)
    }

    private enum CodingKeys: String, CodingKey {
        case interval = "interval_ms"
        case forwardingDelayThreshold = "forwarding_delay_threshold_ms"
        case derivesThreshold = "forwarding_delay_threshold_derived"
        case sustainedValidation = "sustained_validation_ms"
        case messageByteCount = "message_octets"
    }
}
