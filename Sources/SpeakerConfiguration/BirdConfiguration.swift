// SPDX-License-Identifier: MIT-0
package import BFD
package import BGP
internal import WireFormat

/// The same speaker as a bird.conf (BIRD 2), for use with bird instead of gobgpd.
///
/// It originates the given routes and installs nothing in the kernel: bird has no kernel protocol here.
package struct BirdConfiguration {
    private let settings: SpeakerSettings
    private let announcements: [Announcement]
    private let bfd: BFDSessionSettings?

    /// - Throws: `DaemonConfigurationError` for what a bird.conf cannot express.
    package init(
        _ settings: SpeakerSettings, announcements: [Announcement], bfd: BFDSessionSettings?
    ) throws(DaemonConfigurationError) {
        try DaemonConfigurationError.check(settings, announcements, daemon: "bird")
        if let secret = bfd?.authentication?.secret, secret.contains("\"") {
            throw DaemonConfigurationError(
                "bird's passwords cannot contain a quotation mark, and the BFD secret has one")
        }
        self.settings = settings
        self.announcements = announcements
        self.bfd = bfd
    }

    package var text: String {
        var lines = ["router id \(settings.routerID);", "log stderr all;", "protocol device { scan time 10; }"]
        if let bfd { lines += Self.interfaces(bfd) }
        lines.append("protocol static originated {")
        lines.append("    ipv4;")
        lines += announcements.map { "    route \($0.prefix) blackhole;" }
        lines += ["}", "filter announced {"]
        lines += announcements.map { "    if net = \($0.prefix) then {\(Self.statements($0.attributes)) accept; }" }
        lines += ["    reject;", "}"]
        for (index, neighbor) in settings.neighbors.enumerated() {
            lines += session(neighbor, number: index + 1)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func interfaces(_ bfd: BFDSessionSettings) -> [String] {
        let interval = "\(bfd.timers.interval.value) us"
        var lines = [
            "protocol bfd { interface \"*\" {",
            "    min rx interval \(interval); min tx interval \(interval); idle tx interval 1000 ms;",
            "    multiplier \(bfd.timers.multiplier);",
        ]
        if bfd.isPassive { lines.append("    passive on;") }
        if let authentication = bfd.authentication {
            let type =
                switch authentication.kind {
                case .simplePassword: "simple"
                case .keyedMD5: "keyed md5"
                case .meticulousKeyedMD5: "meticulous keyed md5"
                case .keyedSHA1: "keyed sha1"
                case .meticulousKeyedSHA1: "meticulous keyed sha1"
                }
            lines.append("    authentication \(type);")
            lines.append("    password \"\(authentication.secret)\" { id \(authentication.keyID); };")
        }
        return lines + ["}; }"]
    }

    private func session(_ neighbor: SessionConfiguration, number: Int) -> [String] {
        let local = settings.localAddresses[neighbor.peerAddress].map { "\($0) " } ?? ""
        var lines = [
            "protocol bgp peer\(number) {",
            "    local \(local)as \(neighbor.localASN.value);",
            "    neighbor \(neighbor.peerAddress) as \(neighbor.peerASN.value);",
            "    hold time \(neighbor.holdTimeSeconds);",
            "    connect delay time 1; connect retry time \(max(neighbor.connectRetry.components.seconds, 1));",
            "    error wait time 1, 5;",
        ]
        if neighbor.holdTimeSeconds > 0 {
            lines.append("    keepalive time \(neighbor.daemonKeepaliveSeconds);")
        }
        if neighbor.isPassive { lines.append("    passive on;") }
        if bfd != nil { lines.append("    bfd on;") }
        lines += ["    ipv4 { import all; export filter announced; };", "}"]
        return lines
    }

    /// bird prepends its own AS to what leaves for another AS, as gobgp does with announced routes.
    private static func statements(_ attributes: PathAttributes) -> String {
        var statements: [String] = []
        let origin =
            switch attributes.origin {
            case .igp: "ORIGIN_IGP"
            case .egp: "ORIGIN_EGP"
            case .incomplete: "ORIGIN_INCOMPLETE"
            }
        statements.append("bgp_origin = \(origin);")
        for number in attributes.asPath.sequence.reversed() {
            statements.append("bgp_path.prepend(\(number.value));")
        }
        if !attributes.nextHop.isUnspecified { statements.append("bgp_next_hop = \(attributes.nextHop);") }
        if let metric = attributes.multiExitDiscriminator { statements.append("bgp_med = \(metric);") }
        for community in attributes.communities {
            statements.append("bgp_community.add((\(community.value >> 16),\(community.value & 0xFFFF)));")
        }
        return statements.map { " \($0)" }.joined()
    }
}
