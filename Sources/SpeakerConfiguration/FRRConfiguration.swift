// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
internal import WireFormat

/// The same speaker for FRR: one file for each of its daemons.
package struct FRRConfiguration {
    private static let bfdProfile = "rslab"

    private let settings: SpeakerSettings
    private let announcements: [Announcement]
    private let bfd: BFDSessionSettings?

    /// - Throws: `DaemonConfigurationError` for what FRR does not support.
    package init(
        _ settings: SpeakerSettings, announcements: [Announcement], bfd: BFDSessionSettings?
    ) throws(DaemonConfigurationError) {
        try DaemonConfigurationError.check(settings, announcements, daemon: "frr")
        if let interval = bfd?.timers.interval, interval.value % 1000 != 0 || interval < .milliseconds(10) {
            throw DaemonConfigurationError(
                "frr takes BFD intervals in whole milliseconds, at least 10, not \(interval)")
        }
        guard bfd?.authentication == nil else {
            throw DaemonConfigurationError("frr's bfdd does not support authentication")
        }
        guard Set(settings.neighbors.map(\.peerAddress)).count == settings.neighbors.count else {
            throw DaemonConfigurationError("frr identifies a neighbour by its address, and two here have the same")
        }
        self.settings = settings
        self.announcements = announcements
        self.bfd = bfd
    }

    private static let heading = "frr version 8.4\nfrr defaults traditional\n"

    package var zebra: String { Self.heading }

    /// Nil if BFD is not configured: bfdd is not needed then.
    package var bfdd: String? {
        bfd.map { bfd in
            """
            \(Self.heading)bfd
             profile \(Self.bfdProfile)
              detect-multiplier \(bfd.timers.multiplier)
              receive-interval \(bfd.timers.interval.value / 1000)
              transmit-interval \(bfd.timers.interval.value / 1000)
              \(bfd.isPassive ? "passive-mode" : "no passive-mode")
             exit
            exit

            """
        }
    }

    package var bgpd: String {
        var lines = [
            "router bgp \(settings.asn.value)",
            " bgp router-id \(settings.routerID)",
            " no bgp ebgp-requires-policy",
            " no bgp network import-check",
        ]
        for neighbor in settings.neighbors { lines += session(neighbor) }
        lines.append(" address-family ipv4 unicast")
        for (index, announcement) in announcements.enumerated() {
            lines.append("  network \(announcement.prefix) route-map announced-\(index + 1)")
        }
        lines += [" exit-address-family", "exit"]
        for (index, announcement) in announcements.enumerated() {
            lines.append("route-map announced-\(index + 1) permit 10")
            lines += Self.statements(announcement.attributes).map { " \($0)" }
            lines.append("exit")
        }
        return Self.heading + lines.joined(separator: "\n") + "\n"
    }

    private func session(_ neighbor: SessionConfiguration) -> [String] {
        let name = "neighbor \(neighbor.peerAddress)"
        var lines = [
            "\(name) remote-as \(neighbor.peerASN.value)",
            "\(name) timers \(neighbor.daemonKeepaliveSeconds) \(neighbor.holdTimeSeconds)",
            "\(name) timers connect \(max(neighbor.connectRetry.components.seconds, 1))",
            "\(name) advertisement-interval 0",
        ]
        if let local = settings.localAddresses[neighbor.peerAddress] { lines.append("\(name) update-source \(local)") }
        if neighbor.isPassive { lines.append("\(name) passive") }
        if bfd != nil { lines.append("\(name) bfd profile \(Self.bfdProfile)") }
        return lines.map { " \($0)" }
    }

    private static func statements(_ attributes: PathAttributes) -> [String] {
        var statements: [String] = []
        let origin =
            switch attributes.origin {
            case .igp: "igp"
            case .egp: "egp"
            case .incomplete: "incomplete"
            }
        statements.append("set origin \(origin)")
        let path = attributes.asPath.sequence
        if !path.isEmpty {
            statements.append("set as-path prepend \(path.map { "\($0.value)" }.joined(separator: " "))")
        }
        if !attributes.nextHop.isUnspecified { statements.append("set ip next-hop \(attributes.nextHop)") }
        if let metric = attributes.multiExitDiscriminator { statements.append("set metric \(metric)") }
        if !attributes.communities.isEmpty {
            let communities = attributes.communities.map { "\($0.value >> 16):\($0.value & 0xFFFF)" }
            statements.append("set community \(communities.joined(separator: " "))")
        }
        return statements
    }
}
