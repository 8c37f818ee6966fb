// SPDX-License-Identifier: MIT-0
package import NodeProtocol

/// The BGP speaker of one instance, in every form in which it can run.
package struct InstanceSpeaker: Codable, Hashable, Sendable {
    package var instance: String
    /// For rslab's own speaker.
    package var configuration: SpeakerProgramConfiguration
    /// For gobgpd, and for display: the text of gobgpd.conf.
    package var configurationText: String
    /// The arguments of each `gobgp global rib add`.
    package var announcementWords: [[String]]
    /// For bird or frr: the configuration of each of its programs, by program name.
    package var daemonConfigurations: [String: String]

    package init(
        instance: String, configuration: SpeakerProgramConfiguration, configurationText: String,
        announcementWords: [[String]], daemonConfigurations: [String: String] = [:]
    ) {
        self.instance = instance
        self.configuration = configuration
        self.configurationText = configurationText
        self.announcementWords = announcementWords
        self.daemonConfigurations = daemonConfigurations
    }
}
