// SPDX-License-Identifier: MIT-0
package import WireFormat

/// AWS::EC2::SecurityGroup with its rules, including those from separate resources.
package struct SecurityGroup: Hashable, Sendable, Codable {
    package var logicalID: String
    package var name: String
    package var ingress: [SecurityGroupRule]
    /// Nil if the template gives none: all outgoing traffic is allowed.
    package var egress: [SecurityGroupRule]?

    package init(logicalID: String, name: String, ingress: [SecurityGroupRule], egress: [SecurityGroupRule]?) {
        self.logicalID = logicalID
        self.name = name
        self.ingress = ingress
        self.egress = egress
    }
}

/// One rule of a security group: what it allows in or out.
package struct SecurityGroupRule: Hashable, Sendable, Codable {
    /// The other end of the traffic that a rule allows.
    package enum Peer: Hashable, Sendable, Codable {
        case block(IPPrefix)
        case securityGroup(String)
    }

    /// `tcp`, `udp`, `icmp`, a protocol number, or `-1` for all.
    package var ipProtocol: String
    /// The first port, or the ICMP type; nil and -1 mean all.
    package var fromPort: Int?
    /// The last port, or the ICMP code; nil and -1 mean all.
    package var toPort: Int?
    package var peer: Peer

    package init(ipProtocol: String, fromPort: Int?, toPort: Int?, peer: Peer) {
        self.ipProtocol = ipProtocol
        self.fromPort = fromPort
        self.toPort = toPort
        self.peer = peer
    }
}
