// SPDX-License-Identifier: MIT-0
package import WireFormat

/// The first packet of a flow, as a security group sees it.
package struct Traffic: Hashable, Sendable {
    /// What a rule compares besides the addresses.
    package enum Selector: Hashable, Sendable {
        case port(UInt16)
        case icmp(type: UInt8, code: UInt8)
        /// For protocols that have neither ports nor types.
        case none
    }

    package var source: IPAddress
    package var destination: IPAddress
    package var ipProtocol: IPProtocol
    package var selector: Selector

    package init(from source: IPAddress, to destination: IPAddress, _ ipProtocol: IPProtocol, _ selector: Selector) {
        self.source = source
        self.destination = destination
        self.ipProtocol = ipProtocol
        self.selector = selector
    }

    /// A request to open a TCP connection.
    package static func tcp(_ port: UInt16, from source: IPAddress, to destination: IPAddress) -> Traffic {
        Traffic(from: source, to: destination, .tcp, .port(port))
    }

    package static func udp(_ port: UInt16, from source: IPAddress, to destination: IPAddress) -> Traffic {
        Traffic(from: source, to: destination, .udp, .port(port))
    }

    /// An echo request of the addresses' family.
    package static func echoRequest(from source: IPAddress, to destination: IPAddress) -> Traffic {
        switch destination.family {
        case .ipv4: Traffic(from: source, to: destination, .icmp, .icmp(type: 8, code: 0))
        case .ipv6: Traffic(from: source, to: destination, .icmpv6, .icmp(type: 128, code: 0))
        }
    }

    /// Protocol and port, or ICMP type: `UDP 3784`, `ICMP echo request`.
    package var service: String {
        switch selector {
        case .port(let port): "\(ipProtocol) \(port)"
        case .none: "\(ipProtocol)"
        case .icmp(let type, let code):
            switch (ipProtocol, type) {
            case (.icmp, 8), (.icmpv6, 128): "\(ipProtocol) echo request"
            case (.icmp, 0), (.icmpv6, 129): "\(ipProtocol) echo reply"
            default: "\(ipProtocol) type \(type) code \(code)"
            }
        }
    }
}

/// A value of the header's protocol field (IANA, "Assigned Internet Protocol Numbers").
package struct IPProtocol: Hashable, Sendable, CustomStringConvertible {
    package var number: UInt8

    package init(_ number: UInt8) {
        self.number = number
    }

    package static let icmp = IPProtocol(1)
    package static let tcp = IPProtocol(6)
    package static let udp = IPProtocol(17)
    package static let icmpv6 = IPProtocol(58)

    package var description: String {
        switch self {
        case .icmp: "ICMP"
        case .tcp: "TCP"
        case .udp: "UDP"
        case .icmpv6: "ICMPv6"
        default: "protocol \(number)"
        }
    }
}
