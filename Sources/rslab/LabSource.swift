// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
internal import CloudFormation
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import NodeProtocol
internal import SourceText
internal import SpeakerConfiguration
internal import VPC
internal import WireFormat

/// A template read to the end: the lab it makes, and what was doubtful about it.
struct LabSource {
    var blueprint: LabBlueprint
    var warnings: [String]

    /// What messages and a lab's state call the template of rslab's own.
    static let builtinName = "built-in template"

    /// Reads a template and the speakers' configurations in its user data.
    ///
    /// - Throws: `TemplateError` or `ConfigurationError` with file:line, `LabError` when the file cannot be read.
    init(_ template: TemplateOptions, options: LabOptions) throws {
        let file = template.template ?? Self.builtinName
        let text = try template.template.map(Self.read) ?? BuiltinTemplate.text
        let parsed = try Template(text: text, file: file, parameters: template.overrides)
        let model = try parsed.model()
        warnings = parsed.warnings.map(\.description)
        var speakers: [InstanceSpeaker] = []
        for instance in model.instances {
            warnings += instance.boot.notUnderstood.map {
                Self.warning(file, $0.start, "not understood in the user data of \(instance.name): \($0.text)")
            }
            guard
                let speaker = try Self.speaker(
                    of: instance, in: model, file: file, options: options, warnings: &warnings)
            else {
                continue
            }
            speakers.append(speaker)
        }
        // What the template itself asks for has been looked at with it.
        let known = Set(InterfaceOutlook(model).blockedSessions)
        warnings += options.interfaceOutlook(of: model).blockedSessions.filter { !known.contains($0) }
            .map { Self.warning(file, nil, "\($0)") }
        blueprint = LabBlueprint(
            model: model, options: options, speakers: speakers, source: file, version: RSLab.version)
        try blueprint.checkTablePrecedence()
        warnings += [blueprint.tablePrecedenceNote].compactMap(\.self) + blueprint.silentPeerNotes
    }

    private static func warning(_ file: String, _ position: SourcePosition?, _ message: String) -> String {
        Finding(severity: .warning, file: file, position: position, message: message).description
    }

    private static func read(_ path: String) throws -> String {
        do throws(SystemError) {
            return try readTextFile(path)
        } catch {
            throw LabError("cannot read the template", because: error)
        }
    }

    private static func speaker(
        of instance: Instance, in model: VPCModel, file: String, options: LabOptions, warnings: inout [String]
    ) throws -> InstanceSpeaker? {
        guard let source = instance.boot.speakerConfiguration else {
            for words in instance.boot.announcements {
                warnings.append(
                    warning(file, words.position, "\(instance.name) has no gobgpd.conf, so this has no effect"))
            }
            return nil
        }
        var (settings, findings) = try SpeakerSettings.parse(source, file: file)
        warnings += findings.map(\.description)
        var text = source.text
        if let hold = options.holdTimeSeconds {
            // For a daemon that reads the text, and for ours.
            text = try SpeakerSettings.text(source, offeringHoldTimeSeconds: hold, file: file)
            for index in settings.neighbors.indices {
                settings.neighbors[index].holdTimeSeconds = hold
                settings.neighbors[index].keepaliveIntervalSeconds = nil
            }
        }
        var announcements: [Announcement] = []
        for words in instance.boot.announcements {
            do throws(RIBArguments.ArgumentError) {
                announcements.append(try RIBArguments.parse(words.words))
            } catch {
                throw ConfigurationError(
                    findings: [.init(severity: .error, file: file, position: words.position, message: error.message)])
            }
        }
        let bfd = options.bfdNeighbors(of: instance, in: model)
        if !bfd.isEmpty, options.speaker == .gobgpd {
            warnings.append(
                warning(
                    file, nil,
                    "the route server's BFD sessions with \(instance.name) stay down: Debian's gobgpd has no BFD"))
        }
        if bfd.isEmpty, options.bfdAuthentication != nil || !options.passiveBFD.isEmpty {
            warnings.append(
                warning(
                    file, nil,
                    "\(instance.name) speaks no BFD, so --bfd-auth and --bfd-passive have no effect: give --bfd too"))
        }
        let daemonConfigurations = try Self.daemonConfigurations(
            settings, announcements: announcements, bfd: bfd.values.first, speaker: options.speaker, file: file,
            position: source.start)
        var configuration = SpeakerProgramConfiguration(
            node: instance.name, asn: settings.asn, routerID: settings.routerID, listenPort: settings.listenPort,
            listenAddresses: settings.listenAddresses, neighbors: settings.neighbors,
            sourceAddresses: settings.localAddresses, announcements: announcements)
        configuration.bfd = bfd
        configuration.ipv6Address = model.ipv6NextHop(of: instance)
        for (words, announcement) in zip(instance.boot.announcements, announcements)
        where announcement.prefix.family == .ipv6 {
            if let reason = configuration.reasonToKeepBack(announcement) {
                warnings.append(
                    warning(file, words.position, "\(instance.name) announces this to nobody: \(reason)"))
            }
        }
        if !settings.exportPrepends.isEmpty {
            configuration.prepends = Dictionary(
                settings.exportPrepends.map { ($0.key.description, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        return InstanceSpeaker(
            instance: instance.name, configuration: configuration,
            configurationText: text, announcementWords: instance.boot.announcements.map(\.words),
            daemonConfigurations: daemonConfigurations)
    }

    /// The same speaker in the words of another daemon.
    private static func daemonConfigurations(
        _ settings: SpeakerSettings, announcements: [Announcement], bfd: BFDSessionSettings?,
        speaker: LabOptions.SpeakerKind,
        file: String, position: SourcePosition
    ) throws -> [String: String] {
        do throws(DaemonConfigurationError) {
            switch speaker {
            case .builtin, .gobgpd:
                return [:]
            case .bird:
                return ["bird": try BirdConfiguration(settings, announcements: announcements, bfd: bfd).text]
            case .frr:
                let frr = try FRRConfiguration(settings, announcements: announcements, bfd: bfd)
                return ["zebra": frr.zebra, "bgpd": frr.bgpd, "bfdd": frr.bfdd].compactMapValues(\.self)
            }
        } catch {
            throw ConfigurationError(
                findings: [.init(severity: .error, file: file, position: position, message: error.message)])
        }
    }
}
