// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import LabModel
internal import NodeProtocol
internal import SourceText
internal import SpeakerConfiguration
internal import VPC
internal import WireFormat

/// Reads the speaker of one instance from its user data, for every daemon that can run it.
struct SpeakerReader {
    private let instance: Instance
    private let model: VPCModel
    private let options: LabOptions
    private let file: String
    /// What is doubtful about it.
    private(set) var findings: [Finding] = []

    init(_ instance: Instance, in model: VPCModel, options: LabOptions, file: String) {
        self.instance = instance
        self.model = model
        self.options = options
        self.file = file
    }

    /// - Returns: nil for an instance without a gobgpd.conf.
    /// - Throws: `ConfigurationError` with the place of each mistake.
    mutating func read() throws -> InstanceSpeaker? {
        guard let source = instance.boot.speakerConfiguration else {
            for words in instance.boot.announcements {
                warn("\(instance.name) has no gobgpd.conf, so this has no effect", at: words.position)
            }
            return nil
        }
        let (settings, text) = try settings(source)
        let announcements = try announcements()
        let bfd = bfdNeighbors()
        let daemons = try daemonConfigurations(settings, announcements, bfd: bfd.values.first, at: source.start)
        let configuration = configuration(settings, announcements, bfd: bfd)
        warnOfKeptBack(announcements, by: configuration)
        return InstanceSpeaker(
            instance: instance.name, configuration: configuration, configurationText: text,
            announcementWords: instance.boot.announcements.map(\.words), daemonConfigurations: daemons)
    }

    private mutating func warn(_ message: String, at position: SourcePosition? = nil) {
        findings.append(Finding(severity: .warning, file: file, position: position, message: message))
    }

    /// The settings of a gobgpd.conf, and its text, both with the hold time that the lab's options ask for.
    private mutating func settings(
        _ source: SourceExcerpt
    ) throws(ConfigurationError) -> (settings: SpeakerSettings, text: String) {
        var (settings, warnings) = try SpeakerSettings.parse(source, file: file)
        findings += warnings
        guard let hold = options.holdTimeSeconds else { return (settings, source.text) }
        for index in settings.neighbors.indices {
            settings.neighbors[index].holdTimeSeconds = hold
            settings.neighbors[index].keepaliveIntervalSeconds = nil
        }
        // Debian's daemon reads the text.
        return (settings, try SpeakerSettings.text(source, offeringHoldTimeSeconds: hold, file: file))
    }

    private func announcements() throws(ConfigurationError) -> [Announcement] {
        var announcements: [Announcement] = []
        for words in instance.boot.announcements {
            do throws(RIBArguments.ArgumentError) {
                announcements.append(try RIBArguments.parse(words.words))
            } catch {
                throw Self.error(error.message, file, words.position)
            }
        }
        return announcements
    }

    private static func error(_ message: String, _ file: String, _ position: SourcePosition) -> ConfigurationError {
        ConfigurationError(findings: [.init(severity: .error, file: file, position: position, message: message)])
    }

    private mutating func bfdNeighbors() -> [String: BFDSessionSettings] {
        let bfd = options.bfdNeighbors(of: instance, in: model)
        if !bfd.isEmpty, options.speaker == .gobgpd {
            warn("the route server's BFD sessions with \(instance.name) stay down: Debian's gobgpd has no BFD")
        }
        if bfd.isEmpty, options.bfdAuthentication != nil || !options.passiveBFD.isEmpty {
            warn("\(instance.name) does not run BFD, so --bfd-auth and --bfd-passive have no effect: give --bfd too")
        }
        return bfd
    }

    /// The configuration that rslab's own speaker is started with.
    private func configuration(
        _ settings: SpeakerSettings, _ announcements: [Announcement], bfd: [String: BFDSessionSettings]
    ) -> SpeakerProgramConfiguration {
        var configuration = SpeakerProgramConfiguration(
            node: instance.name, asn: settings.asn, routerID: settings.routerID, listenPort: settings.listenPort,
            listenAddresses: settings.listenAddresses, neighbors: settings.neighbors,
            sourceAddresses: settings.localAddresses, announcements: announcements)
        configuration.bfd = bfd
        configuration.ipv6Address = model.ipv6NextHop(of: instance)
        if !settings.exportPrepends.isEmpty {
            configuration.prepends = Dictionary(
                settings.exportPrepends.map { ($0.key.description, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        return configuration
    }

    private mutating func warnOfKeptBack(
        _ announcements: [Announcement], by configuration: SpeakerProgramConfiguration
    ) {
        for (words, announcement) in zip(instance.boot.announcements, announcements)
        where announcement.prefix.family == .ipv6 {
            if let reason = configuration.reasonToKeepBack(announcement) {
                warn("\(instance.name) does not announce this to any neighbor: \(reason)", at: words.position)
            }
        }
    }

    /// The same speaker in the configuration language of another daemon, by the name of each of its programs.
    private func daemonConfigurations(
        _ settings: SpeakerSettings, _ announcements: [Announcement], bfd: BFDSessionSettings?,
        at position: SourcePosition
    ) throws(ConfigurationError) -> [String: String] {
        do throws(DaemonConfigurationError) {
            switch options.speaker {
            case .builtin, .gobgpd:
                return [:]
            case .bird:
                return ["bird": try BirdConfiguration(settings, announcements: announcements, bfd: bfd).text]
            case .frr:
                let frr = try FRRConfiguration(settings, announcements: announcements, bfd: bfd)
                return ["zebra": frr.zebra, "bgpd": frr.bgpd, "bfdd": frr.bfdd].compactMapValues(\.self)
            }
        } catch {
            throw Self.error(error.message, file, position)
        }
    }
}
