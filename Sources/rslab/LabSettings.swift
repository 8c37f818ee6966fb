// SPDX-License-Identifier: MIT-0
internal import LabModel

/// How the lab differs from its template; with several values of an option, how several labs do.
///
/// Each verb has the groups of options themselves: in a debug build, the parser's checks of a group inside a group take four
/// times as long as those of a group.
struct LabSettings {
    var speakers: SpeakerOptions
    var routeServers: RouteServerOptions
    var interfaces: InterfaceOptions
    var readiness: ReadinessOptions

    /// Those of the options that were given.
    var given: [String] {
        (speakers.given + routeServers.given + interfaces.given + readiness.given).sorted()
    }

    /// The requested labs: every combination of the values; one by default.
    var combinations: [LabOptions] {
        let holds: [UInt16?] = speakers.hold?.values.map(\.seconds) ?? [nil]
        let bfds: [BFDSetting?] = speakers.bfd?.values ?? [nil]
        return (speakers.speaker?.values ?? [.builtin]).flatMap { speaker in
            holds.flatMap { hold in
                bfds.map { bfd in
                    var options = LabOptions(
                        speaker: speaker, holdTimeSeconds: hold, bfdAuthentication: speakers.bfdAuth,
                        passiveBFD: Set(speakers.bfdPassive), routeServer: routeServers.settings,
                        tablePrecedence: routeServers.tablePrecedence?.split(separator: ",").map(String.init))
                    interfaces.apply(to: &options)
                    switch bfd {
                    case nil: break
                    case .off: options.isBFDOff = true
                    case .timers(let timers): options.bfd = timers
                    }
                    return options
                }
            }
        }
    }

    /// A route delayed on purpose does not make a lab late.
    var readyWithin: Duration {
        readiness.timeout?.duration ?? .seconds(60) + routeServers.settings.longestDelay
    }
}
