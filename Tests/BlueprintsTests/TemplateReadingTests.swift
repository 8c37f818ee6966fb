// SPDX-License-Identifier: MIT-0
import BFD
import BGP
import Blueprints
import CloudFormation
import LabModel
import NodeProtocol
import SourceText
import SpeakerConfiguration
import TestSupport
import Testing
import VPC
import WireFormat

@Suite struct TemplateReadingTests {
    private func reading(
        _ template: String? = nil, parameters: [String: String] = [:], options: LabOptions = LabOptions(),
        replacing replacements: [(String, String)] = []
    ) throws -> TemplateReading {
        var text = try Fixture.text("templates/\(template ?? "floating-ip.yaml")")
        for (former, new) in replacements {
            #expect(text.contains(former), "the template does not have \(former)")
            text.replace(former, with: new)
        }
        return try TemplateReading(text, file: "test.yaml", parameters: parameters, options: options, version: "9")
    }

    private func speaker(_ instance: String, in reading: TemplateReading) throws -> InstanceSpeaker {
        try #require(reading.blueprint.speakers.first { $0.instance == instance })
    }

    /// The one finding, or the one that holds these words.
    private func finding(_ words: String, in reading: TemplateReading) throws -> Finding {
        let found = reading.findings.filter { $0.message.contains(words) }
        try #require(found.count == 1, "\(reading.findings)")
        return found[0]
    }

    // MARK: Templates

    @Test func `the built-in template makes two speakers, and nothing in it is doubtful`() throws {
        let builtin = try TemplateReading(
            nil, file: TemplateReading.builtinName, options: LabOptions(), version: "9")
        #expect(builtin.warnings == [])
        #expect(builtin.blueprint.request.source == "built-in template")
        #expect(builtin.blueprint.version == "9")
        #expect(builtin.blueprint.speakers.map(\.instance) == ["instance-rs-az1", "instance-rs-az2"])
    }

    @Test func `a speaker dials the endpoints of its own subnet with what its gobgpd.conf says`() throws {
        let configuration = try speaker("instance-rs-az1", in: reading()).configuration
        #expect(configuration.node == "instance-rs-az1")
        #expect(configuration.asn == ASN(65001))
        #expect(configuration.routerID == IPv4Address("10.0.1.203"))
        #expect(configuration.neighbors.map(\.peerAddress.description) == ["10.0.1.4", "10.0.1.5"])
        #expect(configuration.neighbors.allSatisfy { $0.peerASN == ASN(65000) && !$0.isPassive })
        #expect(configuration.bfd.isEmpty)
        #expect(configuration.prepends == nil)
    }

    @Test func `what is announced is parsed for our speaker, and kept in words for gobgp`() throws {
        let standby = try speaker("instance-rs-az2", in: reading())
        let announcement = try #require(standby.configuration.announcements.first)
        #expect(standby.configuration.announcements.count == 1)
        #expect(announcement.prefix == IPPrefix("172.16.1.1/32"))
        #expect(announcement.attributes.asPath == ASPath(sequence: [ASN(65001), ASN(65001)]))
        #expect(standby.announcementWords == [["172.16.1.1/32", "aspath", "65001 65001", "-a", "ipv4"]])
    }

    /// Each template with two of the speakers, or with all of them.
    private static let readings: [(template: String, kinds: [LabOptions.SpeakerKind])] =
        ((try? Fixture.names(in: "templates", suffix: ".yaml")) ?? []).enumerated().map { number, template in
            let all = LabOptions.SpeakerKind.allCases
            return (template, TestLength.isLong ? all : [all[0], all[1 + number % (all.count - 1)]])
        }

    @Test(arguments: readings)
    func `every template of ours makes a lab, for each speaker that its addresses allow`(
        template: String, kinds: [LabOptions.SpeakerKind]
    ) throws {
        for kind in kinds {
            do {
                let reading = try reading(template, options: LabOptions(speaker: kind))
                #expect(!reading.blueprint.model.instances.isEmpty)
                let names = Set(reading.blueprint.speakers.flatMap(\.daemonConfigurations.keys))
                let daemons: Set<String> =
                    switch kind {
                    case .builtin, .gobgpd: []
                    case .bird: ["bird"]
                    case .frr: ["zebra", "bgpd"]
                    }
                #expect(names.subtracting(["bfdd"]) == daemons)
            } catch let error as ConfigurationError {
                // Bird and FRR refuse what they have no words for, and only they do.
                #expect(kind == .bird || kind == .frr, "\(error)")
            }
        }
    }

