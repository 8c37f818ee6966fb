// SPDX-License-Identifier: MIT-0
internal import BFD
internal import BGP
package import Measurement
internal import RouteServer
internal import VPC
internal import WireFormat

extension LabState {
    /// The settings of the lab's route servers, and which of them are assumed because AWS does not publish them.
    package var statedSettings: [StatedSetting] {
        let settings = options.routeServer
        return [holdTime] + bfd + [
            StatedSetting(
                "path selection", settings.selection.statement,
                settings.selection == .assumed ? .assumed : .asked)
        ] + delays + persistRoutes + quotas + policies + [
            StatedSetting(
                "peer log", settings.isPeerLogOff ? "off" : "on", settings.isPeerLogOff ? .asked : .documented)
        ]
    }

    private var holdTime: StatedSetting {
        let asked = options.routeServer.endpointHoldTimeSeconds ?? options.holdTimeSeconds
        return StatedSetting(
            "hold time that the endpoints offer", "\(asked ?? LabBlueprint.assumedHoldTimeSeconds) s",
            asked == nil ? .assumed : .asked)
    }

    private var bfd: [StatedSetting] {
        let timers = model.routeServers.flatMap(\.peers).compactMap(options.bfdTimers).first
        guard let timers else { return [] }
        return [
            StatedSetting(
                "BFD of the endpoints",
                "\(Milliseconds(nanoseconds: timers.interval.nanoseconds).text) x \(timers.multiplier)",
                options.bfd == nil ? .assumed : .asked)
        ]
    }

    private var delays: [StatedSetting] {
        let delays = options.routeServer.delays
        let preset = options.routeServer.delayPreset.map { " (\($0))" } ?? ""
        func stated(_ name: String, _ delay: Duration) -> StatedSetting {
            StatedSetting(
                name, delay == .zero ? "none" : "\(Milliseconds(nanoseconds: delay.nanoseconds).text)\(preset)",
                delay == .zero ? .assumed : .asked)
        }
        return [stated("programming delay", delays.ribToTable), stated("fail-back delay", delays.failback)]
    }

    private var persistRoutes: [StatedSetting] {
        let settings = options.routeServer
        var stated = model.routeServers.map { server in
            let persist = settings.persistRoutes(of: server)
            let name = model.routeServers.count == 1 ? "persist routes" : "persist routes of \(server.name)"
            return StatedSetting(
                name, persist.isEnabled ? "\(persist.durationMinutes) min" : "disabled",
                settings.persistRoutes == nil ? .template : .asked)
        }
        if settings.timeScale != 1 {
            stated.append(StatedSetting("time scale", "a minute passes \(settings.timeScale) times faster", .asked))
        }
        return stated
    }

    private var quotas: [StatedSetting] {
        let quotas = options.routeServer.quotas
        let usual = RouteServerQuotas.aws
        func stated<Policy: RawRepresentable<String>>(
            _ name: String, _ quota: RouteServerQuotas.RouteQuota<Policy>, _ usual: RouteServerQuotas.RouteQuota<Policy>
        ) -> [StatedSetting] {
            [
                StatedSetting("quota of \(name)", "\(quota.limit)", quota.limit == usual.limit ? .documented : .asked),
                StatedSetting(
                    "past the quota of \(name)", quota.policy.rawValue,
                    quota.policy == usual.policy ? .assumed : .asked),
            ]
        }
        func stated(_ name: String, _ quota: Int, _ usual: Int) -> [StatedSetting] {
            quota == usual ? [] : [StatedSetting("quota of \(name)", "\(quota)", .asked)]
        }
        return stated("routes per peer", quotas.routesPerPeer, usual.routesPerPeer)
            + stated("routes in the FIB", quotas.routesInFIB, usual.routesInFIB)
            + stated("propagated routes per table", quotas.propagatedRoutesPerTable, usual.propagatedRoutesPerTable)
            + stated("endpoints per route server", quotas.endpointsPerRouteServer, usual.endpointsPerRouteServer)
            + stated("endpoints per subnet", quotas.endpointsPerSubnet, usual.endpointsPerSubnet)
            + stated("peers per endpoint", quotas.peersPerEndpoint, usual.peersPerEndpoint)
    }

    private var policies: [StatedSetting] {
        let settings = options.routeServer
        let usual = RouteServerSettings()
        var stated = [
            StatedSetting(
                "local route against propagated ones inside the VPC", settings.localRoutePolicy.rawValue,
                settings.localRoutePolicy == usual.localRoutePolicy ? .assumed : .asked),
            StatedSetting(
                "next hop that no network interface has",
                settings.selectsOnlyResolvableNextHops
                    ? "its path is not selected" : "its path may win, and is rejected",
                settings.selectsOnlyResolvableNextHops ? .assumed : .asked),
            StatedSetting(
                "persisted routes when persist routes is disabled", settings.whenPersistDisabled.rawValue,
                settings.whenPersistDisabled == usual.whenPersistDisabled ? .assumed : .asked),
        ]
        if model.internetGateway?.routeTable != nil {
            stated.append(
                StatedSetting(
                    "propagated routes in the gateway's route table", settings.gatewayRoutePolicy.rawValue,
                    settings.gatewayRoutePolicy == usual.gatewayRoutePolicy ? .assumed : .asked))
        }
        return stated
    }
}

extension RouteServerSettings {
    /// A route server's persistence: as requested, otherwise as in its template.
    func persistRoutes(of server: RouteServerObject) -> PersistRoutes {
        let (isEnabled, minutes): (Bool, Int) =
            switch persistRoutes {
            case nil: (server.persistRoutes, server.persistRoutesDurationMinutes)
            case .off: (false, server.persistRoutesDurationMinutes)
            case .minutes(let minutes): (true, minutes)
            }
        return PersistRoutes(
            isEnabled: isEnabled, durationMinutes: minutes, timeScale: timeScale, whenDisabled: whenPersistDisabled)
    }
}

extension LabLayout {
    /// How much longer the lab may take to return to normal because routes are delayed, or kept, on purpose.
    package var longestRouteDelay: Duration {
        let persisted = model.routeServers.map { server -> Duration in
            let persist = options.routeServer.persistRoutes(of: server)
            return persist.isEnabled ? .seconds(60 * persist.durationMinutes) / persist.timeScale : .zero
        }
        return options.routeServer.longestDelay + (persisted.max() ?? .zero)
    }
}

extension LabState {
    /// Replaces the template's persistence with the requested one, so that each route server can be modified
    /// separately.
    package mutating func settlePersistRoutes() {
        for number in model.routeServers.indices {
            let persist = options.routeServer.persistRoutes(of: model.routeServers[number])
            model.routeServers[number].persistRoutes = persist.isEnabled
            model.routeServers[number].persistRoutesDurationMinutes = persist.durationMinutes
        }
        options.routeServer.persistRoutes = nil
    }
}
