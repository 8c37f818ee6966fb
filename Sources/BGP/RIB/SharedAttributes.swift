// SPDX-License-Identifier: MIT-0

/// One set of path attributes, shared by any number of routes.
///
/// A full table has far fewer sets than routes, so a route holds a reference of eight octets instead of a copy. Values
/// that path selection needs often are computed once.
package final class SharedAttributes: Sendable {
    package let value: PathAttributes
    /// The length that path selection compares (RFC 4271 section 9.1.2.2 a).
    package let asPathLength: Int
    /// The neighbouring AS that sent the route; nil for an empty path and for one that begins with a set.
    package let neighborAS: ASN?

    package init(_ value: PathAttributes) {
        self.value = value
        asPathLength = value.asPath.length
        if case .sequence(let numbers) = value.asPath.segments.first {
            neighborAS = numbers.first
        } else {
            neighborAS = nil
        }
    }
}

extension SharedAttributes: Hashable {
    package static func == (left: SharedAttributes, right: SharedAttributes) -> Bool {
        left === right || left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        value.hash(into: &hasher)
    }
}

/// The sets of path attributes in use, each one once.
package struct AttributeStore: Sendable {
    private var sets: [PathAttributes: SharedAttributes] = [:]
    /// The number of sets at which the next sweep for unused ones starts.
    private var sweepCount = AttributeStore.smallestSweepCount

    private static let smallestSweepCount = 256

    package init() {}

    /// The number of sets stored, including those no longer used.
    package var count: Int { sets.count }

    /// The shared form of these attributes: an existing one, or a new one.
    package mutating func share(_ attributes: PathAttributes) -> SharedAttributes {
        if let known = sets[attributes] {
            return known
        }
        if sets.count >= sweepCount {
            sweep()
        }
        let shared = SharedAttributes(attributes)
        sets[attributes] = shared
        return shared
    }

    /// Drops the sets that nothing else references.
    ///
    /// The next sweep comes when the remaining number has doubled, so the cost per set stays constant.
    private mutating func sweep() {
        var index = sets.values.startIndex
        var unused: [PathAttributes] = []
        while index != sets.values.endIndex {
            if isKnownUniquelyReferenced(&sets.values[index]) {
                unused.append(sets.keys[index])
            }
            sets.values.formIndex(after: &index)
        }
        for attributes in unused {
            sets[attributes] = nil
        }
        sweepCount = max(2 * sets.count, AttributeStore.smallestSweepCount)
    }
}
