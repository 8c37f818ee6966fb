// SPDX-License-Identifier: MIT-0
package import SourceText
package import WireFormat

/// What an instance's user data does at boot, as far as rslab understands it.
package struct InstanceBoot: Hashable, Sendable, Codable {
    /// Addresses added to `lo`: the floating IPs.
    package var loopbackAddresses: [IPPrefix]
    /// The text of gobgpd.conf with all variables filled in; nil for an instance without a speaker.
    package var speakerConfiguration: SourceExcerpt?
    /// The arguments of each `gobgp global rib add` line, without those four words.
    package var announcements: [SourceWords]
    /// Whether the kernel forwards packets that are not for the instance itself (net.ipv4.ip_forward).
    package var isForwarding: Bool
    /// Lines of the script that were not understood, for a message to the user.
    package var notUnderstood: [SourceExcerpt]

    package init(
        loopbackAddresses: [IPPrefix] = [], speakerConfiguration: SourceExcerpt? = nil,
        announcements: [SourceWords] = [], isForwarding: Bool = false, notUnderstood: [SourceExcerpt] = []
    ) {
        self.loopbackAddresses = loopbackAddresses
        self.speakerConfiguration = speakerConfiguration
        self.announcements = announcements
        self.isForwarding = isForwarding
        self.notUnderstood = notUnderstood
    }
}

/// The words of a command, and where it stands in the template.
package struct SourceWords: Hashable, Sendable, Codable {
    package var words: [String]
    package var position: SourcePosition

    package init(words: [String], position: SourcePosition) {
        self.words = words
        self.position = position
    }
}
