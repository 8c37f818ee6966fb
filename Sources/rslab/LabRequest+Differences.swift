// SPDX-License-Identifier: MIT-0
internal import BFD
internal import LabModel
internal import Measurement
internal import RouteServer
internal import WireFormat

extension LabRequest {
    /// How this differs from what a running lab was asked to be, in the words of the command line.
    ///
    /// Each difference is what is asked for now, and in brackets what was asked for when the lab was built.
    func differences(from running: LabRequest) -> [String] {
        templateDifferences(from: running) + parameterDifferences(from: running)
            + Self.texts.compactMap { option, text in
                let (asked, present) = (text(options), text(running.options))
                return asked == present ? nil : "\(option) \(asked) (it has \(present))"
            } + secretDifferences(from: running)
    }

    private func templateDifferences(from running: LabRequest) -> [String] {
        guard templateText != running.templateText else { return [] }
        return source == running.source
            ? ["\(source), whose content has changed since the lab was built"]
            : ["\(source) (it has \(running.source))"]
    }

    private func parameterDifferences(from running: LabRequest) -> [String] {
        Set(parameters.keys).union(running.parameters.keys).sorted().compactMap { name in
            let (asked, present) = (parameters[name], running.parameters[name])
            guard asked != present else { return nil }
            return "--parameter \(name)=\(asked ?? "its default") (it has \(present ?? "its default"))"
        }
    }

    /// A secret is never printed.
    private func secretDifferences(from running: LabRequest) -> [String] {
        guard let asked = options.bfdAuthentication, let present = running.options.bfdAuthentication,
            asked.description == present.description, asked != present
        else { return [] }
        return ["--bfd-auth with another secret"]
    }

    /// Every option of a lab, and its value as users write it.
    private static let texts: [(option: String, text: @Sendable (LabOptions) -> String)] = [
        ("--speaker", { $0.speaker.rawValue }),
        ("--hold", { $0.holdTimeSeconds.map { "\($0)s" } ?? unset }),
        ("--bfd", { $0.isBFDOff ? "off" : $0.bfd.map { "\($0)" } ?? unset }),
        ("--bfd-auth", { $0.bfdAuthentication.map { "\($0)" } ?? "none" }),
        ("--bfd-passive", { list($0.passiveBFD.map(\.rawValue).sorted()) }),
        ("--table-precedence", { list($0.tablePrecedence ?? [unset]) }),
        ("--no-security-groups", { onOff($0.areSecurityGroupsOff) }),
        ("--no-source-dest-check", { onOff($0.isSourceDestinationCheckOff) }),
        ("--persist-routes", { persistRoutes($0.routeServer.persistRoutes) }),
        ("--time-scale", { "\($0.routeServer.timeScale)" }),
        ("--delays", { $0.routeServer.delayPreset ?? "none" }),
        ("--programming-delay", { time($0.routeServer.delays.ribToTable) }),
        ("--fail-back-delay", { time($0.routeServer.delays.failback) }),
        ("--quota", { quotas($0.routeServer.quotas) }),
        ("--selection", { $0.routeServer.selection.name }),
        ("--assume", { assumptions($0.routeServer) }),
        ("--endpoint-hold", { $0.routeServer.endpointHoldTimeSeconds.map { "\($0)s" } ?? unset }),
        ("--no-peer-log", { onOff($0.routeServer.isPeerLogOff) }),
    ]

    private static let unset = "unset"

    private static func onOff(_ isOn: Bool) -> String { isOn ? "set" : unset }

    private static func list(_ words: [String]) -> String { words.isEmpty ? "none" : words.joined(separator: ",") }

    private static func time(_ duration: Duration) -> String { Milliseconds(duration).text }

    private static func persistRoutes(_ setting: RouteServerSettings.PersistRoutesOverride?) -> String {
        switch setting {
        case nil: unset
        case .off: "off"
        case .minutes(let minutes): "\(minutes)"
        }
    }

    private static func quotas(_ quotas: RouteServerQuotas) -> String {
        [
            "routes-per-peer=\(quotas.routesPerPeer.limit):\(quotas.routesPerPeer.policy.rawValue)",
            "routes-in-fib=\(quotas.routesInFIB.limit):\(quotas.routesInFIB.policy.rawValue)",
            "routes-per-table=\(quotas.propagatedRoutesPerTable.limit)"
                + ":\(quotas.propagatedRoutesPerTable.policy.rawValue)",
            "endpoints-per-server=\(quotas.endpointsPerRouteServer)",
            "endpoints-per-subnet=\(quotas.endpointsPerSubnet)", "peers-per-endpoint=\(quotas.peersPerEndpoint)",
        ].joined(separator: ",")
    }

    private static func assumptions(_ settings: RouteServerSettings) -> String {
        [
            "local-route=\(settings.localRoutePolicy.rawValue)",
            "unowned-next-hop=\(settings.selectsOnlyResolvableNextHops ? "not-selected" : "selected")",
            "persist-disabled=\(settings.whenPersistDisabled.rawValue)",
            "gateway-route=\(settings.gatewayRoutePolicy.rawValue)",
        ].joined(separator: ",")
    }
}
