// SPDX-License-Identifier: MIT-0
package import WireFormat

/// Which prefixes of a RIB to list: the arguments of `gobgp global rib`.
package enum RIBFilter: Hashable, Sendable {
    case exact(IPPrefix)
    /// The longest prefix that contains an address.
    case host(IPAddress)
    /// A prefix and all prefixes inside it.
    case longer(IPPrefix)
    /// A prefix and all prefixes that contain it.
    case shorter(IPPrefix)

    /// Invalid arguments, with `gobgp`'s message.
    package enum ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        case notAPrefix
        case unknownOption

        package var description: String {
            switch self {
            case .notAPrefix: "invalid CIDR/IP"
            case .unknownOption: "invalid format for route filtering"
            }
        }
    }

    /// `PREFIX|HOST [longer-prefixes|shorter-prefixes]`; nil without arguments.
    ///
    /// Bits after a prefix's length are cleared; before an option, a host means its own prefix.
    package static func parse(_ words: [String]) throws(ParseError) -> RIBFilter? {
        guard let target = words.first else { return nil }
        let host = IPAddress(target)
        guard let prefix = host.map(IPPrefix.init(host:)) ?? maskedPrefix(target) else { throw .notAPrefix }
        var filter = host.map(RIBFilter.host) ?? .exact(prefix)
        for option in words.dropFirst() {
            switch option {
            case "longer-prefixes": filter = .longer(prefix)
            case "shorter-prefixes": filter = .shorter(prefix)
            default: throw .unknownOption
            }
        }
        return filter
    }

    private static func maskedPrefix(_ text: String) -> IPPrefix? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(parts[1]), length <= address.family.bitWidth
        else { return nil }
        return IPPrefix(masking: address, length: length)
    }

    /// The family of the filter's prefix or address.
    package var family: AddressFamily {
        switch self {
        case .exact(let prefix), .longer(let prefix), .shorter(let prefix): prefix.family
        case .host(let address): address.family
        }
    }

    /// The rows that match the filter, in their order.
    package func select(_ rows: [RIBRow]) -> [RIBRow] {
        switch self {
        case .exact(let prefix):
            return rows.filter { $0.prefix == prefix }
        case .longer(let prefix):
            return rows.filter { prefix.contains($0.prefix) }
        case .shorter(let prefix):
            return rows.filter { $0.prefix.contains(prefix) }
        case .host(let address):
            let matching = rows.filter { $0.prefix.contains(address) }
            let longest = matching.map(\.prefix.length).max()
            return matching.filter { $0.prefix.length == longest }
        }
    }
}
