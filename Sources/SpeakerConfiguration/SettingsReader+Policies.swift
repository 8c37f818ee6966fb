// SPDX-License-Identifier: MIT-0
import BGP
import WireFormat

/// GoBGP's policies, as far as they say which neighbour gets a longer AS path: how to give two route servers mirrored
/// preferences.
extension SettingsReader {
    /// The AS numbers to prepend, by neighbour: the combined effect of the global export policies.
    func exportPrepends(in root: Table, for settings: SpeakerSettings) -> [IPAddress: [ASN]] {
        let applied = table("global", in: root).flatMap { table("apply-policy", in: $0) }
            .flatMap { table("config", in: $0) }
        guard let applied else { return [:] }
        if let value = applied["default-export-policy"] {
            if case .string("accept-route") = value {
            } else {
                error(applied.path + ["default-export-policy"], "default-export-policy can only be accept-route here")
            }
        }
        let sets = neighborSets(in: root)
        let policies = tables("policy-definitions", in: root)
        var prepends: [IPAddress: [ASN]] = [:]
        for name in texts("export-policy-list", in: applied) {
            guard let policy = policies.first(where: { text("name", in: $0) == name }) else {
                error(applied.path + ["export-policy-list"], "there is no policy definition '\(name)'")
                continue
            }
            for statement in tables("statements", in: policy) {
                guard let added = prepend(of: statement, settings) else { continue }
                for neighbor in settings.neighbors.map(\.peerAddress) where concerns(statement, neighbor, sets) {
                    prepends[neighbor, default: []] = added + prepends[neighbor, default: []]
                }
            }
        }
        return prepends
    }

    private func neighborSets(in root: Table) -> [String: [IPPrefix]] {
        var sets: [String: [IPPrefix]] = [:]
        for set in table("defined-sets", in: root).map({ tables("neighbor-sets", in: $0) }) ?? [] {
            guard let name = text("neighbor-set-name", in: set) else {
                error(set.path, "a neighbor set needs neighbor-set-name")
                continue
            }
            for text in texts("neighbor-info-list", in: set) {
                let address = IPAddress(text).map { IPPrefix(masking: $0, length: $0.family.bitWidth) }
                guard let prefix = address ?? IPPrefix(text) else {
                    error(set.path + ["neighbor-info-list"], "'\(text)' is neither an address nor a prefix")
                    continue
                }
                sets[name, default: []].append(prefix)
            }
        }
        return sets
    }

    /// The AS numbers that a statement prepends; nil if none.
    private func prepend(of statement: Table, _ settings: SpeakerSettings) -> [ASN]? {
        let action = table("actions", in: statement).flatMap { table("bgp-actions", in: $0) }
            .flatMap { table("set-as-path-prepend", in: $0) }
        guard let action else { return nil }
        let count = integer("repeat-n", in: action, range: 1...255) ?? 1
        let word = text("as", in: action)
        // For a local route, the leftmost number will be our own AS.
        if word == "last-as" { return Array(repeating: settings.asn, count: count) }
        guard let number = word.flatMap({ UInt32($0) }), number > 0 else {
            error(action.path, "set-as-path-prepend needs as: an AS number as a text, or \"last-as\"")
            return nil
        }
        return Array(repeating: ASN(number), count: count)
    }

    private func concerns(
        _ statement: Table, _ neighbor: IPAddress, _ sets: [String: [IPPrefix]]
    ) -> Bool {
        guard let conditions = table("conditions", in: statement) else { return true }
        // Whether any other condition holds is unknown here.
        guard case .table(let entries) = conditions.node, entries.allSatisfy({ $0.key == "match-neighbor-set" }) else {
            return false
        }
        guard let match = table("match-neighbor-set", in: conditions), let name = text("neighbor-set", in: match) else {
            return true
        }
        guard let set = sets[name] else {
            error(match.path + ["neighbor-set"], "there is no neighbor set '\(name)'")
            return false
        }
        return set.contains { $0.contains(neighbor) } != (text("match-set-options", in: match) == "invert")
    }

    private func text(_ key: String, in table: Table) -> String? {
        guard case .string(let text) = table[key] else { return nil }
        return text
    }

    private func texts(_ key: String, in table: Table) -> [String] {
        guard let value = table[key] else { return [] }
        guard case .list(let elements) = value else {
            error(table.path + [key], "\(key) must be a list of texts, not \(value.kindName)")
            return []
        }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
