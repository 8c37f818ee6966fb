// SPDX-License-Identifier: MIT-0
package import BGP
package import RouteServer

/// How a lab's route servers differ from the template, and from what is assumed where AWS documents nothing.
package struct RouteServerSettings: Codable, Hashable, Sendable {
    package enum PersistRoutesOverride: Codable, Hashable, Sendable {
        case off
        case minutes(Int)
    }

    /// Which propagated routes an internet gateway's route table accepts.
    package enum GatewayRoutePolicy: String, Codable, Hashable, Sendable {
        /// All, because AWS states its rule only for static routes.
        case any
        /// Only routes to the VPC's whole block or exactly to a subnet's, the rule for static ones (Amazon VPC User
        /// Guide, "Gateway route tables").
        case subnets
    }

    /// A path selection, with the name by which it was requested.
    package struct Selection: Codable, Hashable, Sendable {
        package var name: String
        package var selection: PathSelection

        /// RFC 4271's order with MED compared across ASNs, as was observed; the order and the tie-breaks are assumed.
        package static let assumed = Selection(name: "assumed", selection: PathSelection(medComparison: .always))
        package static let presets = [
            assumed,
            Selection(name: "rfc4271", selection: PathSelection(medComparison: .sameNeighborAS)),
            // Its order is RFC 4271's, but the older of two external paths stays (RFC 5004).
            Selection(
                name: "gobgp",
                selection: PathSelection(
                    medComparison: .sameNeighborAS,
                    steps: [
                        .localPreference, .localRoute, .asPathLength, .origin, .multiExitDiscriminator, .externalPeer,
                        .age, .routerID, .peerAddress,
                    ])),
        ]
        /// In a list of steps: MED is compared only among paths from one neighbouring AS.
        package static let medOfSameNeighbor = "med-same-neighbor-as"

        init(name: String, selection: PathSelection) {
            self.name = name
            self.selection = selection
        }

        /// A preset by name, or a comma-separated list of steps; nil for anything else.
        package init?(_ text: String) {
            if let preset = Self.presets.first(where: { $0.name == text }) {
                self = preset
                return
            }
            var steps: [PathSelection.Step] = []
            var comparison = PathSelection.MEDComparison.always
            for word in text.split(separator: ",", omittingEmptySubsequences: false) {
                if word == Self.medOfSameNeighbor { comparison = .sameNeighborAS }
                let name = word == Self.medOfSameNeighbor ? "med" : String(word)
                guard let step = PathSelection.Step(rawValue: name), !steps.contains(step) else { return nil }
                steps.append(step)
            }
            self.init(name: text, selection: PathSelection(medComparison: comparison, steps: steps))
        }

        /// The steps, and the preset that they come from.
        var statement: String {
            Self.presets.contains(self) && self != .assumed ? "\(name): \(text)" : text
        }

        /// The steps, for display.
        package var text: String {
            let steps = selection.steps.map {
                $0 == .multiExitDiscriminator && selection.medComparison == .sameNeighborAS
                    ? Self.medOfSameNeighbor : $0.rawValue
            }
            return steps.joined(separator: ", ")
        }
    }

    /// Nil: as in the template.
    package var persistRoutes: PersistRoutesOverride?
    /// How many times faster than real time a minute of persist routes passes.
    package var timeScale = 1.0
    package var delays = ProgrammingDelays.none
    /// The preset of the delays; nil for custom delays, and for none.
    package var delayPreset: String?
    package var quotas = RouteServerQuotas.aws
    package var selection = Selection.assumed
    package var localRoutePolicy = RouteServerConfiguration.LocalRoutePolicy.longestPrefix
    package var gatewayRoutePolicy = GatewayRoutePolicy.any
    package var selectsOnlyResolvableNextHops = true
    package var whenPersistDisabled = PersistRoutes.DisablePolicy.keep
    /// The hold time that only the endpoints offer; nil: the same as both sides.
    package var endpointHoldTimeSeconds: UInt16?
    package var isPeerLogOff = false

    package init() {}

    /// How much longer a route may take to reach the tables because of the delays.
    package var longestDelay: Duration { delays.ribToTable + delays.failback }
}

extension RouteServerQuotas {
    /// A quota, by its name in options.
    package enum Name: String, Hashable, Sendable, CaseIterable {
        case routesPerPeer = "routes-per-peer"
        case routesInFIB = "routes-in-fib"
        case routesPerTable = "routes-per-table"
        case endpointsPerRouteServer = "endpoints-per-server"
        case endpointsPerSubnet = "endpoints-per-subnet"
        case peersPerEndpoint = "peers-per-endpoint"
    }

    /// Applies a text such as `routes-per-peer=5:reset-session` or `routes-in-fib=accept-all`.
    ///
    /// - Returns: why the text is invalid; nil on success.
    package mutating func set(_ text: String) -> String? {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let name = Name(rawValue: parts[0]) else {
            return "write NAME=LIMIT[:POLICY]; the names are \(Name.allCases.map(\.rawValue).joined(separator: ", "))"
        }
        let values = parts[1].split(separator: ":", maxSplits: 1).map(String.init)
        let limit = values.first.flatMap(Int.init)
        if let limit, limit < 0 { return "a quota must be 0 or more" }
        let policy = values.count == 2 ? values[1] : limit == nil ? values.first : nil
        guard limit != nil || policy != nil else { return "a quota must be a number" }
        switch name {
        case .routesPerPeer: return Self.set(limit, policy, in: &routesPerPeer)
        case .routesInFIB: return Self.set(limit, policy, in: &routesInFIB)
        case .routesPerTable: return Self.set(limit, policy, in: &propagatedRoutesPerTable)
        case .endpointsPerRouteServer: return Self.set(limit, policy, in: &endpointsPerRouteServer)
        case .endpointsPerSubnet: return Self.set(limit, policy, in: &endpointsPerSubnet)
        case .peersPerEndpoint: return Self.set(limit, policy, in: &peersPerEndpoint)
        }
    }

    private static func set<Policy: RouteQuotaPolicy & CaseIterable & RawRepresentable<String>>(
        _ limit: Int?, _ policy: String?, in quota: inout RouteQuota<Policy>
    ) -> String? {
        if let policy {
            guard let policy = Policy(rawValue: policy) else {
                return "the policies are \(Policy.allCases.map(\.rawValue).joined(separator: ", "))"
            }
            quota.policy = policy
        }
        if let limit { quota.limit = limit }
        return nil
    }

    private static func set(_ limit: Int?, _ policy: String?, in quota: inout Int) -> String? {
        guard let limit, policy == nil else { return "it takes only a number: anything beyond it is refused" }
        quota = limit
        return nil
    }
}
