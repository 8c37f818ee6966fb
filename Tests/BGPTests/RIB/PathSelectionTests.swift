// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import Testing
import WireFormat

@Suite struct PathSelectionTests {
    /// Two paths, of which one wins, and the step that decides.
    struct Decision: CustomTestStringConvertible, Sendable {
        var reason: SelectionReason
        var better: PathSelection.Candidate
        var worse: PathSelection.Candidate

        var testDescription: String { reason.rawValue }
    }

    static func candidate(
        _ attributes: PathAttributes, isLocal: Bool = false, isExternal: Bool = true, routerID: String = "10.0.0.1",
        peer: String = "10.0.0.1"
    ) -> PathSelection.Candidate {
        PathSelection.Candidate(
            attributes: SharedAttributes(attributes), isLocal: isLocal, isExternal: isExternal, routerID: v4(routerID),
            peerAddress: address(peer))
    }

    /// Each worse path would win every later step.
    static let decisions = [
        Decision(
            reason: .localPreference,
            better: candidate(route([1, 2], localPreference: 200), isExternal: false, routerID: "9.9.9.9"),
            worse: candidate(route([1], localPreference: 100), isExternal: false)),
        Decision(
            reason: .localRoute,
            better: candidate(route([1, 2]), isLocal: true, isExternal: false, routerID: "9.9.9.9"),
            worse: candidate(route([1]))),
        Decision(
            reason: .asPathLength, better: candidate(route([1], origin: .incomplete)),
            worse: candidate(route([1, 1, 1], origin: .igp), routerID: "1.1.1.1")),
        Decision(
            reason: .origin, better: candidate(route([1], origin: .igp, med: 100)),
            worse: candidate(route([1], origin: .egp, med: 0), routerID: "1.1.1.1")),
        Decision(
            reason: .origin, better: candidate(route([1], origin: .egp)),
            worse: candidate(route([1], origin: .incomplete), routerID: "1.1.1.1")),
        Decision(
            reason: .multiExitDiscriminator, better: candidate(route([1]), isExternal: false),
            worse: candidate(route([1], med: 1), routerID: "1.1.1.1")),
        Decision(
            reason: .externalPeer, better: candidate(route([1], med: 7)),
            worse: candidate(route([1], med: 7), isExternal: false, routerID: "1.1.1.1")),
        Decision(
            reason: .routerID, better: candidate(route([1]), routerID: "10.0.0.1", peer: "10.0.0.9"),
            worse: candidate(route([1]), routerID: "10.0.0.2", peer: "10.0.0.8")),
        Decision(
            reason: .peerAddress, better: candidate(route([1]), peer: "10.0.1.136"),
            worse: candidate(route([1]), peer: "10.0.1.230")),
    ]

    @Test(arguments: decisions, [PathSelection.MEDComparison.always, .sameNeighborAS])
    func `the first step that differs decides`(decision: Decision, medComparison: PathSelection.MEDComparison) throws {
        let selection = PathSelection(medComparison: medComparison)
        #expect(selection.compare(decision.better, decision.worse) == (true, decision.reason))
        #expect(selection.compare(decision.worse, decision.better) == (false, decision.reason))
        for candidates in [[decision.better, decision.worse], [decision.worse, decision.better]] {
            let best = try #require(selection.best(among: candidates))
            #expect(candidates[best.index] == decision.better)
            #expect(best.reason == decision.reason)
        }
    }

    @Test func `MED of different neighbouring ASNs counts only if configured`() {
        let low = PathSelectionTests.candidate(route([65001], med: 0), routerID: "10.0.0.2")
        let high = PathSelectionTests.candidate(route([65002], med: 100), routerID: "10.0.0.1")
        #expect(
            PathSelection(medComparison: .always).compare(low, high) == (true, .multiExitDiscriminator))
        #expect(PathSelection(medComparison: .sameNeighborAS).compare(low, high) == (false, .routerID))
    }

    @Test func `with MED inside an AS only, the winner does not depend on the order`() throws {
        // The classic cycle: a beats b by MED, b beats c and c beats a by router id.
        let a = PathSelectionTests.candidate(route([1], med: 10), routerID: "3.3.3.3")
        let b = PathSelectionTests.candidate(route([1], med: 20), routerID: "1.1.1.1")
        let c = PathSelectionTests.candidate(route([2]), routerID: "2.2.2.2")
        let selection = PathSelection(medComparison: .sameNeighborAS)
        for order in [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
            let best = try #require(selection.best(among: order))
            #expect(order[best.index] == c)
            #expect(best.reason == .routerID)
        }
    }

    @Test func `LOCAL_PREF from an external peer is ignored`() {
        let external = PathSelectionTests.candidate(route([1, 1], localPreference: 500))
        let other = PathSelectionTests.candidate(route([1]))
        #expect(PathSelection(medComparison: .always).compare(external, other) == (false, .asPathLength))
    }

    @Test func `a set counts as one AS`() {
        let path = ASPath(segments: [.sequence([ASN(1)]), .set([ASN(2), ASN(3), ASN(4)])])
        #expect(path.length == 2)
        #expect(path.contains(ASN(3)))
        #expect(!path.contains(ASN(5)))
    }

    @Test func `one path wins without a step, none gives no winner`() throws {
        let selection = PathSelection(medComparison: .always)
        let only = try #require(selection.best(among: [PathSelectionTests.candidate(route([1]))]))
        #expect(only == (0, .onlyPath))
        #expect(selection.best(among: []) == nil)
        let same = PathSelectionTests.candidate(route([1]))
        #expect(try #require(selection.best(among: [same, same])) == (0, .noDifference))
    }
}
