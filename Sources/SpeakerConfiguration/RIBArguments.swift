// SPDX-License-Identifier: MIT-0
package import BGP
import WireFormat

/// The arguments of `gobgp global rib add`, with GoBGP's grammar and error texts.
package enum RIBArguments {
    /// GoBGP's message about arguments that it does not accept.
    package struct ArgumentError: Error, Hashable, Sendable, CustomStringConvertible {
        package var message: String

        package init(_ message: String) {
            self.message = message
        }

        /// As GoBGP prints it: `error: invalid CIDR address: nonsense`.
        package var description: String { "error: \(message)" }
    }

    /// The usage line that follows an error.
    package static let usage =
        "usage: global rib -a ipv4 add <PREFIX> [identifier <VALUE>] [origin { igp | egp | incomplete }] "
        + "[aspath <ASPATH>] [nexthop <ADDRESS>] [med <NUM>] [local-pref <NUM>] [community <COMMUNITY>] "
        + "[aigp metric <NUM>] [large-community <LARGE_COMMUNITY>] [aggregator <AGGREGATOR>]"

    /// The route described by the words after `global rib add`.
    ///
    /// By default the origin is incomplete, and the next hop is the speaker itself.
    package static func parse(_ words: [String]) throws(ArgumentError) -> Announcement {
        var words = words
        let family = try takeFamily(&words)
        guard let first = words.first else { throw ArgumentError("invalid format") }
        let prefix = try prefix(first, family: family)
        words.removeFirst()
        var attributes = PathAttributes(
            origin: .incomplete, asPath: ASPath(), nextHop: family == .ipv4 ? .v4(.any) : .v6(.any))
        if let text = take("identifier", &words) { _ = try number(text) }
        if let text = take("origin", &words) { attributes.origin = try origin(text) }
        if let text = take("aspath", &words) { attributes.asPath = try asPath(text) }
        if let text = take("nexthop", &words) { attributes.nextHop = try nextHop(text, family: family) }
        if let text = take("med", &words) { attributes.multiExitDiscriminator = try number(text) }
        if let text = take("local-pref", &words) { attributes.localPreference = try number(text) }
        if let text = take("community", &words) { attributes.communities = try communities(text) }
        if let text = take("large-community", &words) { attributes.largeCommunities = try largeCommunities(text) }
        if let text = take("aggregator", &words) { attributes.aggregator = try aggregator(text) }
        if words.first == "aigp" { throw ArgumentError("aigp is not supported") }
        guard words.isEmpty else { throw ArgumentError("failed to parse [\(words.joined(separator: " "))]") }
        return Announcement(prefix: prefix, attributes: attributes)
    }

    // MARK: Words

    /// Removes `-a FAMILY` from the words, wherever it is.
    private static func takeFamily(_ words: inout [String]) throws(ArgumentError) -> AddressFamily {
        var family = AddressFamily.ipv4
        var rest: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            let value: String
            if word == "-a" || word == "--address-family" {
                guard index < words.count else { throw ArgumentError("flag needs an argument: 'a' in -a") }
                value = words[index]
                index += 1
            } else if let prefix = ["--address-family=", "-a=", "-a"].first(where: { word.hasPrefix($0) }) {
                value = String(word.dropFirst(prefix.count))
            } else if word.hasPrefix("-"), let flag = word.dropFirst().first {
                throw ArgumentError("unknown shorthand flag: '\(flag)' in \(word)")
            } else {
                rest.append(word)
                continue
            }
            switch value {
            case "ipv4", "v4", "4": family = .ipv4
            case "ipv6", "v6", "6": family = .ipv6
            default: throw ArgumentError("unsupported address family: \(value)")
            }
        }
        words = rest
        return family
    }

    /// Removes a keyword and the word after it; only the first occurrence, so others are left over as in GoBGP.
    private static func take(_ keyword: String, _ words: inout [String]) -> String? {
        guard let index = words.firstIndex(of: keyword), index + 1 < words.count else { return nil }
        let value = words[index + 1]
        words.removeSubrange(index...index + 1)
        return value
    }

    // MARK: Values

    private static func prefix(_ text: String, family: AddressFamily) throws(ArgumentError) -> IPPrefix {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), parts[1].utf8.count <= 3,
            parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(parts[1]),
            length <= address.family.bitWidth
        else { throw ArgumentError("invalid CIDR address: \(text)") }
        guard address.family == family else { throw ArgumentError("invalid \(family.rawValue) prefix") }
        return IPPrefix(masking: address, length: length)
    }

    private static func origin(_ text: String) throws(ArgumentError) -> Origin {
        switch text {
        case "igp": .igp
        case "egp": .egp
        case "incomplete": .incomplete
        default: throw ArgumentError("invalid origin type. expect [igp|egp|incomplete] but \(text)")
        }
    }

    private static func nextHop(_ text: String, family: AddressFamily) throws(ArgumentError) -> IPAddress {
        guard let address = IPAddress(text), address.family == family else {
            throw ArgumentError("invalid nexthop address")
        }
        return address
    }

    private static func number(_ text: some StringProtocol) throws(ArgumentError) -> UInt32 {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw ArgumentError("strconv.ParseUint: parsing \"\(text)\": invalid syntax")
        }
        guard let value = UInt32(text) else {
            throw ArgumentError("strconv.ParseUint: parsing \"\(text)\": value out of range")
        }
        return value
    }

    /// A number made of digits only, without the sign that Swift would accept.
    private static func digits<Number: FixedWidthInteger>(_ text: Substring) -> Number? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Number(text) : nil
    }

    /// An AS number, plain or as two halves with a dot (RFC 5396).
    private static func asn(_ text: some StringProtocol) throws(ArgumentError) -> ASN {
        let halves = text.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return ASN(try number(text)) }
        let high = try number(halves[0])
        let low = try number(halves[1])
        guard high <= 0xFFFF, low <= 0xFFFF else {
            throw ArgumentError("strconv.ParseUint: parsing \"\(text)\": value out of range")
        }
        return ASN(high << 16 | low)
    }

    /// Numbers separated by commas or spaces; those in braces are a set.
    private static func asPath(_ text: String) throws(ArgumentError) -> ASPath {
        var segments: [ASPath.Segment] = []
        var numbers: [ASN] = []
        var word = ""
        var isInSet = false
        for character in text + " " {
            guard " ,\t{}".contains(character) else {
                word.append(character)
                continue
            }
            if !word.isEmpty { numbers.append(try asn(word)) }
            word = ""
            switch character {
            case "{":
                guard !isInSet else { throw ArgumentError("failed to parse \(text) as aspath") }
                if !numbers.isEmpty { segments.append(.sequence(numbers)) }
                numbers = []
                isInSet = true
            case "}":
                guard isInSet else { throw ArgumentError("failed to parse \(text) as aspath") }
                if !numbers.isEmpty { segments.append(.set(numbers)) }
                numbers = []
                isInSet = false
            default: break
            }
        }
        guard !isInSet else { throw ArgumentError("failed to parse \(text) as aspath") }
        if !numbers.isEmpty { segments.append(.sequence(numbers)) }
        return ASPath(segments: segments)
    }

    /// The names of IANA's registry in GoBGP's spelling, and RFC 8326's, which GoBGP lacks.
    private static let communityNames: [String: UInt32] = [
        "internet": 0, "planned-shut": 0xFFFF_0000, "graceful-shutdown": 0xFFFF_0000, "accept-own": 0xFFFF_0001,
        "route-filter-translated-v4": 0xFFFF_0002, "route-filter-v4": 0xFFFF_0003,
        "route-filter-translated-v6": 0xFFFF_0004, "route-filter-v6": 0xFFFF_0005, "llgr-stale": 0xFFFF_0006,
        "no-llgr": 0xFFFF_0007, "blackhole": 0xFFFF_029A, "no-export": 0xFFFF_FF01, "no-advertise": 0xFFFF_FF02,
        "no-export-subconfed": 0xFFFF_FF03, "no-peer": 0xFFFF_FF04,
    ]

    private static func communities(_ text: String) throws(ArgumentError) -> [Community] {
        var communities: [Community] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = part.drop { $0 == " " }
            if let value = communityNames[String(word)] {
                communities.append(Community(value))
                continue
            }
            let halves = word.split(separator: ":", omittingEmptySubsequences: false)
            if halves.count == 1, let value: UInt32 = digits(word) {
                communities.append(Community(value))
            } else if halves.count == 2, let high: UInt16 = digits(halves[0]),
                let low: UInt16 = digits(halves[1])
            {
                communities.append(Community(UInt32(high) << 16 | UInt32(low)))
            } else {
                throw ArgumentError("failed to parse \(word) as community")
            }
        }
        return communities
    }

    private static func largeCommunities(_ text: String) throws(ArgumentError) -> [LargeCommunity] {
        var communities: [LargeCommunity] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let fields = part.drop { $0 == " " }.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, let global: UInt32 = digits(fields[0]),
                let first: UInt32 = digits(fields[1]), let second: UInt32 = digits(fields[2])
            else { throw ArgumentError("invalid large community format") }
            communities.append(
                LargeCommunity(globalAdministrator: global, localData1: first, localData2: second))
        }
        return communities
    }

    private static func aggregator(_ text: String) throws(ArgumentError) -> Aggregator {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let routerID = IPv4Address(parts[1]) else {
            throw ArgumentError("invalid aggregator format")
        }
        return Aggregator(asn: try asn(parts[0]), routerID: routerID)
    }
}
