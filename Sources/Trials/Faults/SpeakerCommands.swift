// SPDX-License-Identifier: MIT-0
internal import BGP
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import NodeProtocol
internal import WireFormat

/// Makes an instance's own speaker announce something other than its template says, and undoes that.
struct SpeakerCommands {
    /// Longer than any standby's path in a sensible template.
    private static let prependCount = 8
    /// RFC 8326 section 5.
    private static let gracefulShutdown = Community(0xFFFF_0000)
    private static let moveTimeout = Duration.seconds(10)
    private static let pollInterval = Duration.milliseconds(1)

    private let lab: Lab
    private let instance: String
    private let configuration: SpeakerProgramConfiguration
    private let client: NodeClient

    /// - Throws: `LabError` for any other speaker than rslab's own.
    init(of instance: String, in lab: Lab) throws {
        guard let speaker = lab.state.speakers.first(where: { $0.instance == instance }) else {
            throw LabError("\(instance) runs no speaker")
        }
        guard lab.state.options.speaker == .builtin else {
            throw LabError(
                "withdraw, prepend and drain are for rslab's own speaker, and \(instance) runs"
                    + " \(lab.state.options.speaker.rawValue)",
                advice: "use its own command: rslab exec \(instance) -- …")
        }
        self.lab = lab
        self.instance = instance
        configuration = speaker.configuration
        client = try lab.speaker(on: instance)
    }

    func withdraw() throws {
        try client.ask(Withdraw(configuration.announcements.map(\.prefix)))
        if let block = lab.state.block { try client.ask(WithdrawBlock(block)) }
    }

    /// Announces the same routes with a longer AS path, and with GRACEFUL_SHUTDOWN (RFC 8326 section 4.1) if requested.
    func prepend(gracefulShutdown isGraceful: Bool = false) throws {
        let asns = Array(repeating: configuration.asn, count: Self.prependCount)
        try announce(
            configuration.announcements.map { announcement in
                var longer = announcement
                longer.attributes.asPath = ASPath(
                    segments: [.sequence(asns)] + announcement.attributes.asPath.segments)
                if isGraceful { longer.attributes.communities.append(Self.gracefulShutdown) }
                return longer
            })
    }

    /// Announces what the template says.
    func announceAsConfigured() throws {
        try announce(configuration.announcements)
    }

    /// A block announced for a run follows the first floating IP.
    private func announce(_ announcements: [Announcement]) throws {
        try client.ask(Originate(announcements))
        guard let block = lab.state.block,
            let pattern = announcements.first(where: { $0.prefix == lab.layout.floatingAddresses.first })
        else { return }
        try client.ask(OriginateBlock(block, pattern.attributes))
    }

    /// Waits until another instance is active for everything that moves.
    func waitUntilMoved(in feed: EventFeed) throws {
        let deadline = Instant.now + Self.moveTimeout
        for prefix in lab.layout.movedPrefixes {
            while try lab.activeInstance(for: prefix) == instance {
                guard Instant.now < deadline else {
                    throw LabError(
                        "the traffic to \(prefix) does not leave \(instance)",
                        advice: "see 'rslab rib': is there a standby?")
                }
                _ = try feed.wait(until: .now + Self.pollInterval) { false }
            }
        }
    }
}