    @Test func `a parameter that is overridden changes the lab`() throws {
        let reading = try reading(parameters: ["LivenessDetection": "bfd"])
        #expect(reading.blueprint.model.routeServers[0].peers.allSatisfy { $0.livenessDetection == .bfd })
        let bfd = try speaker("instance-rs-az1", in: reading).configuration.bfd
        #expect(bfd.keys.sorted() == ["10.0.1.4", "10.0.1.5"])
        #expect(bfd.values.allSatisfy { $0.timers == LabOptions.assumedBFDTimers && !$0.isPassive })
    }

    // MARK: Options

    @Test func `a hold time is offered by our speaker and by the daemon that reads the text`() throws {
        let speaker = try speaker("instance-rs-az1", in: reading(options: LabOptions(holdTimeSeconds: 9)))
        #expect(speaker.configuration.neighbors.map(\.holdTimeSeconds) == [9, 9])
        #expect(speaker.configuration.neighbors.allSatisfy { $0.keepaliveIntervalSeconds == nil })
        let excerpt = SourceExcerpt(speaker.configurationText, line: 1)
        let daemons = try SpeakerSettings.parse(excerpt, file: "gobgpd.conf").settings
        #expect(daemons.neighbors.map(\.holdTimeSeconds) == [9, 9])
    }

    @Test func `BFD that was asked for runs with every endpoint, in the role that was named`() throws {
        let timers = BFDTimers(interval: .milliseconds(50), multiplier: 3)
        let reading = try reading(options: LabOptions(bfd: timers, passiveBFD: [.speakers]))
        let bfd = try speaker("instance-rs-az2", in: reading).configuration.bfd
        #expect(bfd.keys.sorted() == ["10.0.2.4", "10.0.2.5"])
        #expect(bfd.values.allSatisfy { $0.timers == timers && $0.isPassive })
    }

    @Test func `BFD that is switched off runs with no endpoint`() throws {
        let reading = try reading(parameters: ["LivenessDetection": "bfd"], options: LabOptions(isBFDOff: true))
        #expect(reading.blueprint.speakers.allSatisfy { $0.configuration.bfd.isEmpty })
        #expect(reading.warnings == [])
    }

    @Test func `FRR gets a bfdd exactly where BFD runs`() throws {
        let timers = BFDTimers(interval: .milliseconds(50), multiplier: 3)
        let without = try speaker("instance-rs-az1", in: reading(options: LabOptions(speaker: .frr)))
        #expect(without.daemonConfigurations.keys.sorted() == ["bgpd", "zebra"])
        let with = try speaker("instance-rs-az1", in: reading(options: LabOptions(speaker: .frr, bfd: timers)))
        #expect(with.daemonConfigurations.keys.sorted() == ["bfdd", "bgpd", "zebra"])
    }

