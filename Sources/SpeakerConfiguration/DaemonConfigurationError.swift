// SPDX-License-Identifier: MIT-0
internal import BGP
internal import WireFormat

/// A part of a speaker's configuration that is not supported for another daemon.
package struct DaemonConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence without its full stop.
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }

    /// Only IPv4 paths with ordinary attributes can be translated.
    static func check(
        _ settings: SpeakerSettings, _ announcements: [Announcement], daemon: String
    ) throws(DaemonConfigurationError) {
        for announcement in announcements {
            let attributes = announcement.attributes
            guard case .v4 = announcement.prefix.address else {
                throw DaemonConfigurationError(
                    "--speaker \(daemon) announces only IPv4, not \(announcement.prefix)")
            }
            guard attributes.asPath.segments.allSatisfy(\.isSequence), attributes.aggregator == nil,
                attributes.largeCommunities.isEmpty, attributes.unrecognized.isEmpty, !attributes.isAtomicAggregate
            else {
                throw DaemonConfigurationError(
                    "\(announcement.prefix) has an AS set, a large community, an aggregator or an unknown attribute,"
                        + " which --speaker \(daemon) does not support")
            }
        }
        guard settings.exportPrepends.isEmpty else {
            throw DaemonConfigurationError(
                "a policy gives neighbours different AS paths, which --speaker \(daemon) does not support")
        }
        for neighbor in settings.neighbors {
            guard case .v4 = neighbor.peerAddress else {
                throw DaemonConfigurationError(
                    "--speaker \(daemon) has only IPv4 neighbours, not \(neighbor.peerAddress)")
            }
        }
    }
}

extension SessionConfiguration {
    /// A third of the hold time unless configured otherwise (RFC 4271 section 10).
    var daemonKeepaliveSeconds: UInt16 {
        keepaliveIntervalSeconds ?? (holdTimeSeconds == 0 ? 0 : max(holdTimeSeconds / 3, 1))
    }
}

extension ASPath {
    /// All AS numbers in order; sets have been refused before.
    var sequence: [ASN] {
        segments.flatMap { segment in
            switch segment {
            case .sequence(let numbers), .set(let numbers): numbers
            }
        }
    }
}

extension ASPath.Segment {
    var isSequence: Bool {
        if case .sequence = self { true } else { false }
    }
}
