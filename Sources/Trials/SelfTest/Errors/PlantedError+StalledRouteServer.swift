// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import Measurement

extension PlantedError {
    static let stalledRouteServer = PlantedError(
        name: "stalled-route-server", words: "the route server slept over its detection timers", fault: .blackhole,
        doubts: [.timerLate]
    ) { ground in
        let routeServer = try ground.routeServer()
        try ground.wait(untilFaultPlus: .milliseconds(60))
        try ground.stop(routeServer.handle, for: .milliseconds(100))
    }
}