    @Test func `Debian's gobgpd leaves the BFD sessions down, which is reported once per instance`() throws {
        let reading = try reading(parameters: ["LivenessDetection": "bfd"], options: LabOptions(speaker: .gobgpd))
        #expect(
            reading.findings.map(\.message)
                == ["instance-rs-az1", "instance-rs-az2"].map {
                    "the route server's BFD sessions with \($0) stay down: Debian's gobgpd has no BFD"
                })
        #expect(reading.findings.allSatisfy { $0.severity == .warning && $0.position == nil })
    }

    @Test func `BFD authentication has no effect without BFD`() throws {
        let reading = try reading(options: LabOptions(passiveBFD: [.routeServer]))
        #expect(reading.findings.count == 2)
        _ = try finding("instance-rs-az1 does not run BFD, so --bfd-auth and --bfd-passive have no effect", in: reading)
    }

    @Test func `a session that only the options make impossible is reported`() throws {
        let timers = BFDTimers(interval: .milliseconds(50), multiplier: 3)
        let closed = [("- {IpProtocol: udp, FromPort: 3784, ToPort: 3784, CidrIp: 10.0.0.0/16}\n", "\n")]
        #expect(try reading(replacing: closed).findings.isEmpty)
        let reading = try reading(options: LabOptions(bfd: timers), replacing: closed)
        #expect(reading.findings.count == 4)
        #expect(reading.findings.allSatisfy { $0.message.contains("UDP 3784") })
        var options = LabOptions(bfd: timers)
        options.areSecurityGroupsOff = true
        #expect(try self.reading(options: options, replacing: closed).findings.isEmpty)
    }

    @Test func `an order of route servers that the template does not have is refused`() throws {
        let error = try #require(
            throws: LabError.self, performing: { try reading(options: LabOptions(tablePrecedence: ["rs9"])) })
        #expect(error.description == "the template has no route server 'rs9'; its route servers are rs1")
    }

    // MARK: Doubts and mistakes, each with its place

    @Test func `what is announced without a gobgpd.conf has no effect`() throws {
        let reading = try reading(replacing: [("cat > /home/ec2-user/gobgpd.conf", "cat > /home/ec2-user/other.conf")])
        #expect(reading.blueprint.speakers.isEmpty)
        let found = reading.findings.filter { $0.message.contains("has no gobgpd.conf, so this has no effect") }
        #expect(found.count == 2)
        #expect(found.allSatisfy { ($0.position?.line ?? 0) > 1 })
    }

    @Test func `a command that is not understood is reported with its line`() throws {
        let reading = try reading(replacing: [("sudo ip address add 172.16.1.1/32 dev lo", "frobnicate --all")])
        let found = reading.findings.filter { $0.message.contains("frobnicate") }
        #expect(found.count == 2)
        #expect(found[0].message == "not understood in the user data of instance-rs-az1: frobnicate --all")
    }

    @Test func `arguments that gobgp would refuse stop the lab, at their line`() throws {
        let error = try #require(
            throws: ConfigurationError.self,
            performing: { try reading(replacing: [("rib add 172.16.1.1/32 -a ipv4", "rib add 172.16.1.1/32 med")]) })
        let finding = try #require(error.findings.first)
        #expect(finding.severity == .error && finding.file == "test.yaml")
        let line = try #require(finding.position?.line)
        let text = try Fixture.text("templates/floating-ip.yaml").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(text[line - 1].contains("rib add 172.16.1.1/32 -a ipv4"))
    }

    @Test func `a mistake in a gobgpd.conf stops the lab, at its line`() throws {
        let error = try #require(
            throws: ConfigurationError.self, performing: { try reading(replacing: [("as = 65001", "as = \"x\"")]) })
        let line = try #require(error.findings.first?.position?.line)
        let text = try Fixture.text("templates/floating-ip.yaml").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(text[line - 1].contains("as = 65001"))
    }

    @Test func `a mistake in the template stops the lab`() throws {
        #expect(throws: TemplateError.self) {
            try reading(replacing: [("SubnetId: !Ref SubnetAz1", "SubnetId: !Ref SubnetAz9")])
        }
    }

    @Test func `a peer that no instance dials is reported, and no other`() throws {
        let reading = try reading(replacing: [("neighbor-address = \"${First}\"", "neighbor-address = \"10.0.9.9\"")])
        #expect(
            reading.notes == [
                "the session of rs1-az1-rsp1 with 10.0.1.203 stays down: instance-rs-az1 does not dial 10.0.1.4",
                "the session of rs1-az2-rsp3 with 10.0.2.203 stays down: instance-rs-az2 does not dial 10.0.2.4",
            ])
        #expect(reading.warnings.suffix(2) == reading.notes)
    }

    @Test func `an IPv6 route that no neighbour accepts is reported`() throws {
        let reading = try reading(
            "dual-stack.yaml", replacing: [("afi-safi-name = \"ipv6-unicast\"", "afi-safi-name = \"ipv4-unicast\"")])
        let found = reading.findings.filter { $0.message.contains("does not announce this to any neighbor") }
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.position != nil })
    }

    @Test func `route servers that share a table are reported in the order in which their routes are followed`() throws
    {
        let reading = try reading("shared-table.yaml", options: LabOptions(tablePrecedence: ["rs-b"]))
        #expect(reading.notes.contains { $0.contains("the route of rs-b, then that of rs-a is used") })
    }
}
