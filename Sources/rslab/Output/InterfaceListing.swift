// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import VPC
internal import WireFormat

/// What network interfaces dropped, in `status`.
struct InterfaceDropOutput: Encodable {
    var interface: String
    var interface_id: String
    /// The instance or endpoint that the interface belongs to.
    var owner: String
    /// `ingress` or `egress`, as seen by its owner.
    var direction: String
    /// `security-groups` or `source-dest-check`.
    var cause: InterfaceRefusal.Cause
    var security_groups: [String]
    /// The protocol number.
    var `protocol`: UInt8
    var source: String
    var destination: String
    var port: UInt16?
    var icmp_type: UInt8?
    var icmp_code: UInt8?
    var packets: UInt64
    var text: String

    init(_ drop: InterfaceDrop) {
        let refusal = drop.refusal
        interface = refusal.interface.name
        interface_id = refusal.interface.id
        owner = refusal.owner
        direction = refusal.direction.rawValue
        cause = refusal.cause
        security_groups = refusal.groups.map(\.name)
        `protocol` = refusal.traffic.ipProtocol.number
        source = refusal.traffic.source.description
        destination = refusal.traffic.destination.description
        switch refusal.traffic.selector {
        case .port(let number): port = number
        case .icmp(let type, let code): (icmp_type, icmp_code) = (type, code)
        case .none: break
        }
        packets = drop.packets
        text = drop.text
    }
}

/// How often one rule of an interface was applied.
struct InterfaceCountOutput: Encodable {
    var interface: String
    var interface_id: String
    var direction: String
    /// The rule in words, `established`, `no rule` or `source/destination check`.
    var rule: String
    var drops: Bool
    var packets: UInt64
    var octets: UInt64

    init(_ count: InterfaceCount) {
        interface = count.rules.interface.name
        interface_id = count.rules.interface.id
        direction = count.direction.rawValue
        rule = count.subject
        drops = count.isDrop
        packets = count.packets
        octets = count.octets
    }
}
