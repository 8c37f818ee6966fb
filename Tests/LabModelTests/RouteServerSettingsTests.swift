// SPDX-License-Identifier: MIT-0
import BGP
import LabModel
import RouteServer
import Testing

@Suite struct RouteServerSettingsTests {
    @Test func `a selection is a preset, or steps in the order they are given in`() throws {
        #expect(RouteServerSettings.Selection("assumed")?.selection == PathSelection(medComparison: .always))
        #expect(RouteServerSettings.Selection("rfc4271")?.selection.medComparison == .sameNeighborAS)
        let gobgp = try #require(RouteServerSettings.Selection("gobgp")).selection.steps
        #expect(try #require(gobgp.firstIndex(of: .age)) < #require(gobgp.firstIndex(of: .routerID)))
        let own = try #require(RouteServerSettings.Selection("med,as-path-length,peer-address"))
        #expect(own.selection.steps == [.multiExitDiscriminator, .asPathLength, .peerAddress])
        #expect(own.selection.medComparison == .always)
        let others = try #require(RouteServerSettings.Selection("as-path-length,med-same-neighbor-as"))
        #expect(others.selection.medComparison == .sameNeighborAS)
        #expect(others.text == "as-path-length, med-same-neighbor-as")
        for wrong in ["", "bgp", "med,", "med,med", "med,med-same-neighbor-as"] {
            #expect(RouteServerSettings.Selection(wrong) == nil, "\(wrong)")
        }
    }

    @Test func `a quota is set by name, with a limit, a policy or both`() {
        var quotas = RouteServerQuotas.aws
        #expect(quotas.set("routes-per-peer=5:reset-session") == nil)
        #expect(quotas.routesPerPeer == .init(limit: 5, policy: .resetSession))
        #expect(quotas.set("routes-in-fib=accept-all") == nil)
        #expect(quotas.routesInFIB == .init(limit: 100, policy: .acceptAll))
        #expect(quotas.set("routes-per-table=7") == nil)
        #expect(quotas.propagatedRoutesPerTable == .init(limit: 7, policy: .keepFirst))
        #expect(quotas.set("peers-per-endpoint=1") == nil)
        #expect(quotas.peersPerEndpoint == 1)
        for wrong in [
            "routes", "routes-per-peer", "routes-per-peer=", "routes-per-peer=-1", "routes-per-peer=5:often",
            "routes-in-fib=5:reset-session", "peers-per-endpoint=1:keep-first", "peers-per-endpoint=keep-first",
        ] {
            let before = quotas
            #expect(quotas.set(wrong) != nil, "\(wrong)")
            #expect(quotas == before, "\(wrong)")
        }
    }
}
