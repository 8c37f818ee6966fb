// SPDX-License-Identifier: MIT-0

/// How a measurement probes, and when a probe counts as lost.
package struct ProbeSettings: Hashable, Sendable, Codable {
    /// From one probe to the next on the absolute schedule.
    package var interval: Milliseconds
    /// A reply later than this counts as lost (RFC 6412 section 3.7.6, which requires reporting it; RFC 2544 has 2 s).
    package var forwardingDelayThreshold: Milliseconds
    /// How long no probe may be lost after recovery (RFC 6412 section 3.7.5).
    package var sustainedValidation: Milliseconds
    /// The ICMP message's length, including its header.
    package var messageByteCount: Int

    package init(
        interval: Milliseconds = Milliseconds(1), forwardingDelayThreshold: Milliseconds = Milliseconds(2_000),
        sustainedValidation: Milliseconds = Milliseconds(5_000),
        messageByteCount: Int = EchoMessage.minimumByteCount
    ) {
        self.interval = interval
        self.forwardingDelayThreshold = forwardingDelayThreshold
        self.sustainedValidation = sustainedValidation
        self.messageByteCount = messageByteCount
    }

    private enum CodingKeys: String, CodingKey {
        case interval = "interval_ms"
        case forwardingDelayThreshold = "forwarding_delay_threshold_ms"
        case sustainedValidation = "sustained_validation_ms"
        case messageByteCount = "message_octets"
    }
}
