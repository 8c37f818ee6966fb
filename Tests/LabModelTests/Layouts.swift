// SPDX-License-Identifier: MIT-0
import Blueprints
import LabModel
import Synchronization
import TestSupport
import Testing
import VPC
import WireFormat

/// Labs that are not built: the layouts of the repository's templates.
enum Layouts {
    private static let asTheyAre = Mutex<[String: LabLayout]>([:])

    /// That of a template as it is, read once.
    static func template(_ name: String) throws -> LabLayout {
        if let known = asTheyAre.withLock({ $0[name] }) { return known }
        let layout = try template(name, options: LabOptions())
        asTheyAre.withLock { $0[name] = layout }
        return layout
    }

    /// - Parameter replacements: Pieces of the template's text, and what stands there instead.
    static func template(
        _ name: String, parameters: [String: String] = [:], options: LabOptions = LabOptions(),
        replacing replacements: [(String, String)] = []
    ) throws -> LabLayout {
        var text = try Fixture.text("templates/\(name)")
        for (former, new) in replacements {
            try #require(text.contains(former), "\(name) does not have \(former)")
            text.replace(former, with: new)
        }
        return LabLayout(
            try TemplateReading(text, file: name, parameters: parameters, options: options, version: "1").blueprint)
    }

    /// Two instances with the floating IP 172.16.1.1, one active and one standby, and a client; two endpoints each.
    static func floatingIP() throws -> LabLayout { try template("floating-ip.yaml") }

    static func floatingIP(_ options: LabOptions) throws -> LabLayout {
        try template("floating-ip.yaml", options: options)
    }

    /// Two firewalls in front of an application host, with a gateway's route table.
    static func inspection() throws -> LabLayout { try template("inspection.yaml") }

    /// For the place of `SecurityGroupIngress:` in the floating IP's template: a group that lets out only pings.
    static let onlyPingsLeave = """
              SecurityGroupEgress:
                - {IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 0.0.0.0/0}
              SecurityGroupIngress:

        """

    /// Two route servers that write one route table.
    static func sharedTable(_ precedence: [String]? = nil) throws -> LabLayout {
        try template("shared-table.yaml", options: LabOptions(tablePrecedence: precedence))
    }
}

extension LabLayout {
    /// The state that a lab of this layout would store.
    var state: LabState {
        LabState(
            name: "test", version: blueprint.version, request: blueprint.request, model: model, options: options,
            speakers: speakers, initProcess: ProcessIdentity(processID: 1, startTicks: 2), isReady: true)
    }
}

func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
