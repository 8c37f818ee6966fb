// SPDX-License-Identifier: MIT-0
import WireFormat

/// Puts routes into as few UPDATEs as their attributes and the message size allow.
///
/// One value serves one neighbour and one burst of changes.
struct UpdatePacking {
    /// What a message of 4096 octets leaves behind header and the two length fields (RFC 4271 sections 4.1 and 4.3).
    static let largestBodyByteCount = 4096 - 19 - 4
    /// What MP_REACH_NLRI and MP_UNREACH_NLRI take besides next hop and prefixes (RFC 4760 sections 3 and 4).
    private static let multiprotocolByteCount = 16

    private struct Group {
        var attributes: PathAttributes
        var prefixes: [IPPrefix]
    }

    /// Names an export without comparing attributes: all routes of a set and a source leave alike.
    private struct ExportKey: Hashable {
        var attributes: ObjectIdentifier
        var source: Int32
        var family: AddressFamily
    }

    private let policy: ExportPolicy
    private var groups: [Group] = []
    private var groupNumbers: [PathAttributes: Int] = [:]
    /// The group of an export, or nil for what does not leave.
    private var known: [ExportKey: Int?] = [:]
    private var withdrawn: [IPPrefix] = []
    /// Prefixes announced or withdrawn for the first or last time, as a sum.
    private(set) var advertisedCountChange = 0

    init(policy: ExportPolicy) {
        self.policy = policy
    }

    /// Adds the best path of a prefix, whatever the neighbour was told before.
    mutating func announce(_ prefix: IPPrefix, _ path: RoutingTable.Path, from source: RoutingTable.Source) {
        guard let group = group(of: path, from: source, family: prefix.family) else { return }
        groups[group].prefixes.append(prefix)
        advertisedCountChange += 1
    }

    /// Adds the difference that a change makes to the neighbour, which may be none.
    mutating func follow(_ change: RoutingTable.BestChange, sources: (RoutingTable.Path) -> RoutingTable.Source) {
        let family = change.prefix.family
        let before = change.previous.flatMap { group(of: $0, from: sources($0), family: family) }
        let after = change.current.flatMap { group(of: $0, from: sources($0), family: family) }
        guard before != after else { return }
        advertisedCountChange += (after == nil ? 0 : 1) - (before == nil ? 0 : 1)
        if let after {
            groups[after].prefixes.append(change.prefix)
        } else {
            withdrawn.append(change.prefix)
        }
    }

    private mutating func group(
        of path: RoutingTable.Path, from source: RoutingTable.Source, family: AddressFamily
    ) -> Int? {
        let key = ExportKey(attributes: ObjectIdentifier(path.attributes), source: path.source, family: family)
        if let group = known[key] {
            return group
        }
        let exported = policy.attributes(of: path.attributes.value, from: source, family: family)
        let group = exported.map { attributes in
            let next = groups.count
            let number = groupNumbers[attributes] ?? next
            if number == next {
                groups.append(Group(attributes: attributes, prefixes: []))
                groupNumbers[attributes] = next
            }
            return number
        }
        known.updateValue(group, forKey: key)
        return group
    }

    /// The UPDATEs in the order to send them, withdrawals first.
    consuming func messages() -> [UpdateMessage] {
        var messages: [UpdateMessage] = []
        for family in AddressFamily.allCases {
            let prefixes = withdrawn.filter { $0.family == family }
            UpdatePacking.split(prefixes, largestByteCount: UpdatePacking.prefixBudget(besides: 0)) {
                messages.append(UpdateMessage(withdrawn: $0))
            }
        }
        for group in groups where !group.prefixes.isEmpty {
            let budget = UpdatePacking.prefixBudget(besides: group.attributes.largestEncodedByteCount)
            UpdatePacking.split(group.prefixes, largestByteCount: budget) {
                messages.append(UpdateMessage(attributes: group.attributes, announced: $0))
            }
        }
        return messages
    }

    private static func prefixBudget(besides byteCount: Int) -> Int {
        largestBodyByteCount - multiprotocolByteCount - byteCount
    }

    /// Calls `body` with runs of prefixes that each fit; a run has at least one.
    private static func split(_ prefixes: [IPPrefix], largestByteCount: Int, _ body: ([IPPrefix]) -> Void) {
        var start = 0
        var byteCount = 0
        for (index, prefix) in prefixes.enumerated() {
            let size = 1 + (prefix.length + 7) / 8
            if byteCount + size > largestByteCount, index > start {
                body(Array(prefixes[start..<index]))
                start = index
                byteCount = 0
            }
            byteCount += size
        }
        if start < prefixes.count {
            body(start == 0 ? prefixes : Array(prefixes[start...]))
        }
    }
}

extension PathAttributes {
    /// An upper bound of what the attributes take in an UPDATE, with every length field of two octets.
    ///
    /// AS_PATH counts twice: a neighbour without four-octet numbers gets AS4_PATH too (RFC 6793 section 4.2.2).
    var largestEncodedByteCount: Int {
        let header = 4
        let path = segmentByteCount(asPath)
        let fixed = (header + 1) + (header + 32) + 2 * (header + 4) + header + 2 * (header + 8)
        let unknown = unrecognized.reduce(0) { $0 + header + $1.value.count }
        return fixed + 2 * (header + path) + header + 4 * communities.count + header + 12 * largeCommunities.count
            + unknown
    }

    private func segmentByteCount(_ path: ASPath) -> Int {
        path.segments.reduce(0) { total, segment in
            switch segment {
            case .sequence(let numbers), .set(let numbers): total + 2 + 4 * numbers.count
            }
        }
    }
}
