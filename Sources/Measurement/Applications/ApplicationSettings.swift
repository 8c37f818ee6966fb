// SPDX-License-Identifier: MIT-0

/// The transport protocol of an application's flow.
package enum ApplicationProtocol: String, Hashable, Sendable, Codable, CaseIterable {
    case tcp, udp
}

/// How applications talk to the floating IP next to the probes.
///
/// Each protocol has one flow: a numbered request every interval, over TCP on one long-lived connection.
package struct ApplicationSettings: Hashable, Sendable, Codable {
    /// The port of the echo service (RFC 862).
    package static let echoPort: UInt16 = 7

    package var protocols: [ApplicationProtocol]
    package var port: UInt16
    /// From one request to the next on the absolute schedule.
    package var interval: Milliseconds
    /// How long a connection may take to be established before the client gives up and dials again.
    package var connectTimeout: Milliseconds
    /// How long the client waits before it redials after a failed attempt; after an established connection it redials
    /// at once.
    package var reconnectPause: Milliseconds

    package init(
        protocols: [ApplicationProtocol], port: UInt16 = echoPort, interval: Milliseconds = Milliseconds(10),
        connectTimeout: Milliseconds = Milliseconds(3_000), reconnectPause: Milliseconds = Milliseconds(10)
    ) {
        self.protocols = protocols
        self.port = port
        self.interval = interval
        self.connectTimeout = connectTimeout
        self.reconnectPause = reconnectPause
    }

    private enum CodingKeys: String, CodingKey {
        case protocols, port
        case interval = "interval_ms"
        case connectTimeout = "connect_timeout_ms"
        case reconnectPause = "reconnect_pause_ms"
    }
}
