// SPDX-License-Identifier: MIT-0

/// One set of path attributes that any number of routes share.
///
/// A full table has far fewer sets than routes, so a route holds a reference of eight octets instead of a copy. What path
/// selection asks of a set again and again is worked out once.
package final class SharedAttributes: Sendable {
    package let value: PathAttributes
    /// The length that path selection compares (RFC 4271 section 9.1.2.2 a).
    package let asPathLength: Int
    /// The neighbouring AS that the route was received from; nil for an empty path and for one that begins with a set.
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

/// The sets of path attributes in use, each of them once.
package struct AttributeStore: Sendable {
    private var sets: [PathAttributes: SharedAttributes] = [:]
    /// How many sets there may be before the ones that no route uses any more are looked for.
    private var sweepCount = AttributeStore.smallestSweepCount

    private static let smallestSweepCount = 256

    package init() {}

    /// How many sets are kept, those included that nobody uses any more.
    package var count: Int { sets.count }

    /// The shared form of these attributes: the one already in use, or a new one.
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

    /// Forgets the sets that nobody else holds.
    ///
    /// The next sweep comes when the number left has doubled, so the cost per set stays constant.
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
