// SPDX-License-Identifier: MIT-0
package import WireFormat

/// How one path is chosen among several to the same prefix (RFC 4271 section 9.1).
///
/// The steps, first difference decides: higher local preference, a route of our own before a learned one, shorter AS_PATH,
/// lower ORIGIN, lower MULTI_EXIT_DISC, eBGP before iBGP, lower router id, lower address of the peer. There is no interior
/// cost, as a speaker here has no IGP. Age plays no part, so the same paths always give the same winner.
package struct PathSelection: Hashable, Sendable, Codable {
    /// Between which paths MULTI_EXIT_DISC is compared.
    package enum MEDComparison: String, Hashable, Sendable, Codable {
        /// Paths from the same neighbouring AS alone (RFC 4271 section 9.1.2.2 c).
        case sameNeighborAS = "same-neighbor-as"
        /// All paths, also across ASNs.
        case always
    }

    /// The step that decided between the best path and the next best.
    package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        case onlyPath = "only path"
        case localPreference = "higher local preference"
        case localRoute = "local route"
        case asPathLength = "shorter AS path"
        case origin = "lower origin"
        case multiExitDiscriminator = "lower MED"
        case externalPeer = "eBGP over iBGP"
        case routerID = "lower router id"
        case peerAddress = "lower peer address"
        /// No step told the two apart; the one that was looked at first stays.
        case noDifference = "no difference"
    }

    /// What the steps look at, taken out of a path and its source.
    package struct Candidate: Hashable, Sendable {
        package var localPreference: UInt32
        package var isLocal: Bool
        package var asPathLength: Int
        package var origin: Origin
        package var multiExitDiscriminator: UInt32
        package var neighborAS: ASN?
        package var isExternal: Bool
        package var routerID: IPv4Address
        package var peerAddress: IPAddress

        /// A missing LOCAL_PREF counts as 100, a missing MULTI_EXIT_DISC as 0, the most preferred (section 9.1.2.2 c).
        package init(
            attributes: SharedAttributes, isLocal: Bool, isExternal: Bool, routerID: IPv4Address, peerAddress: IPAddress
        ) {
            // LOCAL_PREF from an external peer is to be ignored (section 5.1.5).
            localPreference = isExternal ? 100 : attributes.value.localPreference ?? 100
            self.isLocal = isLocal
            asPathLength = attributes.asPathLength
            origin = attributes.value.origin
            multiExitDiscriminator = attributes.value.multiExitDiscriminator ?? 0
            neighborAS = attributes.neighborAS
            self.isExternal = isExternal
            self.routerID = routerID
            self.peerAddress = peerAddress
        }
    }

    package var medComparison: MEDComparison

    package init(medComparison: MEDComparison) {
        self.medComparison = medComparison
    }

    /// Whether `left` is preferred to `right`, and which step says so.
    ///
    /// With `.sameNeighborAS` this is not an order over more than two paths: use `best(among:)` there.
    package func compare(_ left: Candidate, _ right: Candidate) -> (isLeftBetter: Bool, reason: Reason) {
        if left.localPreference != right.localPreference {
            return (left.localPreference > right.localPreference, .localPreference)
        }
        if left.isLocal != right.isLocal {
            return (left.isLocal, .localRoute)
        }
        if left.asPathLength != right.asPathLength {
            return (left.asPathLength < right.asPathLength, .asPathLength)
        }
        if left.origin != right.origin {
            return (left.origin < right.origin, .origin)
        }
        if left.multiExitDiscriminator != right.multiExitDiscriminator, comparesMED(left, right) {
            return (left.multiExitDiscriminator < right.multiExitDiscriminator, .multiExitDiscriminator)
        }
        return PathSelection.compareSources(left, right)
    }

    /// The steps after MULTI_EXIT_DISC, which look at where a path came from.
    private static func compareSources(_ left: Candidate, _ right: Candidate) -> (isLeftBetter: Bool, reason: Reason) {
        if left.isExternal != right.isExternal {
            return (left.isExternal, .externalPeer)
        }
        if left.routerID != right.routerID {
            return (left.routerID < right.routerID, .routerID)
        }
        if left.peerAddress != right.peerAddress {
            return (left.peerAddress < right.peerAddress, .peerAddress)
        }
        return (true, .noDifference)
    }

    private func comparesMED(_ left: Candidate, _ right: Candidate) -> Bool {
        switch medComparison {
        case .always: true
        case .sameNeighborAS: left.neighborAS == right.neighborAS
        }
    }

    /// The position of the best candidate, and the step that set it apart from the next best; nil for no candidates.
    package func best(among candidates: [Candidate]) -> (index: Int, reason: Reason)? {
        guard candidates.count > 1 else {
            return candidates.isEmpty ? nil : (0, .onlyPath)
        }
        return medComparison == .always ? bestByOrder(candidates) : bestByElimination(candidates)
    }

    /// One pass, as all the steps together are an order when MULTI_EXIT_DISC is compared always.
    private func bestByOrder(_ candidates: [Candidate]) -> (index: Int, reason: Reason) {
        var best = 0
        var reason = Reason.onlyPath
        for next in candidates.indices.dropFirst() {
            let (isBestBetter, step) = compare(candidates[best], candidates[next])
            if isBestBetter {
                // The rival that came closest is the one told apart by the latest step.
                reason = max(reason, step)
            } else {
                best = next
                reason = step
            }
        }
        return (best, reason)
    }

    /// Section 9.1.2.2: each step removes paths from all that are left.
    ///
    /// Comparing by pairs would make the winner depend on the order when MED counts between some paths only.
    private func bestByElimination(_ candidates: [Candidate]) -> (index: Int, reason: Reason) {
        var left = Array(candidates.indices)
        var reason = Reason.onlyPath
        func remove(_ step: Reason, _ isWorse: (Candidate, Candidate) -> Bool) {
            let kept = left.filter { index in
                !left.contains { isWorse(candidates[index], candidates[$0]) }
            }
            if kept.count < left.count {
                reason = step
            }
            left = kept
        }
        remove(.localPreference) { $0.localPreference < $1.localPreference }
        remove(.localRoute) { !$0.isLocal && $1.isLocal }
        remove(.asPathLength) { $0.asPathLength > $1.asPathLength }
        remove(.origin) { $0.origin > $1.origin }
        remove(.multiExitDiscriminator) {
            $0.multiExitDiscriminator > $1.multiExitDiscriminator && self.comparesMED($0, $1)
        }
        remove(.externalPeer) { !$0.isExternal && $1.isExternal }
        remove(.routerID) { $0.routerID > $1.routerID }
        remove(.peerAddress) { $0.peerAddress > $1.peerAddress }
        return (left[0], left.count > 1 ? .noDifference : reason)
    }
}

extension PathSelection.Reason: Comparable {
    /// Which step of the comparison this is, the first as 1.
    private var step: Int {
        switch self {
        case .onlyPath: 0
        case .localPreference: 1
        case .localRoute: 2
        case .asPathLength: 3
        case .origin: 4
        case .multiExitDiscriminator: 5
        case .externalPeer: 6
        case .routerID: 7
        case .peerAddress: 8
        case .noDifference: 9
        }
    }

    /// An earlier step is the lesser.
    package static func < (left: PathSelection.Reason, right: PathSelection.Reason) -> Bool {
        left.step < right.step
    }
}
