// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The kinds of object to which AWS gives an id, with the letters that the id begins with.
package enum ResourceKind: String, Hashable, Sendable, CaseIterable {
    case vpc
    case subnet
    case internetGateway = "igw"
    case routeTable = "rtb"
    case routeTableAssociation = "rtbassoc"
    case networkInterface = "eni"
    case instance = "i"
    case routeServer = "rs"
    case routeServerEndpoint = "rse"
    case routeServerPeer = "rsp"
    case securityGroup = "sg"
    case elasticIPAllocation = "eipalloc"

    /// The id of the object with this logical id: letters, a hyphen and 17 hexadecimal digits.
    ///
    /// It depends only on kind and logical id, so it is the same in every lab made from the same template.
    package func id(of logicalID: String) -> String {
        let digits = String(stableHash("\(rawValue)/\(logicalID)"), radix: 16)
        return "\(rawValue)-" + String(repeating: "0", count: 17 - digits.count) + digits
    }
}

/// FNV-1a (64 bits): unlike `Hasher`, the same in every process.
func stableHash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, octet in
        (hash ^ UInt64(octet)) &* 0x100_0000_01b3
    }
}

extension MACAddress {
    /// The address of the network interface with this logical id: `0a:…`, so locally administered and not multicast.
    package init(networkInterface logicalID: String) {
        self.init(bits: 0x0a << 40 | stableHash("mac/\(logicalID)") & 0xff_ffff_ffff)
    }
}

extension VPCModel {
    /// The account that owns a lab's objects, the one in AWS's examples.
    package static let accountID = "123456789012"

    package var id: String { ResourceKind.vpc.id(of: logicalID) }
}

extension Subnet {
    package var id: String { ResourceKind.subnet.id(of: logicalID) }
}

extension InternetGateway {
    package var id: String { ResourceKind.internetGateway.id(of: logicalID) }
}

extension RouteTable {
    package var id: String { ResourceKind.routeTable.id(of: logicalID) }
}

extension NetworkInterface {
    package var id: String { ResourceKind.networkInterface.id(of: logicalID) }
}

extension Instance {
    package var id: String { ResourceKind.instance.id(of: logicalID) }
}

extension RouteServerObject {
    package var id: String { ResourceKind.routeServer.id(of: logicalID) }
}

extension RouteServerEndpoint {
    package var id: String { ResourceKind.routeServerEndpoint.id(of: logicalID) }
}

extension RouteServerPeer {
    package var id: String { ResourceKind.routeServerPeer.id(of: logicalID) }
}

extension SecurityGroup {
    package var id: String { ResourceKind.securityGroup.id(of: logicalID) }
}
