// SPDX-License-Identifier: MIT-0
package import Causes
package import WireFormat

/// How one path is chosen among several to the same prefix (RFC 4271 section 9.1).
///
/// The first step that prefers one of two paths decides. The standard steps: higher local preference, a local route
/// before a learned one, shorter AS_PATH, lower ORIGIN, lower MULTI_EXIT_DISC, eBGP before iBGP, lower router id, lower
/// address of the peer. There is no interior cost, as a speaker here has no IGP. Age counts only if configured, so the
/// same paths always give the same winner.
package struct PathSelection: Hashable, Sendable, Codable {
    /// Between which paths MULTI_EXIT_DISC is compared.
    package enum MEDComparison: String, Hashable, Sendable, Codable {
        /// Only paths from the same neighbouring AS (RFC 4271 section 9.1.2.2 c).
        case sameNeighborAS = "same-neighbor-as"
        /// All paths, also across ASNs.
        case always
    }

    /// One comparison of two paths; the raw values are its names in settings.
    package enum Step: String, Hashable, Sendable, Codable, CaseIterable {
        case localPreference = "local-preference"
        case localRoute = "local-route"
        case asPathLength = "as-path-length"
        case origin
        case multiExitDiscriminator = "med"
        case externalPeer = "external-peer"
        /// Prefers the older path.
        case age
        case routerID = "router-id"
        case peerAddress = "peer-address"
    }

    /// The order of RFC 4271 section 9.1.2.2, without the steps that need an IGP.
    package static let standardSteps: [Step] = [
        .localPreference, .localRoute, .asPathLength, .origin, .multiExitDiscriminator, .externalPeer, .routerID,
        .peerAddress,
    ]

    /// The properties of a path and its source that the steps compare.
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
        /// When the path was received.
        package var since: Instant

        /// A missing LOCAL_PREF counts as 100, a missing MULTI_EXIT_DISC as 0, the most preferred (section 9.1.2.2 c).
        package init(
            attributes: SharedAttributes, isLocal: Bool, isExternal: Bool, routerID: IPv4Address,
            peerAddress: IPAddress, since: Instant = .zero
        ) {
            // LOCAL_PREF from an external peer is ignored (section 5.1.5).
            localPreference = isExternal ? 100 : attributes.value.localPreference ?? 100
            self.isLocal = isLocal
            asPathLength = attributes.asPathLength
            origin = attributes.value.origin
            multiExitDiscriminator = attributes.value.multiExitDiscriminator ?? 0
            neighborAS = attributes.neighborAS
            self.isExternal = isExternal
            self.routerID = routerID
            self.peerAddress = peerAddress
            self.since = since
        }
    }

    package var medComparison: MEDComparison
    /// The comparisons, in this order.
    package var steps: [Step]

    package init(medComparison: MEDComparison, steps: [Step] = standardSteps) {
        self.medComparison = medComparison
        self.steps = steps
    }

    /// Whether the steps are a total order, so that paths can be compared pairwise.
    ///
    /// Comparing MULTI_EXIT_DISC only between some paths is not transitive (RFC 4271 section 9.1.2.2 c).
    var isOrder: Bool {
        medComparison == .always || !steps.contains(.multiExitDiscriminator)
    }

    /// Whether `left` is preferred to `right`, and the step that decided.
    ///
    /// With `.sameNeighborAS` this is not an order over more than two paths: use `best(among:)` there.
    package func compare(_ left: Candidate, _ right: Candidate) -> (isLeftBetter: Bool, reason: SelectionReason) {
        let (isLeftBetter, rank) = rankedComparison(left, right)
        return (isLeftBetter, reason(ofRank: rank))
    }

    /// The comparison, with the index of the step that decided; past the last step if none did.
    private func rankedComparison(_ left: Candidate, _ right: Candidate) -> (isLeftBetter: Bool, rank: Int) {
        for rank in steps.indices {
            if let isLeftBetter = isLeftBetter(left, right, by: steps[rank]) {
                return (isLeftBetter, rank)
            }
        }
        return (true, steps.count)
    }

    private func reason(ofRank rank: Int) -> SelectionReason {
        rank < steps.count ? SelectionReason(steps[rank]) : .noDifference
    }

    /// The verdict of one step; nil if it sees no difference.
    private func isLeftBetter(_ left: Candidate, _ right: Candidate, by step: Step) -> Bool? {
        switch step {
        case .localPreference:
            left.localPreference == right.localPreference ? nil : left.localPreference > right.localPreference
        case .localRoute:
            left.isLocal == right.isLocal ? nil : left.isLocal
        case .asPathLength:
            left.asPathLength == right.asPathLength ? nil : left.asPathLength < right.asPathLength
        case .origin:
            left.origin == right.origin ? nil : left.origin < right.origin
        case .multiExitDiscriminator:
            left.multiExitDiscriminator == right.multiExitDiscriminator || !comparesMED(left, right)
                ? nil : left.multiExitDiscriminator < right.multiExitDiscriminator
        case .externalPeer:
            left.isExternal == right.isExternal ? nil : left.isExternal
        case .age:
            left.since == right.since ? nil : left.since < right.since
        case .routerID:
            left.routerID == right.routerID ? nil : left.routerID < right.routerID
        case .peerAddress:
            left.peerAddress == right.peerAddress ? nil : left.peerAddress < right.peerAddress
        }
    }

    private func comparesMED(_ left: Candidate, _ right: Candidate) -> Bool {
        switch medComparison {
        case .always: true
        case .sameNeighborAS: left.neighborAS == right.neighborAS
        }
    }

    /// The index of the best candidate, and the step that put it before the next best; nil without candidates.
    package func best(among candidates: [Candidate]) -> (index: Int, reason: SelectionReason)? {
        guard candidates.count > 1 else {
            return candidates.isEmpty ? nil : (0, .onlyPath)
        }
        return isOrder ? bestByOrder(candidates) : bestByElimination(candidates)
    }

    /// One pass, for steps that are a total order.
    private func bestByOrder(_ candidates: [Candidate]) -> (index: Int, reason: SelectionReason) {
        var best = 0
        var closestRank = 0
        for next in candidates.indices.dropFirst() {
            let (isBestBetter, rank) = rankedComparison(candidates[best], candidates[next])
            if isBestBetter {
                // The closest rival is the one beaten by the latest step.
                closestRank = max(closestRank, rank)
            } else {
                best = next
                closestRank = rank
            }
        }
        return (best, reason(ofRank: closestRank))
    }

    /// Section 9.1.2.2: each step removes paths from all that are left.
    ///
    /// With pairwise comparison the winner would depend on the order if MED counts only between some paths.
    private func bestByElimination(_ candidates: [Candidate]) -> (index: Int, reason: SelectionReason) {
        var left = Array(candidates.indices)
        var reason = SelectionReason.onlyPath
        for step in steps where left.count > 1 {
            let kept = left.filter { index in
                !left.contains { isLeftBetter(candidates[$0], candidates[index], by: step) == true }
            }
            if kept.count < left.count {
                reason = SelectionReason(step)
            }
            left = kept
        }
        return (left[0], left.count > 1 ? .noDifference : reason)
    }
}

extension SelectionReason {
    fileprivate init(_ step: PathSelection.Step) {
        self =
            switch step {
            case .localPreference: .localPreference
            case .localRoute: .localRoute
            case .asPathLength: .asPathLength
            case .origin: .origin
            case .multiExitDiscriminator: .multiExitDiscriminator
            case .externalPeer: .externalPeer
            case .age: .age
            case .routerID: .routerID
            case .peerAddress: .peerAddress
            }
    }
}
