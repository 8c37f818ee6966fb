// SPDX-License-Identifier: MIT-0
import WireFormat

/// Packs routes into as few UPDATEs as their attributes allow.
///
/// One value serves one neighbour and one burst of changes.
struct UpdatePacking {
    private struct Group {
        var attributes: PathAttributes
        var prefixes: [IPPrefix]
    }

    /// Identifies an export without comparing attributes: all routes of one set and source are exported alike.
    private struct ExportKey: Hashable {
        var attributes: ObjectIdentifier
        var source: RoutingTable.SourceID
        var family: AddressFamily
    }

    private let policy: ExportPolicy
    private var groups: [Group] = []
    private var groupNumbers: [PathAttributes: Int] = [:]
    /// The group of an export; nil if it is not exported.
    private var known: [ExportKey: Int?] = [:]
    private var withdrawn: [IPPrefix] = []
    /// The change in the number of prefixes advertised to the neighbour.
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

    /// Adds the difference that a change makes for the neighbour, which may be none.
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

    /// The UPDATEs in sending order, withdrawals first; the codec splits them into messages.
    consuming func messages() -> [UpdateMessage] {
        let withdrawal = withdrawn.isEmpty ? [] : [UpdateMessage(withdrawn: withdrawn)]
        return withdrawal
            + groups.filter { !$0.prefixes.isEmpty }.map {
                UpdateMessage(attributes: $0.attributes, announced: $0.prefixes)
            }
    }
}
