// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

/// All paths from all sources, and the best path of each prefix: Adj-RIBs-In and Loc-RIB in one (RFC 4271 section 3.2).
///
/// Nothing is copied between the two: each path is stored once, and the best of a prefix comes first. A change reports
/// the former and the new best path, and nothing if they are the same.
package struct RoutingTable: Sendable {
    /// Where paths come from: a neighbour, or this speaker itself.
    package struct Source: Hashable, Sendable {
        /// This speaker itself.
        package var isLocal: Bool
        /// A neighbour in another AS.
        package var isExternal: Bool
        package var routerID: IPv4Address
        package var address: IPAddress

        package init(isLocal: Bool, isExternal: Bool, routerID: IPv4Address, address: IPAddress) {
            self.isLocal = isLocal
            self.isExternal = isExternal
            self.routerID = routerID
            self.address = address
        }
    }

    /// A source's number in its table, in the order in which they were added.
    package struct SourceID: Hashable, Comparable, Sendable {
        private let value: Int32

        package init(_ index: Int) {
            value = Int32(index)
        }

        /// Its place in an array that has an element for each source.
        package var index: Int { Int(value) }

        package static func < (left: SourceID, right: SourceID) -> Bool {
            left.value < right.value
        }
    }

    /// Why a received path may not become the best (RFC 4271 section 9.1.2).
    package enum Exclusion: Hashable, Sendable, Codable {
        /// Our own ASN is in AS_PATH.
        case asLoop
        /// The prefix is no unicast one (section 6.3).
        case multicast
        /// NEXT_HOP cannot be resolved.
        case nextHopUnresolvable
        /// Its source already has as many paths as its quota allows.
        case quotaExceeded
    }

    /// One source's path to a prefix.
    package struct Path: Hashable, Sendable {
        package var source: SourceID
        /// Nil if the path may become the best.
        package var exclusion: Exclusion?
        package var attributes: SharedAttributes
        /// Whether import drops it, so that it is listed nowhere.
        package var isDropped: Bool { exclusion == .asLoop || exclusion == .multicast }
        /// When these attributes were received from that source.
        package var since: Instant

        package init(source: SourceID, attributes: SharedAttributes, since: Instant, exclusion: Exclusion? = nil) {
            self.source = source
            self.attributes = attributes
            self.since = since
            self.exclusion = exclusion
        }
    }

    /// A prefix has a new best path, or none any more.
    package struct BestChange: Hashable, Sendable {
        package var prefix: IPPrefix
        package var previous: Path?
        package var current: Path?
        /// The step of path selection that put `current` before the next best; nil if `current` is nil.
        package var reason: SelectionReason?

        package init(prefix: IPPrefix, previous: Path?, current: Path?, reason: SelectionReason?) {
            self.prefix = prefix
            self.previous = previous
            self.current = current
            self.reason = reason
        }
    }

    /// The paths to one prefix: nearly always one, which then needs no array.
    fileprivate struct Destination: Sendable {
        /// The best path, unless it is excluded: then there is no best.
        var first: Path
        /// In order of preference if selection is a total order, excluded ones last.
        var others: [Path] = []

        var best: Path? { first.exclusion == nil ? first : nil }
    }

    package let selection: PathSelection
    private var sources: [Source] = []
    private var destinations: [IPPrefix: Destination] = [:]
    /// The prefixes to which each source has a path, so that losing a source costs no more than what it had.
    private var prefixes: [Set<IPPrefix>] = []
    private var excludedCounts: [Int] = []
    /// The number of paths from all sources, including excluded ones.
    package private(set) var pathCount = 0
    /// How many comparisons of two paths were made: the work that selection cost.
    package private(set) var comparisonCount = 0

    package init(selection: PathSelection) {
        self.selection = selection
    }

    /// Adds a source and returns its number.
    package mutating func addSource(_ source: Source) -> SourceID {
        sources.append(source)
        prefixes.append([])
        excludedCounts.append(0)
        return SourceID(sources.count - 1)
    }

    /// Sets a source's router id, which is known only once its session is up.
    ///
    /// Call it while the source has no path: best paths are not selected again.
    package mutating func setRouterID(_ routerID: IPv4Address, ofSource source: SourceID) {
        sources[source.index].routerID = routerID
    }

    /// The router id of a source.
    package func routerID(ofSource source: SourceID) -> IPv4Address {
        sources[source.index].routerID
    }

    // MARK: Changing

    /// Adds a path, replacing an earlier one from the same source.
    package mutating func update(_ prefix: IPPrefix, with path: Path) -> BestChange? {
        let source = path.source
        guard let index = destinations.index(forKey: prefix) else {
            destinations[prefix] = Destination(first: path)
            noteAdded(path, to: prefix, source: source)
            return path.exclusion == nil
                ? BestChange(prefix: prefix, previous: nil, current: path, reason: .onlyPath) : nil
        }
        let previous = destinations.values[index].best
        if let known = destinations.values[index].path(from: path.source) {
            guard known.attributes != path.attributes || known.exclusion != path.exclusion else { return nil }
            excludedCounts[source.index] += (path.exclusion == nil ? 0 : 1) - (known.exclusion == nil ? 0 : 1)
            guard !destinations.values[index].others.isEmpty else {
                destinations.values[index].first = path
                return select(at: index, previous: previous)
            }
            destinations.values[index].remove(from: path.source)
        } else {
            noteAdded(path, to: prefix, source: source)
        }
        let position = selection.isOrder ? rank(of: path, at: index) : destinations.values[index].others.count + 1
        destinations.values[index].insert(path, at: position)
        return select(at: index, previous: previous)
    }

    private mutating func noteAdded(_ path: Path, to prefix: IPPrefix, source: SourceID) {
        prefixes[source.index].insert(prefix)
        pathCount += 1
        if path.exclusion != nil {
            excludedCounts[source.index] += 1
        }
    }

    /// Removes a source's path to a prefix, if any.
    package mutating func remove(_ prefix: IPPrefix, source: SourceID) -> BestChange? {
        guard prefixes[source.index].remove(prefix) != nil else { return nil }
        return removePath(to: prefix, source: source)
    }

    /// Removes all paths of a source, in prefix order.
    package mutating func removeAll(source: SourceID) -> [BestChange] {
        let all = prefixes[source.index].sorted()
        prefixes[source.index].removeAll(keepingCapacity: true)
        return all.compactMap { removePath(to: $0, source: source) }
    }

    private mutating func removePath(to prefix: IPPrefix, source: SourceID) -> BestChange? {
        guard let index = destinations.index(forKey: prefix),
            let known = destinations.values[index].path(from: source)
        else { return nil }
        pathCount -= 1
        if known.exclusion != nil {
            excludedCounts[source.index] -= 1
        }
        let previous = destinations.values[index].best
        if destinations.values[index].others.isEmpty {
            destinations.remove(at: index)
            return previous.map { BestChange(prefix: prefix, previous: $0, current: nil, reason: nil) }
        }
        destinations.values[index].remove(from: source)
        return select(at: index, previous: previous)
    }

    /// Moves the best path to the front and compares it with the former best.
    private mutating func select(at index: Dictionary<IPPrefix, Destination>.Index, previous: Path?) -> BestChange? {
        if !selection.isOrder, !destinations.values[index].others.isEmpty {
            chooseFirst(at: index)
        }
        let current = destinations.values[index].best
        guard current?.source != previous?.source || current?.attributes != previous?.attributes else { return nil }
        return BestChange(
            prefix: destinations.keys[index], previous: previous, current: current,
            reason: reason(destinations.values[index]))
    }

    /// Where a path belongs among the others, found by bisection.
    private mutating func rank(of path: Path, at index: Dictionary<IPPrefix, Destination>.Index) -> Int {
        var low = 0
        var high = destinations.values[index].others.count + 1
        while low < high {
            let middle = (low + high) / 2
            if precedes(destinations.values[index][middle], path) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private mutating func precedes(_ left: Path, _ right: Path) -> Bool {
        guard left.exclusion == nil, right.exclusion == nil else {
            return left.exclusion == nil || right.exclusion != nil && left.source < right.source
        }
        comparisonCount += 1
        let (isLeftBetter, reason) = selection.compare(candidate(left), candidate(right))
        // A tie is broken by source number.
        return reason == .noDifference ? left.source < right.source : isLeftBetter
    }

    /// If selection is not a total order, all paths must be compared.
    private mutating func chooseFirst(at index: Dictionary<IPPrefix, Destination>.Index) {
        let eligible = destinations.values[index].eligiblePositions
        comparisonCount += max(0, eligible.count - 1)
        let candidates = eligible.map { candidate(destinations.values[index][$0]) }
        guard let best = selection.best(among: candidates) else { return }
        destinations.values[index].moveToFront(eligible[best.index])
    }

    /// The step that put the best path before the next best; nil without a best path.
    private func reason(_ destination: Destination) -> SelectionReason? {
        guard destination.best != nil else { return nil }
        guard selection.isOrder else {
            return selection.best(among: destination.eligiblePositions.map { candidate(destination[$0]) })?.reason
        }
        guard let next = destination.others.first, next.exclusion == nil else { return .onlyPath }
        return selection.compare(candidate(destination.first), candidate(next)).reason
    }

    private func candidate(_ path: Path) -> PathSelection.Candidate {
        let source = sources[path.source.index]
        return PathSelection.Candidate(
            attributes: path.attributes, isLocal: source.isLocal, isExternal: source.isExternal,
            routerID: source.routerID, peerAddress: source.address, since: path.since)
    }

    // MARK: Looking

    /// The number of prefixes with a path, even an excluded one.
    package var prefixCount: Int { destinations.count }

    /// The number of a source's paths in the table, including excluded ones.
    package func pathCount(ofSource source: SourceID) -> Int {
        prefixes[source.index].count
    }

    /// The number of a source's paths that may become best.
    package func acceptedPathCount(ofSource source: SourceID) -> Int {
        prefixes[source.index].count - excludedCounts[source.index]
    }

    /// The best path to a prefix; nil if there is none that may be used.
    package func best(_ prefix: IPPrefix) -> Path? {
        destinations[prefix]?.best
    }

    /// The step of path selection that put the best path to a prefix before the next best; nil if there is no best.
    package func reason(_ prefix: IPPrefix) -> SelectionReason? {
        destinations[prefix].flatMap(reason)
    }

    /// Whether any usable path to a prefix satisfies a condition.
    package func containsEligible(_ prefix: IPPrefix, where condition: (Path) -> Bool) -> Bool {
        guard let destination = destinations[prefix] else { return false }
        return destination.eligiblePositions.contains { condition(destination[$0]) }
    }

    /// All paths to a prefix, in order of preference.
    ///
    /// Excluded ones come last, in the order of their sources. If selection is not a total order, all but the best are
    /// in the order of their sources.
    package func paths(_ prefix: IPPrefix) -> [Path] {
        guard let destination = destinations[prefix] else { return [] }
        if selection.isOrder { return [destination.first] + destination.others }
        guard let best = destination.best else {
            return ([destination.first] + destination.others).sorted { $0.source < $1.source }
        }
        return [best] + destination.others.sorted { $0.source < $1.source }
    }

    /// A source's path to a prefix.
    package func path(_ prefix: IPPrefix, source: SourceID) -> Path? {
        destinations[prefix]?.path(from: source)
    }

    /// All prefixes with a path, in order.
    package func sortedPrefixes() -> [IPPrefix] {
        destinations.keys.sorted()
    }

    /// The prefixes to which a source has a path, in order.
    package func sortedPrefixes(ofSource source: SourceID) -> [IPPrefix] {
        prefixes[source.index].sorted()
    }

    /// Calls `body` with each prefix that has a best path, in no particular order.
    package func forEachBest(_ body: (IPPrefix, Path) -> Void) {
        for (prefix, destination) in destinations {
            if let best = destination.best {
                body(prefix, best)
            }
        }
    }
}

extension RoutingTable.Destination {
    /// The path at a position: the first is 0, then the others.
    fileprivate subscript(position: Int) -> RoutingTable.Path {
        position == 0 ? first : others[position - 1]
    }

    fileprivate func path(from source: RoutingTable.SourceID) -> RoutingTable.Path? {
        first.source == source ? first : others.first { $0.source == source }
    }

    /// The positions of the paths that may become the best.
    fileprivate var eligiblePositions: [Int] {
        (0...others.count).filter { self[$0].exclusion == nil }
    }

    /// Removes a path; there must be another one.
    fileprivate mutating func remove(from source: RoutingTable.SourceID) {
        if first.source == source {
            first = others.removeFirst()
        } else if let position = others.firstIndex(where: { $0.source == source }) {
            others.remove(at: position)
        }
    }

    fileprivate mutating func insert(_ path: RoutingTable.Path, at position: Int) {
        guard position == 0 else { return others.insert(path, at: position - 1) }
        others.insert(first, at: 0)
        first = path
    }

    fileprivate mutating func moveToFront(_ position: Int) {
        guard position > 0 else { return }
        swap(&first, &others[position - 1])
    }
}
