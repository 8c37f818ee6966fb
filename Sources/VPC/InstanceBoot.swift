// SPDX-License-Identifier: MIT-0
package import WireFormat

/// What an instance's user data does at boot, as far as rslab understands it.
package struct InstanceBoot: Hashable, Sendable, Codable {
    /// Addresses added to `lo`: the floating IPs.
    package var loopbackAddresses: [IPPrefix]
    /// The text of gobgpd.conf with all variables filled in; nil for an instance without a speaker.
    package var speakerConfiguration: SourceText?
    /// The arguments of each `gobgp global rib add` line, without those four words.
    package var announcements: [SourceWords]
    /// Whether the kernel forwards packets that are not for the instance itself (net.ipv4.ip_forward).
    package var isForwarding: Bool
    /// Lines of the script that were not understood, for a message to the user.
    package var notUnderstood: [SourceText]

    package init(
        loopbackAddresses: [IPPrefix] = [], speakerConfiguration: SourceText? = nil,
        announcements: [SourceWords] = [], isForwarding: Bool = false, notUnderstood: [SourceText] = []
    ) {
        self.loopbackAddresses = loopbackAddresses
        self.speakerConfiguration = speakerConfiguration
        self.announcements = announcements
        self.isForwarding = isForwarding
        self.notUnderstood = notUnderstood
    }
}

/// Text, and the line of the template where it begins.
package struct SourceText: Hashable, Sendable, Codable {
    package var text: String
    package var line: Int

    package init(text: String, line: Int) {
        self.text = text
        self.line = line
    }
}

/// The words of a command, and the line of the template where it stands.
package struct SourceWords: Hashable, Sendable, Codable {
    package var words: [String]
    package var line: Int

    package init(words: [String], line: Int) {
        self.words = words
        self.line = line
    }
}
